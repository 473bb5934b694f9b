"""Embedding models of the instance: under its own keys, of the servers of the environment, and the extra one."""

from django.conf import settings

from agents import engine, keys
from agents.catalog import servers
from agents.catalog.values import Model, Reached, Reference
from agents.errors import Unavailable
from agents.models import BUNDLED, ApiKey


def extra() -> Reference | None:
    """The model that `make vectors` adds, while it runs."""
    found = settings.HOME.embedding_endpoint()
    return found and Reference(None, BUNDLED, found["model"])


def reach(reference: Reference) -> Reached:
    """Return the model and where it is asked. Raises Unavailable."""
    if reference.api_key is not None:
        key = ApiKey.objects.filter(pk=reference.api_key, user=None, team=None, is_active=True).first()
        if key is None:
            raise Unavailable("key_not_yours")
        model = Model(key.provider, reference.model, reference.model, 0, api_key=key.pk)
        return Reached(model, keys.endpoint(key))
    model = Model(reference.provider, reference.model, reference.model, 0)
    return Reached(model, _extra_endpoint() if reference.provider == BUNDLED else servers.endpoint(reference.provider))


def _extra_endpoint() -> engine.Endpoint:
    found = settings.HOME.embedding_endpoint()
    if found is None:
        raise Unavailable("embedding_not_running")
    return engine.Endpoint("openai", found["base_url"], found["api_key"], trusted=True, provider=BUNDLED)
