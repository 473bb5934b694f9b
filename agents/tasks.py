"""Work on models, agents and runs that nobody watches; `drafts` holds a job of its own."""

import asyncio

from procrastinate.contrib.django import app

from agents import keys
from agents.definitions import drafts
from agents.runs import lifecycle, runtime, stored
from sambung.lib.threads import in_thread


@app.periodic(cron="* * * * * */20")
@app.task(name="agents.rescue", queueing_lock="agents.rescue", pass_context=False)
async def rescue(timestamp: int) -> None:
    """End runs whose holder is gone; what their log holds is kept, and open pages are told.

    Where runs are served, what this process is at goes on, whatever its leases say. Elsewhere nobody knows whether the
    holders could write at all: after a database that refused, or a lid that was closed, they get the time to.
    """
    served = runtime.current()
    if served:
        await served.beat()
    elif await in_thread(lifecycle.any_dead):
        await asyncio.sleep(lifecycle.GRACE)
    ended = await in_thread(lifecycle.rescue, held=served.held if served else ())
    if ended and served:
        for frame in await in_thread(stored.ends, ended):
            served.hub.publish(frame)


@app.periodic(cron="23 * * * *")
@app.task(name="agents.clean_up", queueing_lock="agents.clean_up", pass_context=False)
async def clean_up(timestamp: int) -> None:
    """Remove old drafts, and logs of runs that nobody reads any more."""
    await in_thread(drafts.drop_old)
    await in_thread(lifecycle.drop_old_events)


@app.periodic(cron="41 * * * *")
@app.task(name="agents.list_models", queueing_lock="agents.list_models", pass_context=False)
async def list_models(timestamp: int) -> None:
    """List the models of keys anew whose list is a day old."""
    if stale := await in_thread(keys.stale):
        await in_thread(keys.refresh_all, stale, forgets=False)
