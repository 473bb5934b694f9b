"""The scripted model with the names that browser tests use, and people who are signed in."""

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator

from tests.browser import chromium
from tests.live import PROJECT, Live, Scripted

TITLE_PROMPT = "Give this conversation a title"


class Script(Scripted):
    """The scripted model, told what to say."""

    def say(
        self, text: str, reasoning: str = "", like: str = "fake", piece: int = 8, model: str = chromium.WRITTEN
    ) -> str:
        """Make a model answer with this text, in pieces of so many characters; return its name."""
        body = {"model": model, "text": text, "reasoning": reasoning, "like": like, "piece": piece}
        self.post("/_script", body)
        return model

    def asked(self) -> dict:
        """The last request for a reply; those for a title are passed over."""
        return [body for body in self.get("/_requests?last=9") if TITLE_PROMPT not in str(body["messages"][0])][-1]

    def release(self, model: str = chromium.HELD) -> None:
        """Let held replies of a model go on."""
        self.post("/_release", {"model": model})


@contextlib.contextmanager
def scripted_server(models: str = chromium.MODELS) -> Iterator[Script]:
    """A scripted model server of one's own; `models` are the names that it lists, by commas."""
    command = [sys.executable, "-m", "bench.scripted_model", "--port", "0", "--models", models]
    process = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE)
    try:
        yield Script(json.loads(process.stdout.readline())["url"].removesuffix("/v1"), process)
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()


def sign_people_in(server: Live, number: int, name: str = "Alice Owner", email: str = "") -> list[dict]:
    """Make people with a session each on a live server, with their own addresses or `email`; return their cookies."""
    code = f"""
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.conf import settings
import uuid
from teams.models import User
for i in range({number}):
    user = User.objects.create_user({email!r} or f"{{uuid.uuid4().hex[:12]}}@example.org", None, name={name!r})
    session = SessionStore()
    session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(user.pk), settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    print(session.session_key)
"""
    keys = server.manage(code).split()
    return [{"name": "sambung_session", "value": key, "url": server.url} for key in keys]
