from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('workflows', '0004_publishing_and_triggers'),
    ]

    operations = [
        migrations.AddField(
            model_name='workflow',
            name='imported',
            field=models.JSONField(blank=True, editable=False, null=True),
        ),
    ]
