"""The instance's pages, for its admins: people, teams, settings, the audit log. For others they are not there."""

import re

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Max, Q
from django.db.models.functions import Greatest
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from teams import access, instance
from teams.forms.groups import retention_field
from teams.models import AuditEntry, Instance, Team, TeamMember, User, UserRole

PAGE = 50


_HOST = re.compile(r"(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?|[0-9a-f:]{2,39}")


class HostsField(forms.CharField):
    """Names of hosts, one a line."""

    widget = forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "autocapitalize": "none"})

    def prepare_value(self, value):
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value) -> list[str]:
        hosts = list(dict.fromkeys((super().to_python(value) or "").lower().split()))
        for host in hosts:
            if not _HOST.fullmatch(host):
                raise forms.ValidationError(_("%(host)s is no name of a host.") % {"host": host})
        return hosts

    def has_changed(self, initial, data) -> bool:
        return self.to_python(data) != initial


class InstanceForm(forms.ModelForm):
    """The settings that admins change in the browser."""

    web_hosts = HostsField(
        label=gettext_lazy("Hosts"),
        required=False,
        max_length=20_000,
        help_text=gettext_lazy("One a line, such as example.org. *.example.org names all below it."),
    )

    retention_days = retention_field()
    workflow_run_days = forms.IntegerField(
        label=gettext_lazy("Delete runs of workflows so many days after their end"),
        required=False,
        min_value=1,
        max_value=36_500,
        help_text=gettext_lazy("Empty keeps them. Runs that wait for somebody stay."),
    )

    class Meta:
        model = Instance
        fields = (
            "sign_up",
            "second_factor",
            "web_access",
            "web_hosts",
            "public_links",
            "retention_days",
            "workflow_run_days",
        )
        widgets = dict.fromkeys(fields[:3], forms.RadioSelect)


@never_cache
@require_http_methods(["GET", "POST"])
def settings(request):
    """Who may sign up, who needs a second factor, and what tools may fetch."""
    access.everything(request, Instance.objects.all())
    form = InstanceForm(request.POST or None, instance=Instance.present())
    if request.method == "POST" and form.is_valid():
        instance.change_settings(by=request.user, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("instance")
    return render(request, "instance/settings.html", {"form": form}, status=422 if form.errors else 200)


@never_cache
@require_GET
def people(request):
    """Everybody, found by name or address."""
    seen_at = Greatest("last_login", Max("usersession__last_seen_at"))
    found = access.everything(request, User.objects.annotate(seen_at=seen_at).order_by("name", "id"))
    if asked := request.GET.get("q", "").strip():
        found = found.filter(Q(name__icontains=asked) | Q(email__icontains=asked))
    return render(request, "instance/people.html", {"page": _page(request, found), "q": asked})


@never_cache
@require_GET
def person(request, person_id):
    """One person: role, state, teams."""
    found = _person(request, person_id)
    places = access.everything(request, TeamMember.objects.filter(user=found).select_related("team"))
    context = {"person": found, "places": places, "roles": UserRole.choices, "is_self": found == request.user}
    return render(request, "instance/person.html", context)


@require_POST
def person_role(request, person_id):
    """Give a person another role."""
    found = _person(request, person_id)
    role = request.POST.get("role")
    if role in UserRole.values:
        instance.set_role(by=request.user, person=found, role=role)
        messages.success(request, _("The role is changed."))
    return redirect("instance_person", found.pk)


@require_POST
def person_active(request, person_id):
    """Shut a person out, or let them in again."""
    found = _person(request, person_id)
    to = not found.is_active
    said = _("The account is open again.") if to else _("The account is deactivated; its sessions have ended.")
    instance.set_active(by=request.user, person=found, is_active=to)
    messages.success(request, said)
    return redirect("instance_person", found.pk)


@require_POST
def person_sessions(request, person_id):
    """Sign a person out everywhere."""
    found = _person(request, person_id)
    ended = instance.end_sessions(by=request.user, person=found)
    messages.success(request, ngettext("%(n)s session ended.", "%(n)s sessions ended.", ended) % {"n": ended})
    return redirect("instance_person", found.pk)


@never_cache
@require_GET
def teams(request):
    """All teams; what is in them stays theirs."""
    found = access.everything(request, Team.objects.annotate(people=Count("members")).order_by("name", "id"))
    return render(request, "instance/teams.html", {"page": _page(request, found)})


@never_cache
@require_GET
def audit_log(request):
    """Who did what, newest first."""
    found = access.everything(request, AuditEntry.objects.select_related("team"))
    if asked := request.GET.get("q", "").strip():
        words = Q(action__icontains=asked) | Q(actor_name__icontains=asked) | Q(target__icontains=asked)
        found = found.filter(words)
    return render(request, "instance/audit.html", {"page": _page(request, found), "q": asked})


def _person(request, person_id) -> User:
    return access.one_of_all(request, User.objects.all(), pk=person_id)


def _page(request, found):
    return Paginator(found, PAGE).get_page(request.GET.get("page"))
