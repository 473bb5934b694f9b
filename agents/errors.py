"""What goes wrong before a model is asked, and how errors are kept."""

from agents import engine
from sambung.lib.failures import Failure


class Unavailable(engine.EngineError):
    """The chosen model cannot be asked now; `code` is one of `agents.error_messages`, `params` fill its sentence."""

    code = "unavailable"

    def __init__(self, code: str, **params: str | int):
        self.code = code
        super().__init__()
        self.params = params


def failure(error: engine.EngineError) -> Failure:
    """Return an error as it is stored."""
    return Failure(error.code, error.params)
