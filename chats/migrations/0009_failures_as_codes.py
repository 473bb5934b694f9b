"""Columns for why a transfer failed, as a code and parameters, beside the sentence that held it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("chats", "0008_search_restores"),
    ]

    operations = [
        migrations.AddField(
            "transfer",
            "error_code",
            models.CharField(blank=True, db_default="", default="", max_length=50),
        ),
        migrations.AddField(
            "transfer",
            "error_params",
            models.JSONField(blank=True, db_default=models.Value({}, models.JSONField()), default=dict),
        ),
    ]
