"""Whether the process lives, and whether it can serve."""

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from psycopg_pool import PoolTimeout

from agents.runs import runtime


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
    """200 when the database answers and replies can be written, else 503."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, PoolTimeout):
        return HttpResponse("no database", status=503, content_type="text/plain")
    if runtime.current() is None:
        return HttpResponse("no runtime", status=503, content_type="text/plain")
    return HttpResponse("ready", content_type="text/plain")
