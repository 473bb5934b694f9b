"""Work on documents that nobody watches; the job that reads and indexes them is known by being imported here."""

from procrastinate.contrib.django import app

from documents import files, pictures
from documents.actions import writing
from documents.data import cache
from documents.knowledge import addresses, index, indexing, progress
from documents.vectors import spaces
from sambung.lib.threads import in_thread

JOBS = (indexing.index_document,)


@app.periodic(cron="47 * * * *")
@app.task(name="documents.clean_up", queueing_lock="documents.clean_up", pass_context=False)
async def clean_up(timestamp: int) -> None:
    """Remove versions that others stand for, and pictures that none names, a day after, and bytes of no document."""
    await in_thread(writing.forget_old)
    await in_thread(pictures.clean_up)
    await in_thread(files.clean_up)


@app.periodic(cron="* * * * *")
@app.task(name="documents.rescue", queueing_lock="documents.rescue", pass_context=False)
async def rescue(timestamp: int) -> None:
    """Take up documents whose process is gone, and texts that are not indexed as they are now."""
    await in_thread(progress.rescue)
    await in_thread(progress.ask_for_missed)


@app.periodic(cron="* * * * *")
@app.task(name="documents.embed", queue=spaces.QUEUE, queueing_lock="documents.embed", pass_context=False)
async def embed(timestamp: int) -> None:
    """Give passages their vectors, where there is a model for that."""
    await spaces.work()


@app.periodic(cron="23 3 * * *")
@app.task(name="documents.count_words", queue=progress.QUEUE, queueing_lock="documents.count_words", pass_context=False)
async def count_words(timestamp: int) -> None:
    """Count the words of all passages afresh, once a day."""
    await in_thread(index.count_anew)


@app.periodic(cron="41 * * * *")
@app.task(name="documents.fetch_daily", queueing_lock="documents.fetch_daily", pass_context=False)
async def fetch_daily(timestamp: int) -> None:
    """Have those addresses fetched again whose day is over."""
    await in_thread(addresses.fetch_daily)


@app.periodic(cron="17 * * * *")
@app.task(name="documents.clean_up_tables", queueing_lock="documents.clean_up_tables", pass_context=False)
async def clean_up_tables(timestamp: int) -> None:
    """Remove tables of files that nobody has asked for an hour."""
    await in_thread(cache.clean_up)
