"""Work on workflows that nobody watches; the job that hands a run over is known by being imported here."""

from procrastinate.contrib.django import app

from sambung.lib.threads import in_thread
from workflows.editing import changes
from workflows.engine import carrier
from workflows.engine import telling as ends
from workflows.history import approvals, telling

JOBS = (carrier.carry,)


@app.periodic(cron="* * * * * */20")
@app.task(name="workflows.rescue", queue=carrier.QUEUE, queueing_lock="workflows.rescue", pass_context=False)
async def rescue(timestamp: int) -> None:
    """Have this process look for runs that nobody is at, and tell of ends that nobody was told of."""
    carrier.host()
    await in_thread(ends.tell_missed)


@app.periodic(cron="* * * * *")
@app.task(name="workflows.approvals", queueing_lock="workflows.approvals", pass_context=False)
async def look_after_approvals(timestamp: int) -> None:
    """Decide what has waited until its deadline, remind who has said nothing, forget what waits no more."""
    await in_thread(approvals.pass_deadlines)
    await in_thread(approvals.remind)
    await in_thread(telling.clean_up)


@app.periodic(cron="53 * * * *")
@app.task(name="workflows.clean_up", queueing_lock="workflows.clean_up", pass_context=False)
async def clean_up(timestamp: int) -> None:
    """Forget who changed what in drafts three months ago."""
    await in_thread(changes.forget_old)
