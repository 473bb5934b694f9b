"""Invites: what admins do with them, and what whoever has a link is told."""

from allauth.account.utils import perform_login
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from sambung.lib.errors import Refused
from sambung.lib.waiting import NotNow
from teams import access, invites, limits
from teams.forms.invites import InviteAccountForm, InviteForm
from teams.invites import KEPT
from teams.models import Team, TeamInvite
from teams.views import answers
from teams.workspace import Workspace


# ---- for admins -----------------------------------------------------------------------------------------
def _team(request) -> Team:
    return access.get(request, Team.objects.all(), access.MANAGE, pk=request.workspace.team.pk)


def _invite(request, invite_id) -> TeamInvite:
    rows = TeamInvite.objects.filter(team=_team(request)).select_related("team")
    return access.get(request, rows, access.MANAGE, pk=invite_id)


@never_cache
@require_http_methods(["GET", "POST"])
def invite_send(request):
    """Invite several people at once."""
    team = _team(request)
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        limits.count("invite", request, cost=len(form.cleaned_data["addresses"]))
        to = request.workspace.url("members")
        sent = invites.send(team=team, by=request.user, **form.cleaned_data)
        if sent.invites:
            return answers.done(request, _told(sent), to)
        form.add_error("addresses", _told(sent))
    context, status = {"form": form, "team": team}, 422 if form.is_bound else 200
    return answers.form(request, "teams/_invite.html", _("Invite people"), context, status=status)


def _told(sent: invites.Sent) -> str:
    """What became of the addresses, in words."""
    count, sentences = len(sent.invites), []
    if count:
        sentences.append(
            ngettext("%(n)s invite is on its way.", "%(n)s invites are on their way.", count) % {"n": count}
        )
    if sent.members:
        sentences.append(_("In the team already: %(who)s.") % {"who": ", ".join(sent.members)})
    if sent.invited:
        sentences.append(_("Invited already: %(who)s.") % {"who": ", ".join(sent.invited)})
    return " ".join(sentences)


@require_POST
@limits.limited("invite")
def invite_resend(request, invite_id):
    """Send a new link; the old one ends."""
    invite, to = _invite(request, invite_id), request.workspace.url("members")
    invites.resend(invite=invite, by=request.user)
    text = _("A new link is on its way to %(email)s. The old one has ended.") % {"email": invite.email}
    return answers.done(request, text, to)


@require_POST
def invite_revoke(request, invite_id):
    """Withdraw an invite."""
    invite, to = _invite(request, invite_id), request.workspace.url("members")
    invites.revoke(invite=invite, by=request.user)
    return answers.done(request, _("The invite to %(email)s is withdrawn.") % {"email": invite.email}, to)


# ---- for whoever has the link ---------------------------------------------------------------------------
@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def invite(request, token: str):
    """The link of a mail."""
    return _answer(request, invites.find(token))


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def invite_kept(request):
    """The same, opened before signing in: addresses of other pages need not carry the token."""
    if KEPT not in request.session:
        return redirect("home")
    return _answer(request, invites.of_session(request.session))


def _answer(request, found: TeamInvite | None):
    """Who invites to what. Nobody joins before they say so."""
    _check(request, found)
    if found.state != "open":
        return _closed(request, found)
    if not request.user.is_authenticated:
        request.session[KEPT] = found.token
        return render(request, "teams/invite.html", {"invite": found})
    if not invites.is_for(found, request.user):
        status = 403 if request.method == "POST" else 200
        return render(request, "teams/invite_other.html", {"path": request.path}, status=status)
    if request.method == "GET":
        return render(request, "teams/invite.html", {"invite": found})
    try:
        invites.accept(invite=found, by=request.user)
    except (invites.Closed, Refused):  # between the look and the press: the page says what happened
        return redirect(request.path)
    return _welcome(request, found)


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def invite_account(request):
    """An account for the invited address, which the link has proved, and the place in the team with it."""
    if request.user.is_authenticated or KEPT not in request.session:
        return redirect("invite_kept")
    found = invites.of_session(request.session)
    _check(request, found)
    if found.state != "open":
        return _closed(request, found)
    if invites.has_account(found):
        return render(request, "teams/invite_known.html", {"invite": found})
    form = InviteAccountForm(request.POST or None, address=found.email)
    if request.method == "POST" and form.is_valid():
        try:
            user = invites.sign_up(invite=found, **form.cleaned_data)
        except (invites.Closed, Refused):
            return redirect("invite_kept")
        except NotNow as error:
            form.add_error(None, error.words)
            return render(request, "teams/invite_account.html", {"invite": found, "form": form}, status=error.status)
        perform_login(request, user)
        return _welcome(request, found)
    context = {"invite": found, "form": form}
    return render(request, "teams/invite_account.html", context, status=422 if form.is_bound else 200)


def _check(request, found: TeamInvite | None) -> None:
    """Raise Http404 for a link that is unknown."""
    if found is None:
        request.session.pop(KEPT, None)
        raise Http404("No such invite.")


def _closed(request, found: TeamInvite):
    """Why a link opens nothing any more. It tells nothing of the team."""
    request.session.pop(KEPT, None)
    return render(request, "teams/invite_closed.html", {"state": found.state}, status=410)


def _welcome(request, found: TeamInvite):
    request.session.pop(KEPT, None)
    messages.success(request, _("You are in %(team)s now.") % {"team": found.team})
    return redirect(Workspace(request.user, found.team).url("chat_new"))
