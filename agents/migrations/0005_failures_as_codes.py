"""Columns for failures as codes and parameters, beside the sentences that held them."""

from django.db import migrations, models


def code() -> models.CharField:
    return models.CharField(blank=True, db_default="", default="", max_length=50)


def params() -> models.JSONField:
    return models.JSONField(blank=True, db_default=models.Value({}, models.JSONField()), default=dict)


class Migration(migrations.Migration):
    dependencies = [
        ("agents", "0004_learned"),
    ]

    operations = [
        migrations.AddField("run", "error_code", code()),
        migrations.AddField("run", "error_params", params()),
        migrations.AddField("agentdraft", "error_code", code()),
        migrations.AddField("agentdraft", "error_params", params()),
        migrations.AddField(
            "apikey",
            "last_error_code",
            models.CharField(blank=True, db_default="", default="", editable=False, max_length=50),
        ),
        migrations.AddField(
            "apikey",
            "last_error_params",
            models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict, editable=False),
        ),
    ]
