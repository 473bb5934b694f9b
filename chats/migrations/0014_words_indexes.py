"""Indexes of the words of titles and messages, and of the rows that have none yet, made while people write."""

from django.db import migrations

_SAID = "role IN ('user', 'assistant')"
INDEXES = {
    "chats_words": "chats USING gin (words) WHERE deleted_at IS NULL",
    "chats_without_words": "chats (id) WHERE words IS NULL",
    "messages_words": f"messages USING gin (words) WHERE {_SAID}",
    "messages_pairs": f"messages USING gin (pairs) WHERE {_SAID}",
    "messages_without_words": f"messages (created_at) WHERE words IS NULL AND {_SAID}",
}


class Migration(migrations.Migration):
    atomic = False  # a migration that is killed begins anew, with what it left half made

    dependencies = [("chats", "0013_words")]

    operations = [
        migrations.RunSQL(
            [f"DROP INDEX CONCURRENTLY IF EXISTS {name}", f"CREATE INDEX CONCURRENTLY {name} ON {what}"],
            f"DROP INDEX IF EXISTS {name}",
        )
        for name, what in INDEXES.items()
    ]
