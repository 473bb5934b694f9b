"""The instance's own models: the bundled one, and those of the servers that the environment names."""

import asyncio
import logging
from time import monotonic

from django.conf import settings

from agents import engine, learned
from agents.catalog.values import Model
from agents.errors import Unavailable
from agents.models import BUNDLED

logger = logging.getLogger(__name__)

FRESH = 300.0  # seconds for which a listing counts
RETRY = 20.0  # seconds before a server that did not answer is asked again


def endpoint(provider: str) -> engine.Endpoint:
    """Return where models of `provider` answer. Raises Unavailable when there is no such place now."""
    if provider == BUNDLED:
        found = settings.HOME.model_endpoint()
        if found is None:
            raise Unavailable("bundled_not_running")
        return engine.Endpoint("openai", found["base_url"], found["api_key"], trusted=True, provider=BUNDLED)
    if provider not in settings.MODEL_SERVERS:
        raise Unavailable("provider_gone")
    base_url, key = settings.MODEL_SERVERS[provider]
    base_url = base_url or engine.DEFAULT_URLS[provider]
    return engine.Endpoint(engine.protocol_of(provider), base_url, key, trusted=True, provider=provider)


def bundled() -> list[Model]:
    """The bundled model while it runs. It is not asked: its process says what it is when it starts."""
    found = settings.HOME.model_endpoint()
    if found is None:
        return []
    model = Model(
        BUNDLED, found["model"], "SmolLM2 135M", found["context_window"], True, True, tools=False, vision=False
    )
    return [model]


class Listing:
    """What the servers of the environment offer, kept for some minutes."""

    def __init__(self) -> None:
        self._listed: dict[str, tuple[Model, ...]] = {}
        self._until: dict[str, float] = {}
        self._lock = asyncio.Lock()

    def models(self) -> list[Model]:
        """All models as last listed, the servers' before the bundled one. Never waits."""
        listed = (self._listed.get(provider, ()) for provider in settings.MODEL_SERVERS)
        return [*(model for models in listed for model in models), *bundled()]

    @property
    def stale(self) -> list[str]:
        """The providers whose listing is old."""
        now = monotonic()
        return [provider for provider in settings.MODEL_SERVERS if now >= self._until.get(provider, 0.0)]

    async def refresh(self) -> None:
        """Ask those servers again whose listing is old; one that does not answer keeps its last listing."""
        async with self._lock:
            await asyncio.gather(*(self._ask(provider) for provider in self.stale))

    async def _ask(self, provider: str) -> None:
        try:
            found = await engine.list_models(endpoint(provider))
        except engine.EngineError as error:
            logger.warning("The models could not be listed: %s", error)
            self._until[provider] = monotonic() + RETRY
            return
        except Exception:  # what a server lists is not ours to trust, and must not keep this one from starting
            logger.exception("The models of %s could not be read.", provider)
            self._until[provider] = monotonic() + RETRY
            return
        window = settings.MODEL_CONTEXT_WINDOW
        self._listed[provider] = tuple(Model.listed(provider, info, window) for info in found)
        self._until[provider] = monotonic() + FRESH


_listing: Listing | None = None


def set_current(listing: Listing | None) -> None:
    global _listing
    _listing = listing


def current() -> Listing | None:
    return _listing


def models() -> list[Model]:
    """The models that this process knows; in a process that serves no replies, the bundled one."""
    return [_taught(model) for model in (_listing.models() if _listing else bundled())]


def _taught(model: Model) -> Model:
    known = learned.of_server(model.provider)
    return model.taught(learned.manners(known, model.id)) if known else model


def find(provider: str, model_id: str) -> Model | None:
    """Return the model, or None when it is not offered now."""
    return next((m for m in models() if m.provider == provider and m.id == model_id), None)


async def seek(provider: str, model_id: str) -> Model | None:
    """Return the model like `find`, but ask the servers for their lists once more before saying None.

    A job worker of its own keeps no listing; it asks each time.
    """
    if found := find(provider, model_id):
        return found
    listing = _listing or Listing()
    await listing.refresh()
    found = (m for m in listing.models() if m.provider == provider and m.id == model_id)
    return next(map(_taught, found), None)
