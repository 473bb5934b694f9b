"""The life of a web process: make ready, serve replies and jobs, let go."""

import asyncio
import contextlib
import gc
import logging
import signal
from collections.abc import Awaitable, Callable

import procrastinate
import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from procrastinate.contrib.django import app as jobs
from procrastinate.periodic import PeriodicRegistry

from agents import engine
from agents.catalog import servers
from agents.runs import log, queue, runtime
from agents.runs.consumer import watch_rights
from sambung import assets
from sambung.lib import database
from sambung.lib.threads import in_thread, pool, vital
from teams import delivery, setup
from workflows.actions import clock
from workflows.engine import carrier

logger = logging.getLogger(__name__)

AGAIN = 2.0  # seconds until a service that ended begins anew
FIRST_LISTING = 1.0  # seconds that a start waits for the list of models
GARBAGE = 20_000  # objects made and not freed between two looks for garbage
_SOLE = 0x5A6D61  # the advisory lock of the one web process


class Lifespan:
    """Answers the server's lifespan events and passes everything else on."""

    def __init__(self, application):
        self._application = application

    async def __call__(self, scope, receive, send):
        if scope["type"] != "lifespan":
            await self._application(scope, receive, send)
            return
        process = Process()
        await receive()
        try:
            await process.open()
        except Exception as error:
            logger.critical("Sambung cannot start: %s", error, exc_info=not isinstance(error, MayNotServe))
            await process.close()
            await send({"type": "lifespan.startup.failed", "message": str(error)})
            return
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await process.close()
        await send({"type": "lifespan.shutdown.complete"})


class MayNotServe(Exception):
    """This process may not serve; its sentence says why."""


class Process:
    """What a web process holds while it serves."""

    def __init__(self) -> None:
        self._sole = None
        self._runtime: runtime.Runtime | None = None
        self._jobs = None
        self._services: list[asyncio.Task] = []

    async def open(self) -> None:
        self._sole = await _be_the_only_one()
        await in_thread(_make_ready)
        self._runtime = runtime.Runtime()
        runtime.set_current(self._runtime)
        await self._runtime.open()
        servers.set_current(servers.Listing())
        await _list_models()
        if settings.IS_WORKER_EMBEDDED:
            self._jobs = jobs.with_connector(jobs.connector.get_worker_connector())
            await self._jobs.open_async()
            for work in self.workers:
                self._serve(work)
            carrier.host()
        for service in (self._stay_the_only_one, queue.serve, watch_rights, _keep_listing, clock.serve):
            self._serve(service)
        self._services.append(asyncio.create_task(_settle()))

    @property
    def workers(self) -> tuple[Callable[[], Awaitable], ...]:
        """What does jobs here, each of its own queues."""
        apart = (self._work_on_mails, self._work_on_documents, self._work_on_vectors, self._work_on_workflows)
        return (self._work, *apart)

    def _serve(self, service: Callable[[], Awaitable]) -> None:
        self._services.append(asyncio.create_task(_kept_up(service)))

    async def _work(self) -> None:
        """What people wait for, and what goes by the clock: all but the reading of documents."""
        how = {"concurrency": 2, "fetch_job_polling_interval": 60}
        await self._run_jobs(self._jobs, queues=["default", "builtin"], **how)

    async def _work_on_mails(self) -> None:
        """Several at once: a mail server that drips holds up one of them, and other mails go on."""
        await self._run_jobs(self._clockless(), queues=[delivery.QUEUE], concurrency=4, fetch_job_polling_interval=60)

    async def _work_on_documents(self) -> None:
        """One after the other: reading is heavy, and nothing else waits behind it."""
        await self._run_jobs(self._clockless(), queues=["documents"], concurrency=1, fetch_job_polling_interval=5)

    async def _work_on_vectors(self) -> None:
        """Apart from all others: it waits for an embedding model most of the time."""
        await self._run_jobs(self._clockless(), queues=["vectors"], concurrency=1, fetch_job_polling_interval=60)

    async def _work_on_workflows(self) -> None:
        """Jobs that only hand runs over: the runs themselves are tasks of the host."""
        how = {"concurrency": 4, "fetch_job_polling_interval": 5}
        await self._run_jobs(self._clockless(), queues=[carrier.QUEUE], **how)

    def _clockless(self) -> procrastinate.App:
        """The same jobs over the same connections, none by the clock: one worker looks at that for all."""
        app = jobs.with_connector(self._jobs.connector)
        app.periodic_registry = PeriodicRegistry()
        return app

    @staticmethod
    async def _run_jobs(app: procrastinate.App, **how) -> None:
        await app.run_worker_async(
            install_signal_handlers=False, shutdown_graceful_timeout=3, delete_jobs="successful", **how
        )

    async def _stay_the_only_one(self) -> None:
        """Take the lock again after the database was away; end when another process was faster."""
        while True:
            await asyncio.sleep(AGAIN)
            try:
                await self._sole.execute("SELECT 1")
            except psycopg.OperationalError:
                try:
                    self._sole = await _be_the_only_one()
                except MayNotServe as error:
                    logger.critical("Sambung ends: %s", error)
                    signal.raise_signal(signal.SIGTERM)

    async def close(self) -> None:
        for service in self._services:
            service.cancel()
        await asyncio.gather(*self._services, return_exceptions=True)
        if self._jobs is not None:
            await self._jobs.close_async()
        if self._runtime is not None:
            await self._runtime.close()
            runtime.set_current(None)
        await engine.close()
        pool().shutdown()
        vital().shutdown()
        if self._sole is not None:
            await self._sole.close()


async def _kept_up(service: Callable[[], Awaitable]) -> None:
    """Run a service for as long as the process lives: one that ended, as when the database restarts, begins anew."""
    while True:
        try:
            await service()
        except Exception as error:
            if asyncio.current_task().cancelling():  # told to end, it met a database that takes nothing
                return
            known = database.will_pass(error)  # every few seconds the same, for as long as the database is away
            logger.warning("A service of this process ended; it begins anew.", exc_info=None if known else error)
        await asyncio.sleep(AGAIN)


async def _be_the_only_one():
    """Hold the lock of the one web process for as long as it lives. Raises MayNotServe."""
    held = await log.connect()
    cursor = await held.execute("SELECT pg_try_advisory_lock(%s)", [_SOLE])
    if not (await cursor.fetchone())[0]:
        await held.close()
        raise MayNotServe("Another Sambung serves this database already. Stop it first: one web process at a time.")
    return held


def _make_ready() -> None:
    """Bring the database, static files and words to the state of this code."""
    call_command("migrate", interactive=False, verbosity=0)
    if settings.CACHES["default"]["LOCATION"] not in connection.introspection.table_names():
        call_command("createcachetable", verbosity=0)
    assets.prepare()
    setup.offer()


async def _settle() -> None:
    """Load what the first reply needs; then leave what is loaded out of every later look for garbage.

    Those looks took a tenth of a burst's time: half a million objects that never go.
    """
    await engine.warm_up()
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE)


async def _list_models() -> None:
    """Know the models before the first message names one; a server that is slow to tell does not hold up the start."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(FIRST_LISTING):
            await servers.current().refresh()


async def _keep_listing() -> None:
    """Keep the list of models fresh."""
    while True:
        await servers.current().refresh()
        await asyncio.sleep(servers.RETRY)
