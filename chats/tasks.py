"""Work that nobody watches: each job stands beside what it does, and is known by being imported here."""

from procrastinate.contrib.django import app

from chats.actions import housekeeping
from chats.files import store
from chats.replies import titles
from chats.search import filling
from chats.transfer import exports, imports, progress
from sambung.lib.threads import in_thread

JOBS = (
    titles.name_chat,
    exports.export_chats,
    imports.import_chats,
    progress.rescue_transfers,
    filling.fill_words,
)


@app.periodic(cron="17 * * * *")
@app.task(name="chats.clean_up", queueing_lock="chats.clean_up", pass_context=False)
async def clean_up(timestamp: int) -> None:
    """Remove temporary chats, files that nobody sent, and old transfers."""
    await in_thread(housekeeping.clean_up)
    await in_thread(store.clean_up)
    await in_thread(progress.drop_old)
