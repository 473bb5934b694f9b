"""The cases: what is done to the stand, and the figures that come of it."""

import asyncio
import json
import random
import subprocess
import time
from collections.abc import Awaitable, Callable
from urllib.parse import urlencode

import aiohttp

from bench import data, engine, ingest, knowledge, load, meter, people, stalls, workflows
from bench.load import Client, Seat, Tally, Turn
from bench.meter import percentile
from bench.sizes import Size
from bench.stand import OVER_THE_BUILD, SERVER_CORE, Stand, end

STEADY, BRISK, BURST, FULL_SPEED, LONG = "r30-n300", "r50-n40", "n20", "n1000", "r50-n2000"


Figures = dict[str, float]
Case = Callable[[Stand, Size], Awaitable[Figures]]


def models(size: Size) -> tuple[str, ...]:
    """The names that the model server must list."""
    names = {f"fake-{name}" for name in (BRISK, BURST, FULL_SPEED, LONG)}
    return tuple(sorted(names | {f"fake-r30-n{size.tokens}"}))


def _client(stand: Stand) -> Client:
    return Client(stand.url, stand.relay_port)


def _length(model: str) -> int:
    return int(model.rpartition("-n")[2])


async def _stored(stand: Stand, model: str, count: int, ramp: float) -> tuple[Tally, float]:
    """Let `count` people send in stored chats; return what came and the server's CPU seconds from the first send."""
    seats, begun = people.seats(stand, count, model), []

    async def ready() -> None:
        await stand.settle()
        begun.append(meter.cpu(stand.server_pids))

    async with _client(stand) as client:
        tally = await load.crowd(
            lambda place, tally, turn: client.reply(seats[place], tally, turn), count, _length(model), ramp, ready
        )
    return tally, meter.cpu(stand.server_pids) - begun[0]


async def _relayed(stand: Stand, model: str, count: int, ramp: float) -> tuple[Tally, float]:
    """The same streams by the bare relay."""
    begun = []

    async def ready() -> None:
        begun.append(meter.cpu([stand.relay.pid]))

    async with _client(stand) as client:
        tally = await load.crowd(
            lambda place, tally, turn: client.relayed(model, tally, turn), count, _length(model), ramp, ready
        )
    return tally, meter.cpu([stand.relay.pid]) - begun[0]


def _failed(prefix: str, *tallies: Tally) -> Figures:
    """Replies that did not come whole, with what went wrong on the terminal."""
    for tally in tallies:
        for error, count in tally.errors.items():
            print(f"  {prefix}: {count} x {error}", flush=True)
    return {f"{prefix}.failed": sum(sum(tally.errors.values()) for tally in tallies)}


def _latencies(prefix: str, tally: Tally) -> Figures:
    """Milliseconds from a token's leaving the model server to its coming to the reader."""
    return {f"{prefix}.p{share}": percentile(tally.latency, share / 100) for share in (50, 95, 99)}


# ---- the cases ------------------------------------------------------------------------------------------
async def one_user(stand: Stand, size: Size) -> Figures:
    """One person at a time: what is added to the first token, and to each."""
    model = f"fake-{BRISK}"
    seats, tally, floor = people.seats(stand, size.singles + 1, model), Tally(_length(model)), Tally(_length(model))
    async with _client(stand) as client:
        warm = Tally(_length(model))
        await client.reply(seats.pop(), warm, Turn.now())
        for seat in seats:
            await client.reply(seat, tally, Turn.now())
            await asyncio.sleep(random.uniform(0, 0.05))  # so that ticks and sends do not walk in step
        for _ in seats[:10]:
            await client.relayed(model, floor, Turn.now())
    return {
        "first_token.p50": percentile(tally.first, 0.5),
        "first_token.p95": percentile(tally.first, 0.95),
        "first_token.relay": percentile(floor.first, 0.5),
        "first_token.post": percentile(tally.answered, 0.5),
        **_latencies("latency", tally),
        "latency.relay": percentile(floor.latency, 0.95),
        **_failed("one_user", tally),
    }


async def steady(stand: Stand, size: Size) -> Figures:
    """50 people read 30 tokens a second: CPU for each token."""
    model = f"fake-r30-n{size.tokens}"
    tally, cpu = await _stored(stand, model, size.streams, ramp=1)
    floor, floor_cpu = await _relayed(stand, model, size.streams, ramp=1)
    return {
        "cpu_token.ms": cpu * 1000 / max(tally.tokens, 1),
        "cpu_token.relay": floor_cpu * 1000 / max(floor.tokens, 1),
        **_latencies("steady", tally),
        "steady.relay": percentile(floor.latency, 0.95),
        **_failed("steady", tally, floor),
    }


async def protocols(stand: Stand, size: Size) -> Figures:
    """The same reading by the engine alone, for each protocol: CPU for each token."""
    figures = {}
    for protocol in engine.PATHS:
        arguments = ["--url", stand.model_url.removesuffix("/v1"), "--protocol", protocol]
        arguments += ["--model", f"fake-r30-n{size.tokens}", "--streams", str(size.streams)]
        command = ("-c", OVER_THE_BUILD, engine.__file__, *arguments)
        process = stand.spawn(SERVER_CORE, *command, build=stand.build, stdout=subprocess.PIPE)
        try:
            told = json.loads(await asyncio.to_thread(process.stdout.readline))
        finally:
            end(process)
        figures[f"engine.{protocol}"] = told["cpu"] * 1e6 / told["tokens"]
    return figures


async def burst(stand: Stand, size: Size) -> Figures:
    """200 people send within a second."""
    model, rounds, spent = f"fake-{BURST}", [], 0.0
    for _ in range(size.burst_rounds):
        tally, cpu = await _stored(stand, model, size.burst, ramp=1)
        rounds.append(tally)
        spent += cpu
    floor, _ = await _relayed(stand, model, size.burst, ramp=1)
    first = [ms for tally in rounds for ms in tally.first]
    return {
        "burst.p50": percentile(first, 0.5),
        "burst.p95": percentile(first, 0.95),
        "burst.relay": percentile(floor.first, 0.95),
        "burst.post_p95": percentile([ms for tally in rounds for ms in tally.answered], 0.95),
        "burst.cpu_send": spent * 1000 / (size.burst * len(rounds)),
        **_failed("burst", *rounds),
    }


async def many(stand: Stand, size: Size) -> Figures:
    """200, then 500 people read 30 tokens a second at the same time."""
    model, figures = f"fake-r30-n{size.tokens}", {}
    for place, streams in zip(("many", "most"), size.many, strict=True):
        tally, cpu = await _stored(stand, model, streams, ramp=5)
        floor, _ = await _relayed(stand, model, streams, ramp=5)
        figures |= {
            f"{place}.complete": tally.complete,
            f"{place}.late": tally.seconds - 5 - size.tokens / 30,
            **_latencies(place, tally),
            f"{place}.relay": percentile(floor.latency, 0.95),
            f"{place}.relay_complete": floor.complete,
            f"{place}.cpu": cpu / tally.seconds,
            f"{place}.load_cpu": tally.load_cpu / tally.seconds,
            **_failed(place, tally),
        }
    return figures


async def full_speed(stand: Stand, size: Size) -> Figures:
    """20 replies of 1,000 tokens as fast as they go: tokens for each second of CPU."""
    model = f"fake-{FULL_SPEED}"
    tally, cpu = await _stored(stand, model, size.full_speed, ramp=0)
    floor, floor_cpu = await _relayed(stand, model, size.full_speed, ramp=0)
    return {
        "rate.tokens": tally.tokens / max(cpu, meter.TICK**-1),
        "rate.relay": floor.tokens / max(floor_cpu, meter.TICK**-1),
        **_failed("full_speed", tally, floor),
    }


async def start(stand: Stand, size: Size) -> Figures:
    """From the start of the web process to its first 200, PostgreSQL running; and the same with PostgreSQL."""
    web, whole = [], []
    for _ in range(size.starts):
        stand.stop_web()
        web.append(await asyncio.to_thread(stand.start_web))
        stand.stop_web()
        stand.stop_database()
        begun = time.monotonic()
        await asyncio.to_thread(stand.start_database)
        await asyncio.to_thread(stand.start_web)
        whole.append(time.monotonic() - begun)
    return {"start.web": percentile(web, 0.5), "start.all": percentile(whole, 0.5)}


async def idle(stand: Stand, size: Size) -> Figures:
    """Memory of a fresh web process and PostgreSQL that have served a reply and then rest."""
    stand.stop_web()
    await asyncio.to_thread(stand.start_web)
    seats = people.seats(stand, 2, f"fake-{BURST}")
    async with _client(stand) as client:
        for seat in seats:
            await client.reply(seat, Tally(20), Turn.now())
            await client.get(seat, "/app/")
    await asyncio.sleep(0 if stand.is_hasty else 30)  # idle connections are closed after 20 s
    await stand.settle()
    return {
        "idle.mb": meter.pss(stand.server_pids),
        "idle.web": meter.pss([stand.web.pid]),
        "idle.relay": meter.pss([stand.relay.pid]),
    }


#: What is looked for in 100,000 messages: kinds of queries, each with words that few or very many messages hold.
SOUGHT = {
    "rare": "zanzibar",
    "common": "kopi",
    "two": "kopi worde",
    "prefix": "wo",
    "phrase": '"roasting schedule"',
    "common_phrase": '"worde wordi"',
    "identifier": "getUserName",
    "without": "kopi -worde",
    "only_without": "-worde",
    "title": "number 4711",
    "none": "zanzibar schedule",
    "nowhere": "nothingofthiskind",
    "from": "kopi from:assistant before:7d",
    "too_early": "kopi before:2020-01-01",
    "tag": "kopi tag:work",
    "file": "has:file",
}
#: Frequent words that never stand beside one another, which only an index of neighbours knows.
APART = '"kopi worde"'


async def archive(stand: Stand, size: Size) -> Figures:
    """A person with 10,000 chats opens the list, searches, and opens chats of 1,000 and of 5,000 messages."""
    model = f"fake-{BURST}"
    seat, other, short = people.seats(stand, 3, model)
    people.archive(stand, seat, size.chats, 10, model)
    for place, length in ((seat, size.long_branch), (other, size.longest_branch), (short, 50)):
        people.lengthen(stand, place, length)
    page = {"HX-Request": ""}
    async with _client(stand) as client:
        found = {
            "list": await _pages(client, seat, "/app/chats/", size.pages),
            "palette": await _pages(client, seat, "/app/palette/?q=number+4", size.pages),
            "open": await _pages(client, seat, f"/app/chats/{seat.chat}/", size.pages, **page),
            "longest": await _pages(client, other, f"/app/chats/{other.chat}/", size.pages, **page),
            "apart": await _pages(client, seat, f"/app/search/?{urlencode({'q': APART})}", min(size.pages, 10)),
            "short": await _pages(client, short, f"/app/chats/{short.chat}/", size.pages, **page),
        }
        sought = {
            f"sought.{kind}": await _pages(client, seat, f"/app/search/?{urlencode({'q': text})}", size.pages)
            for kind, text in SOUGHT.items()
        }
    figures = {name: percentile(times, 0.5) for name, times in (found | sought).items()}
    figures["search"] = max(figures[name] for name in sought)
    return {f"{name}.ms": value for name, value in figures.items()}


async def _pages(client: Client, seat: Seat, path: str, count: int, **headers: str) -> list[float]:
    """Milliseconds of `count` fetches, one after the other on one connection; the first three do not count."""
    times = []
    for _ in range(count + 3):
        begun = time.perf_counter()
        status, size = await client.get(seat, path, **headers)
        times.append((time.perf_counter() - begun) * 1000)
        if status != 200 or not size:
            raise RuntimeError(f"{path} answered {status} with {size} bytes.")
    return times[3:]


async def kills(stand: Stand, size: Size) -> Figures:
    """kill -9 while 20 replies stream: is anything that was seen not in the database?"""
    model, seen_all, lost = f"fake-{LONG}", 0, 0
    seats = people.seats(stand, 20 * size.kills, model)
    for n in range(size.kills):
        seen = await _stream_and_kill(stand, seats[20 * n : 20 * (n + 1)], model)
        await asyncio.to_thread(stand.start_web)
        kept = {str(chat): text for chat, text in stand.sql(_KEPT)}
        seen_all += sum(seen.values())
        lost += sum(1 for chat, count in seen.items() for i in range(count) if f"w{i}@" not in kept.get(chat, ""))
    return {"kill.seen": seen_all, "kill.lost": lost}


_KEPT = "SELECT m.chat_id, m.content FROM messages AS m JOIN run ON run.id = m.run_id WHERE run.status = 'interrupted'"


async def _stream_and_kill(stand: Stand, seats: list[Seat], model: str) -> dict[str, int]:
    """Kill the web process some time after all replies show; return how many tokens each chat was seen to have."""
    readers = {seat.chat: load.Reader(Tally(_length(model))) for seat in seats}

    async def watch(client: Client, seat: Seat) -> None:
        try:
            async with client.following(seat) as socket:
                await client.send(seat, "Go on.")
                async for message in socket:
                    readers[seat.chat].feed(message.data)
        except (aiohttp.ClientError, OSError):
            pass  # the process is dead, as it should be

    async with _client(stand) as client:
        tasks = [asyncio.create_task(watch(client, seat)) for seat in seats]
        while not all(reader.seen for reader in readers.values()):
            await asyncio.sleep(0.02)
        await asyncio.sleep(random.uniform(0, 1.5))
        await asyncio.to_thread(stand.kill_web)
        await asyncio.gather(*tasks)
    return {chat: reader.seen for chat, reader in readers.items()}


async def tools(stand: Stand, size: Size) -> Figures:
    """What 20 bound tools of an MCP server add to the first token. No connection has a part in it: a call needs one."""
    model = f"fake-{BRISK}"
    seats = people.seats(stand, 2 * size.singles + 2, model)
    bare, bound = seats[::2], seats[1::2]
    people.bind_tools(stand, bare, bound, 20)
    without, added = Tally(_length(model)), Tally(_length(model))
    async with _client(stand) as client:
        for seat in (bare.pop(), bound.pop()):
            await client.reply(seat, Tally(_length(model)), Turn.now())
        for one, other in zip(bare, bound, strict=True):
            await client.reply(one, without, Turn.now())
            await client.reply(other, added, Turn.now())
            await asyncio.sleep(random.uniform(0, 0.05))
    people.unbind_tools(stand)
    first, floor = percentile(added.first, 0.5), percentile(without.first, 0.5)
    found = {"tools.first": first, "tools.added": first - floor, "tools.without": floor}
    return found | _failed("tools", without, added)


CASES: dict[str, Case] = {
    "first_token": one_user,
    "cpu_token": steady,
    "protocols": protocols,
    "burst": burst,
    "many": many,
    "rate": full_speed,
    "archive": archive,
    "kill": kills,
    "start": start,
    "idle": idle,
    "tools": tools,
    "data": lambda stand, size: data.measure(stand, size.rows, size.rounds),
    "ingest": lambda stand, size: ingest.measure(stand, size.burst),
    "knowledge": lambda stand, size: knowledge.measure(stand),
    "workflows": lambda stand, size: workflows.measure(stand, size.workflow_runs, size.waiting_runs),
    "stalls": lambda stand, size: stalls.measure(stand, f"fake-{LONG}", size.stall),
}
