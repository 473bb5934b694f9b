"""The engine alone, in a process of its own: what a token of each protocol costs.

python -m bench.engine --url http://127.0.0.1:9911 --protocol anthropic --model fake-r30-n300 --streams 50

prints {"tokens", "cpu"} on one line: the tokens that came, and the CPU seconds from the first request.
"""

import argparse
import asyncio
import json
import time

import uvloop

from agents import engine
from agents.engine import Ask, Endpoint, Event, Text, Turn

PATHS = {"openai": "/v1", "responses": "/openai/v1", "anthropic": "/anthropic", "google": "/google"}
QUESTION = (Turn.of("user", "Go on."),)


async def play(url: str, protocol: str, model: str, streams: int) -> dict[str, float]:
    """Ask `streams` times within a second, after one that loads what is needed."""
    endpoint = Endpoint(protocol, url + PATHS[protocol], "key", trusted=True)
    await engine.complete(Ask(endpoint, "fake-n1", QUESTION))
    tokens, begun = 0, time.process_time()

    def count(event: Event) -> None:
        nonlocal tokens
        if isinstance(event, Text):
            tokens += event.text.count("@")

    async def one(number: int) -> None:
        await asyncio.sleep(number / streams)
        await engine.reply(Ask(endpoint, model, QUESTION), count)

    await asyncio.gather(*(one(number) for number in range(streams)))
    spent = time.process_time() - begun
    await engine.close()
    return {"tokens": tokens, "cpu": spent}


def main() -> None:
    """Play once and print what it came to."""
    parser = argparse.ArgumentParser(description="The engine alone.")
    parser.add_argument("--url", required=True)
    parser.add_argument("--protocol", choices=PATHS, required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--streams", type=int, required=True)
    options = parser.parse_args()
    print(json.dumps(uvloop.run(play(options.url, options.protocol, options.model, options.streams))))


if __name__ == "__main__":
    main()
