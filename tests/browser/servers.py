"""The scripted model with the names that browser tests use, and people who are signed in."""

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator

from tests.browser import chromium
from tests.live import PROJECT, Live, Scripted, make_sessions

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
    keys = make_sessions(server, number, name=name, **({"email": email} if email else {}))
    return [{"name": "sambung_session", "value": key, "url": server.url} for key in keys]
