"""Whether all parts of the instance are well, for its admins: database, jobs, models, mail, versions, migrations."""

import platform
import time
from dataclasses import dataclass
from datetime import timedelta
from importlib.metadata import version

import django
from django.conf import settings
from django.contrib import messages
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from procrastinate.contrib.django.models import ProcrastinateJob

from agents.catalog import servers
from agents.runs import runtime
from sambung.health import database_fault
from teams import access, audit, mails
from teams.models import Instance, Mail

TESTED = "mail_test"  # in the session: the mail that was asked for
TEST_LASTS = timedelta(minutes=30)


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
    how = mails.standing()
    parts = [_database(), _migrations(), _jobs(request), _replies(), _models(), _mails(how), *_versions()]
    context = {"parts": parts, "can_try_again": how.waiting and not how.is_well, "mail": _test_mail(request)}
    return render(request, "instance/health.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def mail_test(request):
    """Write a mail to the admin who asks; then what became of it, for as long as the page asks."""
    access.everything(request, Instance.objects.all())
    if request.method == "GET":
        return _tested(request) if request.htmx else redirect("instance_health")
    letter = mails.short(_("Sambung can send mail"), _("This is the test that you asked for."))
    (mail,) = mails.post(letter, [request.user], lasts=TEST_LASTS)
    request.session[TESTED] = str(mail.pk)
    audit.record("instance.mail_tested", by=request.user, target=mail.to)
    return redirect("instance_health")


@require_POST
def mail_again(request):
    """Have all mails that wait be tried now."""
    access.everything(request, Instance.objects.all())
    many = mails.try_again()
    audit.record("instance.mails_tried_again", by=request.user, mails=many)
    messages.success(
        request, ngettext("%(n)s mail is tried again.", "%(n)s mails are tried again.", many) % {"n": many}
    )
    return redirect("instance_health")


def _tested(request):
    return render(request, "instance/_mail_test.html", {"mail": _test_mail(request)})


def _test_mail(request) -> Mail | None:
    """The mail that this session asked for last."""
    return access.everything(request, Mail.objects.filter(pk=request.session.get(TESTED))).first()


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


def _mails(how: mails.Standing) -> Part:
    place = getattr(settings, "EMAIL_HOST", "") if settings.EMAIL_BACKEND.endswith("SmtpBackend") else ""
    told = [place or _("on the console and as files, since EMAIL_URL names no server")]
    if how.waiting:
        told.append(ngettext("%(n)s waits", "%(n)s wait", how.waiting) % {"n": how.waiting})
    if how.failing_since:
        since = date_format(timezone.localtime(how.failing_since), "DATETIME_FORMAT")
        told.append(_("none has left since %(when)s: %(why)s") % {"when": since, "why": how.failure})
    if how.refused:
        told.append(ngettext("%(n)s was refused", "%(n)s were refused", how.refused) % {"n": how.refused})
    if how.is_unattended:
        told.append(_("nobody sends them: no worker takes jobs of the queue “mail”"))
    return Part(_("Mail"), " · ".join(told), how.is_well)


def _versions() -> list[Part]:
    return [
        Part("Sambung", settings.VERSION),
        Part("Python", platform.python_version()),
        Part("Django", django.get_version()),
        Part("django-allauth", version("django-allauth")),
    ]
