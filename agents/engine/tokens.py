"""Counting tokens: by the server's own tokenizer, or by a bound."""

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Sequence

from agents.engine.call import request
from agents.engine.errors import Garbled
from agents.engine.values import Endpoint

AT_ONCE = 8
KEPT = 10_000
BYTES_A_TOKEN = 3
# What a chat template puts around one message: its role, its beginning and its end (ChatML takes 5).
TURN_TOKENS = 8

_counts: OrderedDict[tuple[str, str, bytes], int] = OrderedDict()


def upper_bound(text: str) -> int:
    """Return a number of tokens that no byte-level tokenizer exceeds: the bytes of the UTF-8 form, and one.

    Such a vocabulary holds all 256 bytes, so no byte takes two tokens; the one is for a blank that some put
    in front. It is certain and loose: English takes about a quarter of it. Nothing tighter holds: with
    SmolLM2's vocabulary, random lower-case letters take 0.6 tokens each, and rare ones 0.8. Where the server
    has counted an earlier request of the same chat (Usage.input_tokens), that number plus the bound of what
    is new is far closer.
    """
    return len(text.encode("utf-8", "replace")) + 1


def estimate(text: str) -> int:
    """Return about how many tokens a message takes: most languages and code have three to four bytes to one."""
    return len(text.encode("utf-8", "replace")) // BYTES_A_TOKEN + TURN_TOKENS


async def count_tokens(endpoint: Endpoint, model: str, texts: Sequence[str]) -> list[int]:
    """Return each text's number of tokens by the server's tokenizer (llama.cpp, vLLM), without the chat
    template's.

    Counts are kept, since the same history is asked for with every send. Raises EngineError.
    """
    gate = asyncio.Semaphore(AT_ONCE)
    url = f"{endpoint.base_url.removesuffix('/v1')}/tokenize"

    async def one(text: str) -> int:
        key = (endpoint.base_url, model, hashlib.blake2b(text.encode("utf-8", "replace")).digest())
        if (count := _counts.get(key)) is None:
            async with gate:
                # llama.cpp reads `content`, vLLM `prompt`; each leaves the other's alone
                answer = await request(endpoint, "POST", url, {"model": model, "content": text, "prompt": text})
            if not isinstance(answer, dict) or not isinstance(answer.get("tokens"), list):
                raise Garbled
            count = _counts[key] = len(answer["tokens"])
            if len(_counts) > KEPT:
                _counts.popitem(last=False)
        return count

    return list(await asyncio.gather(*(one(text) for text in texts)))
