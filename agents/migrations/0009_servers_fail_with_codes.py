"""What is wrong with an MCP server and with what it lists is kept as a code and parameters, no more as a sentence."""

from django.db import migrations, models

from agents.migrations import _sentences, _tool_sentences

LISTS = ("tool_cache", "resource_cache", "prompt_cache")


def forwards(apps, schema_editor):
    for batch in _sentences.batches(apps.get_model("agents", "McpServer").objects.all()):
        for server in batch:
            if server.last_error:
                found = _tool_sentences.read(server.last_error)
                server.last_error_code, server.last_error_params = found["code"], found["params"]
            _change_lists(server, str, _code)
        _save(batch, "last_error_code", "last_error_params")


def backwards(apps, schema_editor):
    for batch in _sentences.batches(apps.get_model("agents", "McpServer").objects.all()):
        for server in batch:
            if server.last_error_code:
                failure = {"code": server.last_error_code, "params": server.last_error_params}
                server.last_error = _tool_sentences.written(failure)
            _change_lists(server, dict, _sentence)
        _save(batch, "last_error")


def _code(said):
    return _tool_sentences.read(said) if said else {}


def _sentence(failure):
    return _tool_sentences.written(failure) if failure else ""


def _change_lists(server, kind, change):
    """Change the problems that are kept in one form into the other."""
    for name in LISTS:
        for kept in getattr(server, name):
            if isinstance(kept.get("problem"), kind):
                kept["problem"] = change(kept["problem"])


def _save(batch, *columns):
    type(batch[0]).objects.bulk_update(batch, [*columns, *LISTS])


class Migration(migrations.Migration):
    dependencies = [
        ("agents", "0008_usage"),
    ]

    operations = [
        migrations.AddField(
            "mcpserver",
            "last_error_code",
            models.CharField(blank=True, db_default="", default="", editable=False, max_length=50),
        ),
        migrations.AddField(
            "mcpserver",
            "last_error_params",
            models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict, editable=False),
        ),
        migrations.RunPython(forwards, backwards),
        migrations.RemoveField("mcpserver", "last_error"),
    ]
