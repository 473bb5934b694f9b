"""Sentences of failed transfers, and of models that were passed by, become codes and parameters, batch by batch."""

from django.db import migrations

from agents.migrations import _sentences


def forwards(apps, schema_editor):
    _sentences.to_codes(apps.get_model("chats", "Transfer").objects.all(), "error", "error")
    _change(apps, _to_code)


def backwards(apps, schema_editor):
    _sentences.to_sentences(apps.get_model("chats", "Transfer").objects.all(), "error", "error")
    _change(apps, _to_sentence)


def _change(apps, change):
    """Let `change` write the models that were passed by anew in all messages that know of some."""
    messages = apps.get_model("chats", "Message").objects.filter(metadata__has_key="passed_on").only("metadata")
    for batch in _sentences.batches(messages):
        for message in batch:
            message.metadata["passed_on"] = [change(dict(tried)) for tried in message.metadata["passed_on"]]
        messages.model.objects.bulk_update(batch, ["metadata"])


def _to_code(tried):
    if "why" in tried:
        tried["code"], tried["params"] = _sentences.read(tried.pop("why"))
    return tried


def _to_sentence(tried):
    if "code" in tried:
        tried["why"] = _sentences.written(tried.pop("code"), tried.pop("params"))
    return tried


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("agents", "0006_read_failures"),
        ("chats", "0009_failures_as_codes"),
    ]

    operations = [migrations.RunPython(forwards, backwards)]
