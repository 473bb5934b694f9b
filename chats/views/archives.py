"""Archives: a person's named collections, and which of them a chat lies in."""

from django.db.models import Count, Q
from django.http import Http404
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from chats.filing import archives
from chats.forms.filing import ArchiveForm, ArchivesForm
from chats.models import Archive, Chat
from chats.views import chat_lists, chat_page
from chats.views.trash import undo_url
from teams import access
from teams.views import answers
from teams.views.dialogs import ask


def _archive(request, archive_id) -> Archive:
    return access.get(request.user, Archive.objects.all(), access.WRITE, pk=archive_id)


def _mine(request):
    return access.rows(request.user, Archive.objects.all())


@never_cache
@require_GET
def archive_list(request):
    """The person's archives, wherever their chats are."""
    readable = Q(items__chat__in=access.rows(request.user, Chat.objects.all()))
    found = _mine(request).annotate(chat_count=Count("items", filter=readable)).order_by("name", "id")
    return render(request, "chats/archives.html", {"archives": found, "others": _others(request).count()})


@never_cache
@require_GET
def archive(request, archive_id):
    """The chats of an archive that lie in this workspace."""
    found = _archive(request, archive_id)
    here = access.rows(request, Chat.objects.filter(archive_items__archive=found))
    everywhere = access.rows(request.user, Chat.objects.filter(archive_items__archive=found)).count()
    context = {"archive": found, **chat_lists.listed(request, here, archive=found.pk)}
    context["elsewhere"] = everywhere - context["page"].paginator.count
    return render(request, "chats/archive.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def archive_new(request):
    form = ArchiveForm(request.POST or None)
    to, back = request.workspace.url("archive_new"), request.workspace.url("archive_list")
    if request.method == "POST" and form.is_valid():
        made = archives.create(by=request.user, **form.cleaned_data)
        return answers.done(request, _("The archive is there."), request.workspace.url("archive", made.pk))
    return ask(request, _("New archive"), to=to, submit=_("Make archive"), back=back, form=form)


@never_cache
@require_http_methods(["GET", "POST"])
def archive_edit(request, archive_id):
    """Name and describe an archive."""
    found = _archive(request, archive_id)
    form = ArchiveForm(request.POST or None, instance=found)
    to, page = request.workspace.url("archive_edit", found.pk), request.workspace.url("archive", found.pk)
    if request.method == "POST" and form.is_valid():
        archives.change(archive=found, **form.cleaned_data)
        return answers.done(request, _("The archive is kept."), page)
    return ask(request, _("Change archive"), to=to, submit=_("Save"), back=page, form=form)


@never_cache
@require_http_methods(["GET", "POST"])
def archive_delete(request, archive_id):
    """Ask, and delete the collection; its chats stay."""
    found = _archive(request, archive_id)
    if request.method == "POST":
        archives.delete(archive=found)
        return answers.done(
            request, _("The archive is deleted. Its chats stay."), request.workspace.url("archive_list")
        )
    title = _("Delete the archive “%(name)s”?") % {"name": found}
    to, back = request.workspace.url("archive_delete", found.pk), request.workspace.url("archive", found.pk)
    text = _("Its chats stay where they are. Which of them lay in it cannot be brought back.")
    return ask(request, title, to=to, submit=_("Delete"), back=back, text=text, is_danger=True)


@never_cache
@require_http_methods(["GET", "POST"])
def chat_archives(request, chat_id):
    """Choose the archives that a chat lies in, or make one for it."""
    found = access.get(request, Chat.objects.all(), access.READ, pk=chat_id)
    mine = _mine(request)
    form = ArchivesForm(request.POST or None, found=mine, initial={"archives": mine.filter(items__chat=found)})
    to, page = request.workspace.url("chat_archives", found.pk), request.workspace.url("chat", found.pk)
    if request.method == "POST" and form.is_valid():
        chosen = list(form.cleaned_data.get("archives", ()))
        if name := form.cleaned_data["name"]:
            chosen.append(archives.create(by=request.user, name=name))
        archives.choose(chat=found, of=mine, chosen=chosen)
        return chat_page.toast(request, _("The archives of the chat are kept."), page)
    return ask(request, _("Archives of this chat"), to=to, submit=_("Save"), back=page, form=form)


@never_cache
@require_http_methods(["GET", "POST"])
def others_delete(request):
    """Ask, and delete all chats of the workspace that lie in no archive; the notice takes them back."""
    others = _others(request)
    back = request.workspace.url("archive_list")
    if request.workspace.team and not others.exists():
        raise Http404("There are none that may be deleted.")
    if request.method == "POST":
        moment, many = archives.delete_others(chats=access.rows(request, Chat.objects.all(), access.MANAGE))
        text = ngettext("%(n)s chat has been deleted.", "%(n)s chats have been deleted.", many) % {"n": many}
        return answers.done(request, text, back, undo_url=undo_url(request.workspace, moment) if many else "")
    many = others.count()
    asked = ngettext("Delete %(n)s chat that is in no archive?", "Delete %(n)s chats that are in no archive?", many)
    text = _("Pinned ones and those in folders go as well. All of them can be taken back for 30 days.")
    to = request.workspace.url("others_delete")
    title = asked % {"n": many}
    return ask(request, title, to=to, submit=_("Delete"), back=back, text=text, is_danger=True)


def _others(request):
    """Chats here that lie in nobody's archive, which the person may delete for all: in a team, its admins."""
    return archives.in_none(access.rows(request, Chat.objects.all(), access.MANAGE))
