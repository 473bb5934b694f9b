"""How long runs of workflows are kept."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("teams", "0004_public_links_and_retention")]

    operations = [
        migrations.AddField(
            model_name="instance",
            name="workflow_run_days",
            field=models.PositiveIntegerField(
                blank=True, db_default=90, default=90, null=True, verbose_name="days that runs of workflows are kept"
            ),
        ),
        migrations.AddConstraint(
            model_name="instance",
            constraint=models.CheckConstraint(
                condition=models.Q(("workflow_run_days__isnull", True), ("workflow_run_days__gte", 1), _connector="OR"),
                name="instance_run_days_positive",
            ),
        ),
    ]
