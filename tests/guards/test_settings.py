"""A setting that cannot be used ends the process with one line, whatever it is."""

import os
import subprocess
import sys

import pytest

from tests.guards.imports import PROJECT

WRONG = {
    "PORT": "eighty",
    "PUBLIC_URL": "chat.example.org",
    "DATABASE_URL": "nonsense",
    "DB_POOL_MAX": "1",
    "EMAIL_URL": "nonsense",
    "ENCRYPTION_KEYS": "zzz",
    "TRUSTED_LINK_HOSTS": "https://docs.example.org",
    "LOG_LEVEL": "foo",
    "SEND_RATE": "often",
    "SAMBUNG_EMBEDDED_WORKER": "maybe",
    "OPENAI_BASE_URL": "ollama",
    "EGRESS_ALLOW": "localhost:1, ollama",
}


@pytest.mark.parametrize("name", WRONG)
def test_a_value_that_cannot_be_used_is_told_in_one_line(name):
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "sambung.settings", name: WRONG[name]}
    command = [sys.executable, "-c", "from django.conf import settings; settings.DEBUG"]
    done = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1, done.stderr
    assert name in done.stderr
