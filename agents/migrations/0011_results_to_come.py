"""Calls may wait for results that come later."""

from django.conf import settings
from django.db import migrations, models


def _drop(apps, schema_editor):
    """On the way back nothing waits for results that come later."""
    apps.get_model("agents", "ToolApproval").objects.filter(status__in=["pending", "came"]).update(status="dropped")


class Migration(migrations.Migration):

    dependencies = [
        ('agents', '0010_workflows'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='toolapproval',
            name='tool_approval_status_known',
        ),
        migrations.RunPython(migrations.RunPython.noop, _drop),
        migrations.AlterField(
            model_name='toolapproval',
            name='status',
            field=models.CharField(choices=[('waiting', 'Waiting'), ('allowed', 'Allowed'), ('refused', 'Refused'), ('dropped', 'Dropped'), ('pending', 'Its result is still to come'), ('came', 'Its result has come')], db_default='waiting', default='waiting', max_length=20),
        ),
        migrations.AddIndex(
            model_name='toolapproval',
            index=models.Index(condition=models.Q(('status', 'pending')), fields=['run'], name='tool_approval_pending'),
        ),
        migrations.AddConstraint(
            model_name='toolapproval',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['waiting', 'allowed', 'refused', 'dropped', 'pending', 'came'])), name='tool_approval_status_known'),
        ),
    ]
