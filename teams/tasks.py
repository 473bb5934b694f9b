"""Work on accounts that nobody watches."""

from django.core.management import call_command
from procrastinate.contrib.django import app

from sambung.lib.threads import in_thread


@app.periodic(cron="29 * * * *")
@app.task(name="teams.clean_up", queueing_lock="teams.clean_up", pass_context=False)
async def clean_up(timestamp: int) -> None:
    """Remove sessions that are over."""
    await in_thread(call_command, "clearsessions")
