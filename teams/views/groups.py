"""Teams: make, name, move, leave and delete one, and who is in it."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from sambung.lib.errors import Refused
from teams import access, groups
from teams.forms.groups import DeleteTeamForm, NewTeamForm, RoleForm, SlugForm, TeamForm
from teams.invites import with_unsent
from teams.models import Team, TeamInvite, TeamMember, TeamRole
from teams.views import answers
from teams.workspace import Workspace

INVITES = 50  # invites that the members' page lists


def _team(request, level=access.MANAGE) -> Team:
    return access.get(request, Team.objects.all(), level, pk=request.workspace.team.pk)


def _member(request, member_id) -> TeamMember:
    rows = TeamMember.objects.filter(team=_team(request)).select_related("team", "user")
    return access.get(request, rows, access.MANAGE, pk=member_id)


# ---- a new team -----------------------------------------------------------------------------------------
@never_cache
@require_http_methods(["GET", "POST"])
def new(request):
    """Make a team, and go on to invite people."""
    form = NewTeamForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with answers.told_by(form, "slug"):
            team = groups.create(by=request.user, **form.cleaned_data)
            to = Workspace(request.user, team).url("members")
            return answers.done(request, _("The team is there. Invite the others."), to)
    return render(request, "teams/new.html", {"form": form}, status=422 if form.is_bound else 200)


@never_cache
@require_GET
def slug_check(request):
    """While a name or an address is typed: the address that a name proposes, or whether the one typed is free."""
    if not request.htmx:
        return redirect("teams:new")
    typed = {name: request.GET.get(name, "").strip()[:100] for name in ("name", "slug", "proposed", "team")}
    if request.htmx.trigger_name == "name":
        if typed["slug"] != typed["proposed"]:  # the person's own
            return HttpResponse(status=204)
        slug = groups.propose_slug(typed["name"]) if typed["name"] else ""
        form = NewTeamForm(initial={"slug": slug})
        return render(request, "teams/_slug.html", {"field": form["slug"], "proposed": slug, **_standing(slug)})
    own = access.rows(request, Team.objects.filter(slug=typed["team"]), access.MANAGE).first()
    return render(request, "teams/_slug_state.html", _standing(typed["slug"].lower(), own))


def _standing(slug: str, team: Team | None = None) -> dict:
    """`slug_free` or `slug_problem`, in words."""
    if not slug or (team and slug == team.slug):
        return {}
    try:
        groups.check_slug(slug, team)
    except Refused as refused:
        return {"slug_problem": str(refused)}
    return {"slug_free": _("Free.")}


# ---- its people -----------------------------------------------------------------------------------------
@never_cache
@require_GET
def members(request):
    """Who is in the team; admins also see who was asked to come."""
    team = _team(request, access.READ)
    places = access.rows(request, TeamMember.objects.filter(team=team)).select_related("user")
    places = list(places.order_by("user__name", "id"))
    own = next(place for place in places if place.user_id == request.user.pk)
    invites = TeamInvite.objects.filter(team=team).select_related("invited_by")
    context = {
        "members": places,
        "is_admin": own.role == TeamRole.ADMIN,
        "invites": with_unsent(access.rows(request, invites, access.MANAGE))[:INVITES],
    }
    return render(request, "teams/members.html", context)


@require_POST
def member_role(request, member_id):
    """Promote or demote a member."""
    member, form = _member(request, member_id), RoleForm(request.POST)
    to = request.workspace.url("members")
    if not form.is_valid():
        raise Refused(_("There is no such role."))
    member = groups.set_role(member=member, by=request.user, role=form.cleaned_data["role"])
    said = {"name": member.user, "role": member.get_role_display()}
    return answers.done(request, _("%(name)s: %(role)s from now on.") % said, to)


@never_cache
@require_http_methods(["GET", "POST"])
def member_remove(request, member_id):
    """Take somebody out of the team, after asking."""
    member, to = _member(request, member_id), request.workspace.url("members")
    if request.method == "GET":
        title = _("Remove %(name)s?") % {"name": member.user}
        return answers.form(request, "teams/_remove.html", title, {"member": member})
    groups.remove(member=member, by=request.user)
    return answers.done(request, _("%(name)s is not in the team any more.") % {"name": member.user}, to)


@never_cache
@require_http_methods(["GET", "POST"])
def leave(request):
    """Go out of the team, after asking."""
    team = _team(request, access.READ)
    if request.method == "GET":
        return answers.form(request, "teams/_leave.html", _("Leave the team?"), {"team": team})
    groups.leave(team=team, by=request.user)
    return answers.done(request, _("You have left %(team)s.") % {"team": team}, Workspace(request.user).url("chat_new"))


# ---- its settings ---------------------------------------------------------------------------------------
@never_cache
@require_http_methods(["GET", "POST"])
def settings(request):
    """Name and description; the address and the end of the team have forms of their own."""
    team = _team(request)
    form = TeamForm(request.POST or None, initial=_present(team))
    if request.method == "POST" and form.is_valid():
        groups.describe(team=team, by=request.user, **form.cleaned_data)
        return answers.done(request, _("The settings are kept."), request.workspace.url("settings"))
    return _settings(request, team, form=form)


def _present(team: Team) -> dict:
    """What the form of the settings shows."""
    return {"name": team.name, "description": team.description, "public_links": True, **team.settings}


@require_POST
def slug_change(request):
    """Move the team to another address."""
    team = _team(request)
    form = SlugForm(request.POST, team=team)
    if form.is_valid():
        with answers.told_by(form, "slug"):
            team = groups.change_slug(team=team, by=request.user, slug=form.cleaned_data["slug"])
            to = Workspace(request.user, team).url("settings")
            return answers.done(request, _("The team has a new address. The old one leads there."), to)
    return _settings(request, team, slug_form=form)


def _settings(request, team: Team, *, form=None, slug_form=None):
    context = {
        "form": form or TeamForm(initial=_present(team)),
        "slug_form": slug_form or SlugForm(initial={"slug": team.slug}, team=team),
    }
    return render(request, "teams/settings.html", context, status=422 if request.method == "POST" else 200)


@never_cache
@require_http_methods(["GET", "POST"])
def delete(request):
    """Delete the team, once its name is typed."""
    team = _team(request)
    form = DeleteTeamForm(request.POST or None, team=team)
    if request.method == "POST" and form.is_valid():
        groups.delete(team=team, by=request.user)
        to = Workspace(request.user).url("chat_new")
        return answers.done(request, _("“%(team)s” has been deleted.") % {"team": team}, to)
    count = team.members.count()
    said = ngettext("Its one member loses them.", "All %(n)s members lose them.", count) % {"n": count}
    context = {"team": team, "form": form, "losing": said}
    status = 422 if form.is_bound else 200
    return answers.form(request, "teams/_delete.html", _("Delete the team?"), context, status=status)
