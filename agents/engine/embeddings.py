"""Texts as vectors: numbers by which an embedding model says what they mean."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from agents.engine import errors
from agents.engine.call import request
from agents.engine.usage import Usage
from agents.engine.values import Endpoint

MOST_DIMENSIONS = 4_000  # what an index of pgvector holds, in halves of floats
BATCH = 64  # texts of a request
LARGEST_HALF = 65_504.0  # the largest number that half a float holds


@dataclass(frozen=True, slots=True)
class Embedded:
    """A vector for each text, all of one length; `usage` None: the service did not count."""

    vectors: list[list[float]]
    usage: Usage | None


async def embed(endpoint: Endpoint, model: str, texts: Sequence[str], *, is_query: bool = False) -> Embedded:
    """Return a vector for each of at most `BATCH` texts. `is_query`: they are asked for, else what is searched.

    No vector is zero, which stands in no index, and none is longer than `MOST_DIMENSIONS`. Raises EngineError.
    """
    if endpoint.protocol == "anthropic":
        raise errors.NotFound
    vectors, usage = await (_of_google if endpoint.protocol == "google" else _of_openai)(
        endpoint, model, list(texts), is_query
    )
    if len(vectors) != len(texts) or len({len(vector) for vector in vectors}) > 1 or not all(map(_is_whole, vectors)):
        raise errors.Garbled
    return Embedded(vectors, usage)


async def _of_openai(endpoint: Endpoint, model: str, texts: list[str], is_query: bool) -> tuple[list, Usage | None]:
    """OpenAI's protocol, which most servers speak; the extra model also has to know which texts they are."""
    body: dict[str, Any] = {"model": model, "input": texts, "encoding_format": "float"}
    if endpoint.provider == "bundled":
        body["input_type"] = "query" if is_query else "passage"
    answer = await request(endpoint, "POST", f"{endpoint.api}/embeddings", body)
    rows = _taken(lambda: sorted(answer["data"], key=lambda row: row["index"]))
    counted = answer.get("usage")
    usage = Usage.of(counted.get("prompt_tokens"), 0) if isinstance(counted, dict) else None
    return _taken(lambda: [row["embedding"] for row in rows]), usage


async def _of_google(endpoint: Endpoint, model: str, texts: list[str], is_query: bool) -> tuple[list, Usage | None]:
    """Google's, which counts nothing."""
    name = f"models/{model.removeprefix('models/')}"
    task = "RETRIEVAL_QUERY" if is_query else "RETRIEVAL_DOCUMENT"
    asked = [{"model": name, "content": {"parts": [{"text": text}]}, "taskType": task} for text in texts]
    url = f"{endpoint.root}/v1beta/{name}:batchEmbedContents"
    answer = await request(endpoint, "POST", url, {"requests": asked})
    return _taken(lambda: [row["values"] for row in answer["embeddings"]]), None


def _taken(read: Callable[[], list]) -> list:
    """What is read out of an answer. Raises Garbled where it has another form."""
    try:
        return read()
    except (KeyError, TypeError, AttributeError, IndexError):
        raise errors.Garbled from None


def _is_whole(vector: object) -> bool:
    """Whether it is one that can be kept and found."""
    if not isinstance(vector, list) or not 0 < len(vector) <= MOST_DIMENSIONS:
        return False
    numbers = all(isinstance(one, int | float) and not isinstance(one, bool) for one in vector)
    return numbers and all(math.isfinite(one) and abs(one) < LARGEST_HALF for one in vector) and any(vector)
