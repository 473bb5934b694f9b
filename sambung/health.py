"""Whether the process lives, and whether it can serve."""

import asyncio
from collections.abc import Awaitable
from math import inf
from time import monotonic

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from psycopg_pool import PoolTimeout

from agents.runs import runtime

LATELY = 10.0  # seconds for which a refusal counts
PATIENCE = 3.0  # seconds after which whoever asks for readiness is told: probes go away after a few
_refused_at = -inf


@login_not_required
@never_cache
@require_safe
def healthz(request):
    """200 while the process answers."""
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
@never_cache
@require_safe
def readyz(request):
    """200 when the database answers and takes what is written, and replies are served; else 503 with what is wrong."""
    try:
        fault = database_fault() or replies_fault()
    except (DatabaseError, PoolTimeout):
        fault = "no database"
    return _told(fault)


async def in_time(answer: Awaitable[HttpResponse]) -> HttpResponse:
    """Return the answer of `readyz`, or that none came: the database may say nothing at all, and hold every thread."""
    try:
        return await asyncio.wait_for(answer, PATIENCE)
    except TimeoutError:
        return _told("no answer from the database in time")


def _told(fault: str) -> HttpResponse:
    return HttpResponse(fault or "ready", status=503 if fault else 200, content_type="text/plain")


def database_fault() -> str:
    """What keeps the database from taking what is written; a disk is found to be full by those who write."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('transaction_read_only')")
        if cursor.fetchone() == ("on",):
            return "the database is read-only"
    return "the database refuses writes" if monotonic() - _refused_at < LATELY else ""


def replies_fault() -> str:
    """What keeps replies from being served."""
    if (served := runtime.current()) is None:
        return "no runtime"
    return "replies wait to be saved" if served.is_behind else ""


def note_refusal() -> None:
    """The database was away for somebody, or did not take what they wrote."""
    global _refused_at
    _refused_at = monotonic()
