"""Why tools of a message were missing is kept as a code and parameters, no more as a sentence, batch by batch."""

from django.db import migrations

from agents.migrations import _sentences, _tool_sentences


def forwards(apps, schema_editor):
    _change(apps, _to_code)


def backwards(apps, schema_editor):
    _change(apps, _to_sentence)


def _change(apps, change):
    """Let `change` write the missing tools anew in all messages that know of some."""
    messages = apps.get_model("chats", "Message").objects.filter(metadata__has_key="tools_missing").only("metadata")
    for batch in _sentences.batches(messages):
        for message in batch:
            message.metadata["tools_missing"] = [change(one) for one in message.metadata["tools_missing"]]
        messages.model.objects.bulk_update(batch, ["metadata"])


def _to_code(one):
    if isinstance(one, list):
        title, why = one
        return {"title": title} | _tool_sentences.read(why)
    return one


def _to_sentence(one):
    return [one["title"], _tool_sentences.written(one)] if isinstance(one, dict) else one


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("agents", "0009_servers_fail_with_codes"),
        ("chats", "0011_no_sentences"),
    ]

    operations = [migrations.RunPython(forwards, backwards)]
