"""Ctrl K: find a chat by its title, a page, an act or a workspace by its name."""

from django.conf import settings
from django.db.models import F
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from chats.models import Chat
from chats.search.find import find
from chats.search.marking import as_html
from chats.search.query import parse
from teams import access
from teams.models import Team, TeamRole, User
from teams.workspace import Workspace


@never_cache
@require_GET
def palette(request):
    """What fits the words asked for, in groups; without words, the newest chats and everything else."""
    asked = request.GET.get("q", "").strip()[:200]
    found = access.rows(request, Chat.objects.only("title")).listed()
    if asked:
        found = found.filter(title__icontains=asked)
    chats = [_item(str(row), request.workspace.url("chat", row.pk)) for row in found[:10]]
    teams = list(access.rows(request.user, Team.objects.all()).annotate(role=F("members__role")).order_by("name", "id"))
    groups = [
        {"label": _("Chats"), "items": chats},
        {"label": _("Messages"), "items": _said(request, asked)},
        {"label": _("Actions"), "items": _fitting(asked, _acts(request.workspace, teams))},
        {"label": _("Workspaces"), "items": _fitting(asked, _workspaces(request.workspace, teams))},
        {"label": _("Your account"), "items": _fitting(asked, _account(request.workspace))},
        {"label": _("Instance"), "items": _fitting(asked, _instance(request.user))},
    ]
    context = {"groups": [group for group in groups if group["items"]], "q": asked}
    return render(request, "chats/_palette_results.html" if request.htmx else "chats/palette_page.html", context)


def _said(request, asked: str) -> list[dict]:
    """Messages that fit, and the way to all of them."""
    if len(asked) < 2:
        return []
    hits, _more = find(request, parse(asked, is_typing=True), size=6)
    items = [_item(as_html(hit.brief), hit.url, "text-search", str(hit.chat)) for hit in hits if hit.message_id]
    everything = f"{request.workspace.url('search')}?{urlencode({'q': asked})}"
    return [*items, _item(_("Search for “%(text)s”") % {"text": asked}, everything, "search")]


def _item(label: str, url: str, icon: str = "message-square", note: str = "") -> dict:
    return {"label": label, "url": url, "icon": icon, "note": note}


def _fitting(asked: str, items: list[dict]) -> list[dict]:
    return [item for item in items if asked.casefold() in f"{item['label']} {item['note']}".casefold()]


def _acts(workspace: Workspace, teams: list[Team]) -> list[dict]:
    """What is done here, and in the present team."""
    items = [
        _item(_("New chat"), workspace.url("chat_new"), "square-pen", "Ctrl ⇧ O"),
        {"label": _("Keyboard shortcuts"), "icon": "keyboard", "command": "shortcuts", "note": "?"},
        _item(_("Agents"), workspace.url("agent_list"), "bot"),
        _item(_("New agent"), workspace.url("agent_new"), "plus"),
        _item(_("Prompts"), workspace.url("prompt_list"), "notebook-text"),
        _item(_("New prompt"), workspace.url("prompt_new"), "plus"),
        _item(_("Documents"), workspace.url("document_list"), "file-text"),
        _item(_("New document"), workspace.url("document_new"), "plus"),
        _item(_("Workflows"), workspace.url("workflow_list"), "workflow"),
        _item(_("New workflow"), workspace.url("workflow_new"), "plus"),
        _item(_("Library"), workspace.url("chat_list"), "library"),
        _item(_("New folder"), workspace.url("folder_new"), "folder-plus"),
        _item(_("Tags"), workspace.url("tag_list"), "tag"),
        _item(_("Archives"), workspace.url("archive_list"), "archive"),
        _item(_("Deleted"), workspace.url("trash"), "trash-2"),
        _item(_("Tools"), workspace.url("tool_list"), "wrench"),
        _item(_("Models"), workspace.url("model_list"), "sparkles"),
        _item(_("Keys"), workspace.url("key_list"), "key-round"),
        _item(_("Add a key"), workspace.url("key_new"), "plus"),
        _item(_("Export…"), workspace.url("transfer_new"), "download"),
        _item(_("Import…"), workspace.url("transfer_upload"), "upload"),
        _item(_("Notifications"), reverse("notifications"), "bell"),
        _item(_("New team"), reverse("teams:new"), "plus"),
    ]
    if workspace.team:
        items.append(_item(_("Members"), workspace.url("members"), "user", workspace.label))
    if any(team == workspace.team and team.role == TeamRole.ADMIN for team in teams):
        invites = f"{workspace.url('members')}#invites-title"
        items += [
            _item(_("Invite people"), workspace.url("invite_send"), "mail", workspace.label),
            _item(_("Invites"), invites, "mail", workspace.label),
            _item(_("Team settings"), workspace.url("settings"), "settings-2", workspace.label),
        ]
    return items


def _workspaces(here: Workspace, teams: list[Team]) -> list[dict]:
    """The way to the person's other workspaces."""
    home = [_item(_("Personal"), Workspace(here.user).url("chat_new"), "user")] if here.team else []
    others = [team for team in teams if team != here.team]
    urls = [Workspace(here.user, team).url("chat_new") for team in others]
    return home + [_item(team.name, url, "arrow-right", _("Team")) for team, url in zip(others, urls, strict=True)]


def _account(workspace: Workspace) -> list[dict]:
    items = [
        _item(_("Your account"), reverse("account"), "user"),
        _item(_("Profile"), reverse("profile"), "user"),
        _item(_("Your assistant"), workspace.url("assistant"), "bot"),
        _item(_("Email"), reverse("account_email"), "mail"),
        _item(_("Change password"), reverse("account_change_password"), "key-round"),
        _item(_("Passkeys and second factor"), reverse("mfa_index"), "shield"),
        _item(_("Sessions"), reverse("usersessions_list"), "monitor"),
        _item(_("Your data"), reverse("account_export"), "folder"),
        _item(_("Delete the account"), reverse("account_delete"), "trash-2"),
        _item(_("Sign out"), reverse("account_logout"), "log-out"),
    ]
    if any(kind["APPS"] for kind in settings.SOCIALACCOUNT_PROVIDERS.values()):
        items.append(_item(_("Connected accounts"), reverse("socialaccount_connections"), "external-link"))
    return items


def _instance(user: User) -> list[dict]:
    """The instance's own pages, for its admins."""
    if not user.is_superuser:
        return []
    note = _("Instance")
    return [
        _item(_("People"), reverse("instance_people"), "user", note),
        _item(_("Teams"), reverse("instance_teams"), "user", note),
        _item(_("The server's keys"), reverse("instance_key_list"), "key-round", note),
        _item(_("The server's search services"), reverse("instance_tool_key_list"), "search", note),
        _item(_("Instance settings"), reverse("instance"), "sliders-horizontal", note),
        _item(_("Health"), reverse("instance_health"), "circle-check", note),
        _item(_("Audit log"), reverse("instance_audit"), "list-ordered", note),
        _item(_("Administration"), reverse("admin:index"), "shield"),
    ]
