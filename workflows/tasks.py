"""Work on workflows that nobody watches; the job that hands a run over is known by being imported here."""

from procrastinate.contrib.django import app

from sambung.lib.threads import in_thread
from workflows.engine import carrier, telling

JOBS = (carrier.carry,)


@app.periodic(cron="* * * * * */20")
@app.task(name="workflows.rescue", queue=carrier.QUEUE, queueing_lock="workflows.rescue", pass_context=False)
async def rescue(timestamp: int) -> None:
    """Have this process look for runs that nobody is at, and tell of ends that nobody was told of."""
    carrier.host()
    await in_thread(telling.tell_missed)
