"""The scripted model with the names that browser tests use, and people who are signed in."""

import contextlib

from tests.browser import chromium
from tests.live import Live, Scripted, scripted_model, sign_in_on

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


def scripted_server(models: str = chromium.MODELS) -> contextlib.AbstractContextManager[Script]:
    """A scripted model server with the names of browser tests."""
    return scripted_model(models, Script)


def signed_in(server: Live, **fields) -> dict:
    """Make a person with a session on a live server; return the cookie as Chromium takes it."""
    ((name, value),) = sign_in_on(server, **fields).items()
    return {"name": name, "value": value, "url": server.url}
