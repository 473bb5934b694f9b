"""Columns for the words by which titles and messages are found. None is filled here, so that no table is rewritten."""

import chats.models.indexed
from django.db import migrations

# They lie beside the row, not apart from it: a search of frequent words reads them of many rows.
KEPT = """
ALTER TABLE messages ALTER COLUMN words SET STORAGE MAIN;
ALTER TABLE messages ALTER COLUMN pairs SET STORAGE MAIN;
"""
# Whoever changes a text past the application has its words made anew by the job that fills the columns.
GONE = """
CREATE FUNCTION chats_words_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.words := NULL;
    RETURN NEW;
END
$$;
CREATE TRIGGER messages_words_gone BEFORE UPDATE OF content ON messages FOR EACH ROW
    WHEN (NEW.content IS DISTINCT FROM OLD.content AND NEW.words IS NOT DISTINCT FROM OLD.words)
    EXECUTE FUNCTION chats_words_gone();
CREATE TRIGGER chats_words_gone BEFORE UPDATE OF title ON chats FOR EACH ROW
    WHEN (NEW.title IS DISTINCT FROM OLD.title AND NEW.words IS NOT DISTINCT FROM OLD.words)
    EXECUTE FUNCTION chats_words_gone();
"""
NOT_GONE = """
DROP TRIGGER chats_words_gone ON chats;
DROP TRIGGER messages_words_gone ON messages;
DROP FUNCTION chats_words_gone();
"""


class Migration(migrations.Migration):
    dependencies = [("chats", "0012_missing_tools_as_codes")]

    operations = [
        migrations.AddField("chat", "words", chats.models.indexed.WordsField(source="title")),
        migrations.AddField("message", "words", chats.models.indexed.WordsField(source="content")),
        migrations.AddField("message", "pairs", chats.models.indexed.PairsField(source="content")),
        migrations.RunSQL(KEPT, migrations.RunSQL.noop),
        migrations.RunSQL(GONE, NOT_GONE),
    ]
