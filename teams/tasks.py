"""Work on accounts, and on what apps registered to go, that nobody watches."""

from django.core.management import call_command
from procrastinate.contrib.django import app

from sambung.lib.threads import in_thread
from teams import delivery, mails, retention, trash

JOBS = (delivery.send_mails,)


@app.periodic(cron="29 * * * *")
@app.task(name="teams.clean_up", queueing_lock="teams.clean_up", pass_context=False)
async def clean_up(timestamp: int) -> None:
    """Remove sessions that are over, what was deleted long ago, and the traces of mails."""
    await in_thread(call_command, "clearsessions")
    await in_thread(trash.remove_old)
    await in_thread(mails.clean_up)


@app.periodic(cron="* * * * *")
@app.task(name="teams.look_for_mails", queue=delivery.QUEUE, queueing_lock="teams.look_for_mails", pass_context=False)
async def look_for_mails(timestamp: int) -> None:
    """Hand over what is due again, and what no job was left for."""
    await delivery.deliver()


@app.periodic(cron="37 * * * *")
@app.task(name="chats.retention", queueing_lock="chats.retention", pass_context=False)
async def keep_for_days(timestamp: int) -> None:
    """Announce what is due to go by its age, and delete what was announced a week ago."""
    await in_thread(retention.enforce)
