"""Sentences of failures become codes and parameters, each batch by itself; what was read already is left alone."""

from django.db import migrations

from agents.migrations import _sentences

HELD = (("Run", "error", "error"), ("AgentDraft", "error", "error"), ("ApiKey", "last_error", "last_error"))


def forwards(apps, schema_editor):
    for model, old, new in HELD:
        _sentences.to_codes(apps.get_model("agents", model).objects.all(), old, new)


def backwards(apps, schema_editor):
    for model, old, new in HELD:
        _sentences.to_sentences(apps.get_model("agents", model).objects.all(), old, new)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("agents", "0005_failures_as_codes"),
    ]

    operations = [migrations.RunPython(forwards, backwards)]
