"""Tags: on a chat, and as a list."""

from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from chats.filing import tags
from chats.forms.filing import TagForm, TagNameForm
from chats.models import Chat, Tag
from chats.views import chat_lists, chat_page
from teams import access
from teams.views import answers
from teams.views.dialogs import ask


def _tag(request, tag_id) -> Tag:
    return access.get(request, Tag.objects.all(), access.WRITE, pk=tag_id)


def _chat(request, chat_id) -> Chat:
    return access.get(request, Chat.objects.all(), access.WRITE, pk=chat_id)


@never_cache
@require_GET
def tag_list(request):
    """The workspace's tags, and everybody's, which only admins of the instance change."""
    found = chat_lists.tags(request).order_by("name", "id")
    own = [tag for tag in found if tag.user_id or tag.team_id]
    return render(request, "chats/tags.html", {"own": own, "public": [tag for tag in found if tag not in own]})


@never_cache
@require_http_methods(["GET", "POST"])
def tag_new(request):
    form = TagForm(request.POST or None, initial={"color": tags.COLORS[0]})
    return _edited(request, form, _("New tag"), request.workspace.url("tag_new"), None)


@never_cache
@require_http_methods(["GET", "POST"])
def tag_edit(request, tag_id):
    """Give a tag another name or colour."""
    found = _tag(request, tag_id)
    form = TagForm(request.POST or None, initial={"name": found.name, "color": found.color})
    return _edited(request, form, _("Change tag"), request.workspace.url("tag_edit", found.pk), found)


def _edited(request, form: TagForm, title: str, to: str, tag: Tag | None):
    page = request.workspace.url("tag_list")
    if request.method == "POST" and form.is_valid():
        with answers.told_by(form, "name"):
            if tag:
                tags.change(tag=tag, **form.cleaned_data)
            else:
                tags.create(workspace=request.workspace, **form.cleaned_data)
            return answers.done(request, _("The tag is kept."), page)
    return ask(request, title, to=to, submit=_("Save"), back=page, form=form)


@never_cache
@require_http_methods(["GET", "POST"])
def tag_delete(request, tag_id):
    """Ask, and take the tag off all its chats."""
    found = _tag(request, tag_id)
    page = request.workspace.url("tag_list")
    if request.method == "POST":
        tags.delete(tag=found)
        return answers.done(request, _("The tag is deleted."), page)
    title = _("Delete the tag “%(name)s”?") % {"name": found}
    text = _("Its chats stay, without it. This cannot be undone.")
    to = request.workspace.url("tag_delete", found.pk)
    return ask(request, title, to=to, submit=_("Delete"), back=page, text=text, is_danger=True)


# ---- on a chat ------------------------------------------------------------------------------------------
@never_cache
@require_GET
def tag_names(request):
    """The names that a field for tags offers."""
    return render(request, "chats/_tag_names.html", {"tags": chat_lists.tags(request).order_by("name")})


@require_POST
def chat_tag(request, chat_id):
    """Tag a chat by a name, known or new."""
    found = _chat(request, chat_id)
    form = TagNameForm(request.POST)
    if form.is_valid():
        tags.add_named(
            chats=access.rows(request, Chat.objects.filter(pk=found.pk)),
            name=form.cleaned_data["name"],
            workspace=request.workspace,
        )
    return _shown(request, found)


@require_POST
def chat_untag(request, chat_id):
    """Take a tag off a chat."""
    found = _chat(request, chat_id)
    tag = access.get(request.user, Tag.objects.filter(chat_tags__chat=found), pk=request.POST.get("tag"))
    tags.remove(chats=access.rows(request, Chat.objects.filter(pk=found.pk)), tag=tag)
    return _shown(request, found)


def _shown(request, chat: Chat):
    """The chat's tags, for a script; else its page."""
    if not request.htmx:
        return chat_page.go(request, request.workspace.url("chat", chat.pk))
    found = access.rows(request.user, Tag.objects.filter(chat_tags__chat=chat))
    return render(request, "chats/_chat_tags.html", {"chat": chat, "chat_tags": found})
