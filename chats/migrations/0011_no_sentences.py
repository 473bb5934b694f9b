"""The sentence of a failed transfer goes: it is made when it is shown."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("chats", "0010_read_failures"),
    ]

    operations = [migrations.RemoveField("transfer", "error")]
