"""Case `workflows`: the engine on the graphs of `bench/graphs.py`, in a process of the build, beside DBOS.

python -m bench.workflows --runs 100 --waiting 1000

prints one line of JSON. CPU is that of the process alone; the database's is not counted, for either engine.
"""

import argparse
import asyncio
import contextlib
import gc
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from itertools import pairwise
from pathlib import Path
from uuid import UUID

import django

from bench import workflow_triggers
from bench.graphs import GRAPHS
from bench.stand import LOAD_CORE, OVER_THE_BUILD, SERVER_CORE, Stand, end, pin

DBOS = Path(__file__).parent.parent / ".venv" / "dbos" / "bin" / "python"
Figures = dict[str, float]


async def measure(stand: Stand, runs: int, waiting: int, first_token: Callable[[], Awaitable[Figures]]) -> Figures:
    """Measure both engines, one after the other, on the server's core; DBOS where it is installed.

    `first_token` measures replies: without runs, and while the web process works on so many.
    """
    command = ("-c", OVER_THE_BUILD, __file__, "--runs", str(runs))
    told = await _told(stand, *command, "--waiting", str(waiting))
    figures = {f"workflows.{name}": value for name, value in told.items()}
    figures |= await workflow_triggers.measure(stand, max(2, runs // 4))
    without = await first_token()
    await _told(stand, *command, "--busy")
    while stand.sql("SELECT count(*) FROM run WHERE kind = 'workflow' AND status = 'running'")[0][0] < runs:
        await asyncio.sleep(0.1)
    during = await first_token()
    figures["workflows.first_token"] = during["first_token.p95"] / without["first_token.p95"]
    stand.sql("UPDATE run SET stop_requested_at = now() WHERE kind = 'workflow' AND status = 'running'")
    if not DBOS.exists():
        return figures
    stand.sql("CREATE DATABASE dbos")
    address = stand.home.database_url.replace("/sambung?", "/dbos?")
    script = str(Path(__file__).parent / "workflows_dbos.py")
    pin(SERVER_CORE)
    try:
        command = [str(DBOS), script, "--database", address, "--runs", str(runs)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    finally:
        pin(LOAD_CORE)
    output, _ = await asyncio.to_thread(process.communicate, timeout=300)
    told = json.loads(output.splitlines()[-1])
    figures |= {"workflows.dbos_cpu": told["cpu"], "workflows.dbos_all": told["seconds"]}
    figures["workflows.cpu_share"] = figures["workflows.cpu"] / told["cpu"]
    figures["workflows.times_dbos"] = told["seconds"] / figures["workflows.all"]
    return figures


async def _told(stand: Stand, *command: str) -> dict:
    process = stand.spawn(SERVER_CORE, *command, build=stand.build, stdout=subprocess.PIPE)
    try:
        return json.loads(await asyncio.to_thread(process.stdout.readline))
    finally:
        end(process)


# ---- in a process of the build --------------------------------------------------------------------------
def structure(which: str) -> dict:
    """A graph as the engine has it: its nodes put texts together."""
    from sambung.lib.ids import uuid7  # late: the build's own

    ids = {name: str(uuid7()) for name in GRAPHS[which]}
    nodes, edges = [], []
    for name, before in GRAPHS[which].items():
        refs = [{"ref": {"node": ids[one], "path": ["text"]}} for one in before[:1]]
        kind, data = "template", {"content": [{"text": f"{name}:{len(before)}"}]}
        if name == "input":
            kind, data = "input", {"schema": {}}
        elif name == "output":
            kind, data = "output", {"values": [{"name": "text", "value": refs[0]}]}
        place = {"x": 0, "y": 0}
        nodes.append({"id": ids[name], "type": kind, "position": place, "data": {"name": name} | data})
        edges += [{"id": str(uuid7()), "source": ids[one], "target": ids[name]} for one in before]
    return {"nodes": nodes, "edges": edges}


def asking() -> dict:
    """An input, a person, an output."""
    from sambung.lib.ids import uuid7  # late: the build's own

    ids = [str(uuid7()) for _ in range(3)]
    given = {"title": [{"text": "Go on?"}], "buttons": [{"id": "yes", "label": "Yes"}], "audience": {"starter": True}}
    told = (("input", {"schema": {}}), ("approval", given), ("output", {"values": []}))
    nodes = [
        {"id": key, "type": kind, "position": {"x": 0, "y": 0}, "data": {"name": kind} | data}
        for key, (kind, data) in zip(ids, told, strict=True)
    ]
    edges = [{"id": str(uuid7()), "source": ids[0], "target": ids[1]}]
    edges.append({"id": str(uuid7()), "source": ids[1], "sourceHandle": "yes", "target": ids[2]})
    return {"nodes": nodes, "edges": edges}


def endless() -> dict:
    """Code that never ends."""
    from sambung.lib.ids import uuid7  # late: the build's own

    ids = [str(uuid7()) for _ in range(3)]
    told = (("input", {"schema": {}}), ("code", {"code": "while True: pass"}), ("output", {"values": []}))
    nodes = [
        {"id": key, "type": kind, "position": {"x": 0, "y": 0}, "data": {"name": kind} | data}
        for key, (kind, data) in zip(ids, told, strict=True)
    ]
    return {"nodes": nodes, "edges": [{"id": str(uuid7()), "source": a, "target": b} for a, b in pairwise(ids)]}


def busy() -> dict:
    """A loop that works for as long as replies are measured."""
    from sambung.lib.ids import uuid7  # late: the build's own

    first, loop, body, last = ids = [str(uuid7()) for _ in range(4)]
    over = {"over": {"value": 10_000}, "maxItems": 10_000, "result": {"node": body, "path": []}}
    told = (("input", {"schema": {}}), ("loop", over), ("template", {"content": [{"text": "x"}]}))
    told += (("output", {"values": []}),)
    nodes = [
        {"id": key, "type": kind, "position": {"x": 0, "y": 0}, "data": {"name": kind} | data}
        for key, (kind, data) in zip(ids, told, strict=True)
    ]
    nodes[2]["parentId"] = loop
    edges = [{"id": str(uuid7()), "source": a, "target": b} for a, b in ((first, loop), (loop, last))]
    return {"nodes": nodes, "edges": edges}


class Bench:
    """Runs of one workflow, carried by this process."""

    def __init__(self, name: str = "bench") -> None:
        from teams.models import User  # late: Django must be set up
        from workflows.engine import carrier
        from workflows.models import Workflow

        self.person = User.objects.create(email=f"{name}@example.org", name="Bench")
        self.workflow = Workflow.objects.create(user=self.person, name="Bench")
        self.carrier = carrier

    def queue(self, graph: dict, runs: int, **more) -> list[UUID]:
        """Make runs that wait to be taken: what starting one costs is not the engine's."""
        from django.utils import timezone  # late: Django must be set up

        from agents.models import Run
        from workflows.models import WorkflowRun

        told = {"kind": "workflow", "requested_by": self.person, "heartbeat_at": timezone.now()}
        rows = [Run(**told) for _ in range(runs)]
        Run.objects.bulk_create(rows)
        made = [WorkflowRun(workflow=self.workflow, run=row, structure=graph, **more) for row in rows]
        WorkflowRun.objects.bulk_create(made)
        return [row.pk for row in rows]

    async def carry(self, graph: dict, runs: int) -> tuple[float, float]:
        """Have so many runs done; return the seconds that took, and those of this process's CPU."""
        from sambung.lib.threads import in_thread  # late: Django must be set up

        ids = await in_thread(self.queue, graph, runs)
        host = self.carrier.host()
        begun, cpu = time.perf_counter(), time.process_time()
        for run in ids:
            host.add(run, self.person.pk)
        while not host.is_idle:
            await asyncio.sleep(0.002)
        return time.perf_counter() - begun, time.process_time() - cpu

    async def stop(self) -> float:
        """The seconds until code that never ends is stopped."""
        from sambung.lib.threads import in_thread  # late: Django must be set up

        host, (run,) = self.carrier.host(), await in_thread(self.queue, endless(), 1)
        host.add(run, self.person.pk)
        await asyncio.sleep(2)  # it runs by now
        begun = time.perf_counter()
        host.stop(run)
        while not host.is_idle:
            await asyncio.sleep(0.002)
        return time.perf_counter() - begun

    def commit(self) -> float:
        """The seconds of a bare commit of one row."""
        from django.db import connection  # late: Django must be set up

        took = []
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE IF NOT EXISTS bench_commit (n int)")
            for n in range(60):
                begun = time.perf_counter()
                cursor.execute("INSERT INTO bench_commit VALUES (%s)", [n])
                took.append(time.perf_counter() - begun)
        return statistics.median(took[10:])


async def figures(bench: Bench, runs: int, waiting: int) -> Figures:
    """All figures, one after the other."""
    import psutil  # a package of the build

    from sambung.lib.threads import in_thread  # late: Django must be set up

    fan, chain = structure("fan"), structure("chain")
    for _ in range(3):
        await bench.carry(fan, 1)
    commit = await in_thread(bench.commit)
    chains = [await bench.carry(chain, 1) for _ in range(9)]
    fans = [await bench.carry(fan, 1) for _ in range(9)]
    everything = [await bench.carry(fan, runs) for _ in range(3)]
    gc.collect()
    before, tasks = psutil.Process().memory_info().rss, len(asyncio.all_tasks())
    await bench.carry(asking(), waiting)
    gc.collect()
    nodes = runs * len(GRAPHS["fan"])
    per_chain = statistics.median(seconds for seconds, _cpu in chains) / 50 * 1000
    return {
        "commit": commit * 1000,
        "chain": per_chain,
        "chain_over": per_chain - 2 * commit * 1000,
        "fan": statistics.median(seconds for seconds, _cpu in fans) / 50 * 1000,
        "all": statistics.median(seconds for seconds, _cpu in everything),
        "cpu": statistics.median(cpu for _seconds, cpu in everything) / nodes * 1000,
        "stop": await bench.stop(),
        "waiting_memory": (psutil.Process().memory_info().rss - before) / 1e6,
        "waiting_tasks": max(0, len(asyncio.all_tasks()) - tasks),
    }


async def run(bench: Bench, runs: int, waiting: int) -> None:
    """Measure, print, let go."""
    print(json.dumps(await figures(bench, runs, waiting)), flush=True)
    await bench.carrier.close()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--waiting", type=int, default=1000)
    parser.add_argument("--busy", action="store_true", help="only queue runs, for the web process")
    options = parser.parse_args()
    django.setup()
    if options.busy:
        print(len(Bench("busy").queue(busy(), options.runs, limits={"steps": 10**6})), flush=True)
        return
    bench = Bench()
    with contextlib.suppress(ImportError):
        import uvloop  # as the server has it

        uvloop.run(run(bench, options.runs, options.waiting))
        sys.exit(0)
    asyncio.run(run(bench, options.runs, options.waiting))


if __name__ == "__main__":
    main()
