"""The instance's own models: the bundled one, and those of the servers that the environment names."""

import asyncio
import logging
from time import monotonic

from django.conf import settings

from agents import engine, errors, learned
from agents.catalog.values import Model
from agents.errors import Unavailable
from agents.models import BUNDLED
from agents.runs import runtime
from sambung.lib.failures import Failure
from sambung.lib.waiting import KEYS, Busy

logger = logging.getLogger(__name__)

FRESH = 300.0  # seconds for which a listing counts
RETRY = 20.0  # seconds before a server that did not answer is asked again
SOON = 10.0  # seconds for which a listing counts though somebody asks for it anew
WITHIN = 20.0  # seconds for a page to wait


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
        self._asked: dict[str, float] = {}  # when each was asked last
        self._problems: dict[str, Failure] = {}  # of those that did not answer then
        self._lock = asyncio.Lock()

    def models(self) -> list[Model]:
        """All models as last listed, the servers' before the bundled one. Never waits."""
        listed = (self._listed.get(provider, ()) for provider in settings.MODEL_SERVERS)
        return [*(model for models in listed for model in models), *bundled()]

    def stale(self, fresh: float = FRESH) -> list[str]:
        """The providers whose listing is older than `fresh` seconds, or than less where they did not answer."""
        now = monotonic()
        return [provider for provider in settings.MODEL_SERVERS if now >= self._until(provider, fresh)]

    def _until(self, provider: str, fresh: float) -> float:
        counts = min(fresh, RETRY) if provider in self._problems else fresh
        return self._asked.get(provider, -counts) + counts

    async def refresh(self, fresh: float = FRESH) -> dict[str, Failure]:
        """Ask those servers again whose listing is older than that; one that does not answer keeps its last listing.

        Returns why not, for each whose listing could not be read when it was asked last.
        """
        async with self._lock:
            await asyncio.gather(*(self._ask(provider) for provider in self.stale(fresh)))
            return {name: why for name, why in self._problems.items() if name in settings.MODEL_SERVERS}

    async def _ask(self, provider: str) -> None:
        problem = None
        try:
            before = {one.id: one.context_window for one in self._listed.get(provider, ()) if not one.is_window_guessed}
            found = engine.remembered(await engine.list_models(endpoint(provider)), before)
            window = settings.MODEL_CONTEXT_WINDOW
            self._listed[provider] = tuple(Model.listed(provider, info, window) for info in found)
        except engine.EngineError as error:
            logger.warning("The models could not be listed: %s", error)
            problem = errors.failure(error)
        except Exception:  # what a server lists is not ours to trust, and must not keep this one from starting
            logger.exception("The models of %s could not be read.", provider)
            problem = Failure("garbled")
        self._asked[provider] = monotonic()
        self._problems.pop(provider, None)
        if problem:
            self._problems[provider] = problem


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

    A job worker of its own keeps no listing; it asks each time. A model that has just come is found at once.
    """
    if found := find(provider, model_id):
        return found
    listing = _listing or Listing()
    await listing.refresh(SOON)
    found = (m for m in listing.models() if m.provider == provider and m.id == model_id)
    return next(map(_taught, found), None)


def ask_anew() -> dict[str, Failure]:
    """Ask the servers now which models they have, but not oftener than each few seconds; return what went wrong with
    whom. Waits for them.
    """
    if not settings.MODEL_SERVERS or _listing is None:
        return {}
    try:
        return runtime.wait(_listing.refresh(SOON), WITHIN, KEYS)
    except Busy as busy:
        return dict.fromkeys(settings.MODEL_SERVERS, Failure(busy.code))
    except TimeoutError:
        return dict.fromkeys(_listing.stale(SOON), Failure("timed_out"))
