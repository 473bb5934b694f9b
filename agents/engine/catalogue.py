"""What an endpoint offers, and whether it can be used."""

import asyncio
from dataclasses import replace
from decimal import Decimal

from agents.engine import abilities
from agents.engine.call import request
from agents.engine.errors import BadRequest, EngineError, Garbled, NoList, NotAllowed, NotFound
from agents.engine.lists import LISTERS, compatible
from agents.engine.models import ModelInfo
from agents.engine.prices import FREE, is_listed, listed
from agents.engine.values import DEFAULT_URLS, Endpoint

#: Services that show their models to everyone, and what they tell only to whom they know.
PUBLIC_LISTS = {"openrouter.ai": "/key"}
_PRICED = ("context_window", "input_price", "output_price")


async def list_models(endpoint: Endpoint) -> list[ModelInfo]:
    """Return the models of an endpoint, in the order of its own list, with all that is known of them.

    The server's own word counts first, then what the libraries know of services, then the names. Raises
    EngineError.
    """
    found = await LISTERS.get(endpoint.provider or endpoint.protocol, compatible)(endpoint)
    if endpoint.provider in FREE:
        found = [replace(model, input_price=Decimal(0), output_price=Decimal(0)) for model in found]
    elif is_listed(endpoint.base_url, endpoint.provider):
        found = await asyncio.to_thread(_with_prices, endpoint, found)
    if abilities.is_known_service(endpoint):
        return await asyncio.to_thread(abilities.filled, endpoint, found)
    return abilities.filled(endpoint, found)


def _with_prices(endpoint: Endpoint, models: list[ModelInfo]) -> list[ModelInfo]:
    """Fill in what the server does not tell from the price list, which loads slowly the first time."""
    found = []
    for model in models:
        known = listed(endpoint.base_url, model.id, endpoint.provider)
        missing = {name: known[name] for name in _PRICED if known and getattr(model, name) is None}
        found.append(replace(model, **missing))
    return found


async def check(endpoint: Endpoint) -> None:
    """Prove that key and address work: the models are listed, and there is something that answers chats.

    Raises EngineError, whose sentence says what to do; NoList where chats alone are answered.
    """
    if path := PUBLIC_LISTS.get(endpoint.host):
        await request(endpoint, "GET", f"{endpoint.base_url}{path}")
        return
    try:
        await LISTERS.get(endpoint.provider or endpoint.protocol, compatible)(endpoint)
    except (NotFound, Garbled) as error:
        if not await _is_answered(endpoint):
            raise
        raise NoList from error
    if endpoint.base_url not in DEFAULT_URLS.values():
        try:
            await _knock(endpoint)
        except NotFound:
            raise
        except EngineError:
            pass  # it is not what this is about


async def _is_answered(endpoint: Endpoint) -> bool:
    """Whether something refuses a question that is none as a service of models does. Raises EngineError for what else
    is wrong, such as the key.
    """
    try:
        await _knock(endpoint)
    except NotFound:
        return False
    except NotAllowed:
        raise
    except BadRequest:
        return True
    return False


async def _knock(endpoint: Endpoint) -> None:
    """Ask where chats are asked, with a request that every service refuses. Raises EngineError: NotFound where nobody
    answers, BadRequest where the request was read.
    """
    doors = {
        "anthropic": f"{endpoint.root}/v1/messages",
        "google": f"{endpoint.root}/v1beta/models/none:streamGenerateContent",
    }
    try:
        await request(endpoint, "POST", doors.get(endpoint.protocol, f"{endpoint.api}/chat/completions"), {})
    except NotFound as error:
        if "model" not in error.refusal.words.lower():
            raise
        raise BadRequest(error.refusal.words) from error  # there is no such model: somebody has read it
