"""Whether all parts of the instance are well, for its admins: database, jobs, models, mail, versions, migrations."""

import platform
import time
from dataclasses import dataclass
from importlib.metadata import version

import django
from django.conf import settings
from django.contrib import messages
from django.core.mail import send_mail
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from procrastinate.contrib.django.models import ProcrastinateJob

from agents.catalog import servers
from agents.runs import runtime
from sambung.health import database_fault
from teams import access, audit
from teams.models import Instance


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the instance and how it is."""

    name: str
    state: str
    is_well: bool = True


@never_cache
@require_GET
def health(request):
    """Every part with its state."""
    access.everything(request, Instance.objects.all())
    parts = [_database(), _migrations(), _jobs(request), _replies(), _models(), *_versions()]
    return render(request, "instance/health.html", {"parts": parts})


@require_POST
def mail_test(request):
    """Send a mail to the admin who asks."""
    access.everything(request, Instance.objects.all())
    to = request.user.email
    try:
        send_mail(_("Sambung can send mail"), _("This is the test that you asked for."), None, [to])
    except OSError as error:  # smtplib's errors are among them
        messages.error(request, _("The mail could not be sent: %(why)s") % {"why": error})
    else:
        audit.record("instance.mail_tested", by=request.user, target=to)
        messages.success(request, _("A mail is on its way to %(address)s.") % {"address": to})
    return redirect("instance_health")


def _database() -> Part:
    begun = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version'), pg_size_pretty(pg_database_size(current_database()))")
        number, size = cursor.fetchone()
    milliseconds = 1000 * (time.perf_counter() - begun)
    state = f"{number.split()[0]} · {size} · {milliseconds:.1f} ms"
    if fault := database_fault():
        refuses = _("takes nothing that is written")
        return Part("PostgreSQL", f"{state} · {refuses} ({fault})", is_well=False)
    return Part("PostgreSQL", state)


def _migrations() -> Part:
    executor = MigrationExecutor(connection)
    missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    words = ngettext("%(n)s is missing", "%(n)s are missing", missing) % {"n": missing}
    return Part(_("Migrations"), words if missing else _("all there"), is_well=not missing)


def _jobs(request) -> Part:
    rows = access.everything(request, ProcrastinateJob.objects.all())
    waiting, failed = rows.filter(status="todo").count(), rows.filter(status="failed").count()
    state = _("%(waiting)s waiting, %(failed)s failed") % {"waiting": waiting, "failed": failed}
    return Part(_("Jobs"), state, is_well=not failed)


def _replies() -> Part:
    served = runtime.current()
    if served is None:
        return Part(_("Replies"), _("are not served by this process"), is_well=False)
    state = _("%(n)s on their way") % {"n": len(served.streams)}
    if served.is_behind:
        waits = _("some wait to be saved")
        return Part(_("Replies"), f"{state} · {waits}", is_well=False)
    return Part(_("Replies"), state)


def _models() -> Part:
    offered = [model.label for model in servers.models()]
    return Part(_("Models"), ", ".join(offered) or _("none answers"), is_well=bool(offered))


def _versions() -> list[Part]:
    mail = settings.EMAIL_BACKEND.rpartition(".")[2]
    return [
        Part(_("Mail"), f"{getattr(settings, 'EMAIL_HOST', '')} · {mail}".strip(" ·")),
        Part("Sambung", settings.VERSION),
        Part("Python", platform.python_version()),
        Part("Django", django.get_version()),
        Part("django-allauth", version("django-allauth")),
    ]
