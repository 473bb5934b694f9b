"""DBOS on the same graphs, in an environment of its own (`make dbos`): one async workflow, a step for each node.

python bench/workflows_dbos.py --database ADDRESS --runs 100

prints one line of JSON: seconds of CPU of this process for each node, and seconds until all runs are done.
"""

import argparse
import asyncio
import json
import sys
import time
from pathlib import Path

from dbos import DBOS

sys.path.insert(0, str(Path(__file__).parent))
from graphs import GRAPHS


@DBOS.step()
async def node(name: str, before: list) -> dict:
    """What a node does: it puts what came before it into a text."""
    return {"text": f"{name}:{len(before)}"}


@DBOS.workflow()
async def graph(which: str) -> dict:
    """Level by level: its steps are numbered by the order of their calls, which must not depend on timing."""
    left, done = dict(GRAPHS[which]), {}
    while left:
        ready = [name for name, before in left.items() if all(one in done for one in before)]
        calls = [node(name, [done[one] for one in left.pop(name)]) for name in ready]
        done |= dict(zip(ready, await asyncio.gather(*calls), strict=True))
    return done["output"]


async def run(runs: int) -> dict:
    """Start all runs at once, and wait for them."""
    await (await DBOS.start_workflow_async(graph, "fan")).get_result()  # what is loaded once
    begun, cpu = time.perf_counter(), time.process_time()
    handles = [await DBOS.start_workflow_async(graph, "fan") for _ in range(runs)]
    for handle in handles:
        await handle.get_result()
    seconds, cpu = time.perf_counter() - begun, time.process_time() - cpu
    begun = time.perf_counter()
    await (await DBOS.start_workflow_async(graph, "chain")).get_result()
    nodes = runs * len(GRAPHS["fan"])
    return {"seconds": seconds, "cpu": cpu / nodes * 1000, "chain": (time.perf_counter() - begun) / 50 * 1000}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--database", required=True)
    parser.add_argument("--runs", type=int, default=100)
    options = parser.parse_args()
    DBOS(
        config={
            "name": "bench",
            "system_database_url": options.database,
            "log_level": "ERROR",
            "run_admin_server": False,
        }
    )
    DBOS.launch()
    try:
        print(json.dumps(asyncio.run(run(options.runs))), flush=True)
    finally:
        DBOS.destroy()


if __name__ == "__main__":
    main()
