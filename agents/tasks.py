"""Work on agents that nobody watches."""

from procrastinate.contrib.django import app

from agents import agents, drafts, keys
from sambung.lib.threads import in_thread


@app.task(name="agents.write_draft")
async def write_draft(draft: str, asked: dict) -> None:
    """Have a model write an agent from the sentence of a draft; `asked` is the model's reference as stored."""
    await drafts.write(draft, asked)


@app.periodic(cron="23 * * * *")
@app.task(name="agents.clean_up", queueing_lock="agents.clean_up", pass_context=False)
async def clean_up(timestamp: int) -> None:
    """Remove agents that were deleted long ago, and old drafts."""
    await in_thread(agents.drop_deleted)
    await in_thread(drafts.drop_old)


@app.periodic(cron="41 * * * *")
@app.task(name="agents.list_models", queueing_lock="agents.list_models", pass_context=False)
async def list_models(timestamp: int) -> None:
    """List the models of keys anew whose list is a day old."""
    if stale := await in_thread(keys.stale):
        await in_thread(keys.refresh_all, stale, forgets=False)
