"""Which models there are: the bundled one, and those of the server that the environment names."""

import asyncio
import logging
from dataclasses import dataclass
from time import monotonic

from django.conf import settings
from django.utils.translation import gettext_noop

from agents import engine, words
from agents.models import BUNDLED, Provider

logger = logging.getLogger(__name__)

FRESH = 300.0  # seconds for which a listing counts
RETRY = 20.0  # seconds before a server that did not answer is asked again
NOT_RUNNING = words.known(gettext_noop("The bundled model is not running. It starts again by itself; try in a moment."))
NOT_SET_UP = words.known(gettext_noop("The provider of this model is no longer set up. Choose another model."))


class Unavailable(engine.EngineError):
    """The chosen model cannot be asked now; the sentence says what to do."""

    code = "unavailable"

    def __init__(self, sentence: str):
        super().__init__()
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Model:
    """A model that people may choose."""

    provider: str
    id: str
    label: str
    context_window: int  # tokens
    has_tokenizer: bool
    can_continue: bool

    @property
    def value(self) -> str:
        """What forms send, e.g. `bundled:smollm2-135m-instruct`."""
        return f"{self.provider}:{self.id}"

    @property
    def is_bundled(self) -> bool:
        return self.provider == BUNDLED


def endpoint(provider: str) -> engine.Endpoint:
    """Return where models of `provider` answer. Raises engine.EngineError when there is no such place now."""
    if provider == BUNDLED:
        found = settings.HOME.model_endpoint()
        if found is None:
            raise Unavailable(NOT_RUNNING)
        return engine.Endpoint("openai", found["base_url"], found["api_key"], trusted=True)
    if settings.OPENAI_BASE_URL and provider == server_provider():
        return engine.Endpoint("openai", settings.OPENAI_BASE_URL, settings.OPENAI_API_KEY, trusted=True)
    raise Unavailable(NOT_SET_UP)


def server_provider() -> str:
    """The provider's name for the server in the environment."""
    is_openai = settings.OPENAI_BASE_URL.startswith("https://api.openai.com/")
    return Provider.OPENAI if is_openai else Provider.OPENAI_COMPATIBLE


def bundled() -> list[Model]:
    """The bundled model while it runs. It is not asked: its process says what it is when it starts."""
    found = settings.HOME.model_endpoint()
    if found is None:
        return []
    return [Model(BUNDLED, found["model"], "SmolLM2 135M", found["context_window"], True, True)]


class Catalog:
    """The listing of the server in the environment, kept for some minutes."""

    def __init__(self) -> None:
        self._listed: tuple[Model, ...] = ()
        self._until = 0.0
        self._lock = asyncio.Lock()

    def models(self) -> list[Model]:
        """All models as last listed, the server's before the bundled one. Never waits."""
        return [*self._listed, *bundled()]

    @property
    def is_stale(self) -> bool:
        return bool(settings.OPENAI_BASE_URL) and monotonic() >= self._until

    async def refresh(self) -> None:
        """Ask the server again when the listing is old; a server that does not answer keeps its last listing."""
        async with self._lock:
            if not self.is_stale:
                return
            provider = server_provider()
            try:
                found = await engine.list_models(endpoint(provider))
            except engine.EngineError as error:
                logger.warning("The models could not be listed: %s", error.sentence)
                self._until = monotonic() + RETRY
                return
            self._listed = tuple(_model(provider, info) for info in found)
            self._until = monotonic() + FRESH


def _model(provider: str, info: engine.ModelInfo) -> Model:
    window = info.context_window or settings.MODEL_CONTEXT_WINDOW
    return Model(provider, info.id, info.id, window, info.has_tokenizer, info.can_continue)


_catalog: Catalog | None = None


def set_current(catalog: Catalog | None) -> None:
    global _catalog
    _catalog = catalog


def current() -> Catalog | None:
    return _catalog


def models() -> list[Model]:
    """The models that this process knows; in a process that serves no replies, the bundled one."""
    return _catalog.models() if _catalog else bundled()


def find(provider: str, model_id: str) -> Model | None:
    """Return the model, or None when it is not offered now."""
    return next((m for m in models() if m.provider == provider and m.id == model_id), None)


async def seek(provider: str, model_id: str) -> Model | None:
    """Return the model like `find`, but ask the server for its list once more before saying None.

    A job worker of its own keeps no listing; it asks each time.
    """
    if found := find(provider, model_id):
        return found
    listing = _catalog or Catalog()
    await listing.refresh()
    return next((m for m in listing.models() if m.provider == provider and m.id == model_id), None)


def parse(value: str) -> Model | None:
    """Return the model that a form names, or None."""
    provider, _sep, model_id = value.partition(":")
    return find(provider, model_id)


def default() -> Model | None:
    """The model of a new chat: the first of the server in the environment, else the bundled one."""
    return next(iter(models()), None)
