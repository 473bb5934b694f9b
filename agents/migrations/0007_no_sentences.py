"""The sentences of failures go: they are made when they are shown."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("agents", "0006_read_failures"),
    ]

    operations = [
        migrations.RemoveField("run", "error"),
        migrations.RemoveField("agentdraft", "error"),
        migrations.RemoveField("apikey", "last_error"),
    ]
