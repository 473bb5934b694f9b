"""What starts a workflow: listed, made, changed, woken and put to rest, tried on the draft, deleted."""

from datetime import timedelta

import orjson
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from sambung.lib import jsonb
from sambung.lib.errors import Refused
from sambung.lib.failures import Failed
from teams.views import answers
from teams.views.dialogs import ask
from workflows.actions import triggers
from workflows.actions.triggers import Made
from workflows.forms import inputs
from workflows.forms import triggers as forms
from workflows.models import TriggerKind, Workflow, WorkflowTrigger
from workflows.publishing.tool_config import input_schema
from workflows.triggers import crons, describing, form_links, payloads
from workflows.views import finding

SHOWN_TIMES = 5
KINDS = (TriggerKind.SCHEDULE, TriggerKind.WEBHOOK, TriggerKind.FORM)


@never_cache
@require_GET
def workflow_triggers(request, workflow_id):
    """All that starts a workflow, how it went last, and when it is due next."""
    found = finding.usable(request, workflow_id, finding.WRITE)
    rows = list(found.triggers.select_related("runs_as"))
    for row in rows:
        row.workflow = found
    context = {
        "workflow": found,
        "rows": [describing.described(row) for row in rows],
        "has_form": any(row.kind == TriggerKind.FORM for row in rows),
        "link": form_links.link_of(found),
    }
    return render(request, "workflows/triggers/triggers.html", context)


# ---- made and changed -----------------------------------------------------------------------------------
@never_cache
@require_http_methods(["GET", "POST"])
def workflow_trigger_new(request, workflow_id, kind):
    """Have a workflow be started so."""
    found = finding.usable(request, workflow_id, finding.WRITE)
    if kind not in KINDS:
        raise Http404("There is no such kind of trigger.")
    schema, zone = _schema(found), timezone.get_current_timezone_name()
    form = forms.form_of(kind, request.POST or None, schema=schema, zone=zone)
    given = _given_form(request, kind, schema)
    if request.method == "POST" and form.is_valid() and (given is None or given.is_valid()):
        with answers.told_by(form):
            made = triggers.create(
                by=request.user, workflow=found, kind=kind, config=_config(form, given), limits=form.limits()
            )
            if made.token:
                return _shown_once(request, made)
            return answers.done(request, _("It is set up."), _list(request, found))
    return _form(request, found, None, kind, form, given)


@never_cache
@require_http_methods(["GET", "POST"])
def workflow_trigger(request, trigger_id):
    """Change when or how a workflow is started."""
    found = finding.trigger(request, trigger_id)
    schema = _schema(found.workflow)
    form = forms.form_of(found.kind, request.POST or None, schema=schema, trigger=found)
    given = _given_form(request, found.kind, schema, found.config.get("input"))
    if request.method == "POST" and form.is_valid() and (given is None or given.is_valid()):
        with answers.told_by(form):
            config = _config(form, given)
            triggers.change(by=request.user, trigger=found, config=config, limits=form.limits())
            return answers.done(request, _("It is saved."), _list(request, found.workflow))
    return _form(request, found.workflow, found, found.kind, form, given)


def _schema(workflow: Workflow) -> dict:
    return input_schema(workflow.structure)


def _given_form(request, kind: str, schema: dict, kept: dict | None = None):
    """The form of what each run of a schedule takes, without files; None for kinds that bring it. Raises Refused."""
    if kind != TriggerKind.SCHEDULE:
        return None
    if (files := form_links.files_of(schema)) & set(schema.get("required") or ()):
        raise Refused(_("This workflow needs files, which no schedule can give."))
    fields = {name: one for name, one in schema.get("properties", {}).items() if name not in files}
    schema = schema | {"properties": fields}
    made = inputs.form_for(schema, initial=kept or {})
    form = made(request.POST or None)
    return None if not form.fields else form


def _config(form, given) -> dict:
    config = form.config()
    return config | {"input": inputs.values(given)} if given is not None else config


def _form(request, workflow: Workflow, trigger: WorkflowTrigger | None, kind: str, form, given) -> HttpResponse:
    context = {
        "workflow": workflow,
        "trigger": trigger,
        "kind": kind,
        "label": TriggerKind(kind).label,
        "form": form,
        "given": given,
        **(_times(form) if kind == TriggerKind.SCHEDULE else {}),
        "has_files": given is not None and inputs.has_files(given),
    }
    if trigger and kind == TriggerKind.WEBHOOK:
        context |= {"sample": _sample(trigger)}
    return render(request, "workflows/triggers/trigger.html", context, status=422 if request.method == "POST" else 200)


def _sample(trigger: WorkflowTrigger) -> str:
    return orjson.dumps(trigger.sample or {}, option=orjson.OPT_INDENT_2).decode()


def _list(request, workflow: Workflow) -> str:
    return request.workspace.url("workflow_triggers", workflow.pk)


# ---- times ----------------------------------------------------------------------------------------------
@never_cache
@require_GET
def workflow_times(request):
    """The next times of a schedule as it is being written."""
    form = forms.ScheduleForm(request.GET)
    form.is_valid()
    return render(request, "workflows/triggers/_times.html", _times(form) | {"errors": form.errors.get("cron")})


def _times(form: forms.ScheduleForm) -> dict:
    """The next times as the form has them, in its zone; none where it says nothing that can be read."""
    asked = form if form.is_bound else forms.ScheduleForm(form.initial)
    asked.is_valid()
    cron, zone = (asked.cleaned_data.get(name) for name in ("cron", "zone"))
    if not cron or not zone or "cron" in asked.errors:
        return {"times": [], "zone": "UTC"}
    return {"times": crons.first(cron, zone, timezone.now(), SHOWN_TIMES), "zone": zone}


# ---- acts -----------------------------------------------------------------------------------------------
@require_POST
def workflow_trigger_active(request, trigger_id):
    """Wake it, from now on as oneself; or let it rest."""
    found = finding.trigger(request, trigger_id)
    if found.is_active and "as_me" not in request.POST:
        triggers.rest(by=request.user, trigger=found)
        return answers.done(request, _("It starts nothing until somebody turns it on."), _list(request, found.workflow))
    triggers.wake(by=request.user, trigger=found)
    return answers.done(request, _("It is on, and runs as you."), _list(request, found.workflow))


@never_cache
@require_http_methods(["GET", "POST"])
def workflow_trigger_delete(request, trigger_id):
    """Ask, then forget it."""
    found = finding.trigger(request, trigger_id)
    back = _list(request, found.workflow)
    if request.method == "POST":
        triggers.delete(by=request.user, trigger=found)
        return answers.done(request, _("It is deleted. Its runs stay."), back)
    text = _("Nothing starts “%(name)s” this way any more.") % {"name": found.workflow}
    to = request.workspace.url("workflow_trigger_delete", found.pk)
    return ask(request, _("Delete this trigger?"), to=to, submit=_("Delete"), back=back, text=text, is_danger=True)


@require_POST
def workflow_trigger_address(request, trigger_id):
    """Give a webhook another address, shown this once."""
    found = _webhook(request, trigger_id)
    return _shown_once(request, triggers.new_address(by=request.user, trigger=found))


@require_POST
def workflow_trigger_secret(request, trigger_id):
    """Give a webhook another secret, shown this once."""
    found = _webhook(request, trigger_id)
    return _shown_once(request, triggers.new_secret(by=request.user, trigger=found))


def _webhook(request, trigger_id) -> WorkflowTrigger:
    found = finding.trigger(request, trigger_id)
    if found.kind != TriggerKind.WEBHOOK:
        raise Http404("It has no address.")
    return found


def _shown_once(request, made: Made) -> HttpResponse:
    """The address and the secret of a webhook, which nobody can be told again."""
    address = made.token and request.build_absolute_uri(reverse("hook", args=[made.token]))
    scheme = triggers.scheme_of(made.trigger)
    context = {"workflow": made.trigger.workflow, "trigger": made.trigger, "address": address, "secret": made.secret}
    context |= {"scheme": scheme, "until": timezone.now() + timedelta(days=1) if made.trigger.former_secret else None}
    response = render(request, "workflows/triggers/shown_once.html", context, status=201)
    response["Cache-Control"] = "private, no-store"
    return response


@require_POST
def workflow_trigger_try(request, trigger_id):
    """Run the draft with what a trigger would bring, or brought last."""
    found = finding.trigger(request, trigger_id)
    try:
        run = triggers.try_out(by=request.user, trigger=found, sample=_sent(request))
    except Failed as failed:
        raise Refused(failed.failure, status=422) from None
    return answers.go(request, request.workspace.url("workflow_run", run.pk))


def _sent(request) -> dict | None:
    """What a webhook would bring, as somebody wrote it; None where they did not. Raises Refused."""
    text = request.POST.get("sample", "")
    if not text.strip():
        return None
    try:
        found = orjson.loads(text) if len(text) <= payloads.LARGEST else None
    except orjson.JSONDecodeError:
        found = None
    if not isinstance(found, dict) or jsonb.clean_json(found) != found:
        raise Refused(_("This is not a JSON object."), status=422)
    return found
