"""The function behind the search columns names nothing that a search path would have to find."""

from django.db import migrations

# pg_dump restores rows with an empty search path, so `chats_search` found no `chats_words`: no chat and no message came
# back. Now it stands alone. Its results are the same, so that the columns stay as they are and no table is rewritten.
ALONE = """
CREATE OR REPLACE FUNCTION chats_search(content text) RETURNS tsvector LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    taken text := content;
BEGIN
    LOOP
        BEGIN
            RETURN setweight(to_tsvector('pg_catalog.simple', regexp_replace(
                       regexp_replace(taken, '([[:lower:][:digit:]])([[:upper:]])', '\\1 \\2', 'g'), '[^[:alnum:]]+', ' ', 'g')), 'A')
                || to_tsvector('pg_catalog.english', taken) || to_tsvector('pg_catalog.indonesian', taken);
        EXCEPTION WHEN program_limit_exceeded THEN
            IF length(taken) <= 40000 THEN
                RAISE;
            END IF;
            taken := left(taken, 40000);
        END;
    END LOOP;
END
$$;
DROP FUNCTION chats_words(text);
"""
BY_ANOTHER = """
CREATE FUNCTION chats_words(content text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT setweight(to_tsvector('pg_catalog.simple', regexp_replace(
               regexp_replace(content, '([[:lower:][:digit:]])([[:upper:]])', '\\1 \\2', 'g'), '[^[:alnum:]]+', ' ', 'g')), 'A')
        || to_tsvector('pg_catalog.english', content) || to_tsvector('pg_catalog.indonesian', content)
$$;
CREATE OR REPLACE FUNCTION chats_search(content text) RETURNS tsvector LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    IF length(content) <= 40000 THEN
        RETURN chats_words(content);
    END IF;
    BEGIN
        RETURN chats_words(content);
    EXCEPTION WHEN program_limit_exceeded THEN
        RETURN chats_words(left(content, 40000));
    END;
END
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("chats", "0007_count_messages_by_index")]

    operations = [migrations.RunSQL(ALONE, BY_ANOTHER)]
