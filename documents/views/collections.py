"""Collections: listed, made, changed, filled, given to agents, deleted."""

from django.core.paginator import Paginator
from django.db.models import Count
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from agents.models import Agent
from documents import listing
from documents.actions import collections
from documents.forms.collections import CollectionForm, FillForm, GiveForm
from documents.models import AgentCollection, Collection, CollectionItem, Document, DocumentFolder
from documents.views.documents import folder_of
from teams import access
from teams.views import answers
from teams.views.dialogs import ask

PAGE, OFFERED = 50, 200


@never_cache
@require_GET
def collection_list(request):
    """The collections of the workspace."""
    rows = access.rows(request, Collection.objects.all()).annotate(count=Count("items"))
    return render(request, "documents/collections.html", {"collections": rows.order_by("name", "id")})


@never_cache
@require_GET
def collection(request, collection_id):
    """What is in a collection, and which agents search it."""
    found = _find(request, collection_id, access.READ)
    items = CollectionItem.objects.filter(collection=found, document__deleted_at=None).select_related("document")
    rows = access.rows(request, items).defer("document__content")
    page = Paginator(rows.order_by("document__title", "pk"), PAGE)
    agents = AgentCollection.objects.filter(collection=found, agent__deleted_at=None).select_related("agent")
    bound = list(access.rows(request, agents).order_by("agent__name", "pk"))
    unseen = collections.unseen_by(found, [row.agent for row in bound])
    context = {
        "collection": found,
        "is_here": access.rows(request, Collection.objects.filter(request.workspace.q, pk=found.pk)).exists(),
        "page": page.get_page(request.GET.get("page")),
        "bound": [(row, unseen.get(row.agent, "")) for row in bound],
    }
    return render(request, "documents/collection.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def collection_new(request):
    form = CollectionForm(request.POST or None, person=request.user, initial={"visibility": "private"})
    to, back = request.workspace.url("collection_new"), request.workspace.url("collection_list")
    if request.method == "POST" and form.is_valid():
        with answers.told_by(form):
            made = collections.create(by=request.user, workspace=request.workspace, **form.cleaned_data)
            return answers.go(request, _page(request, made))
    return ask(request, _("New collection"), to=to, submit=_("Create"), back=back, form=form)


@never_cache
@require_http_methods(["GET", "POST"])
def collection_edit(request, collection_id):
    found = _find(request, collection_id)
    form = CollectionForm(request.POST or None, instance=found, person=request.user)
    to, back = request.workspace.url("collection_edit", found.pk), _page(request, found)
    if request.method == "POST" and form.is_valid():
        with answers.told_by(form):
            collections.change(by=request.user, collection=found, **form.cleaned_data)
            return answers.done(request, _("The collection is changed."), back)
    return ask(request, _("Change collection"), to=to, submit=_("Save"), back=back, form=form)


@never_cache
@require_http_methods(["GET", "POST"])
def collection_delete(request, collection_id):
    found = _find(request, collection_id)
    to, back = request.workspace.url("collection_delete", found.pk), _page(request, found)
    if request.method == "POST":
        collections.delete(by=request.user, collection=found)
        said = _("“%(name)s” is deleted.") % {"name": found}
        return answers.done(request, said, request.workspace.url("collection_list"))
    title = _("Delete the collection “%(name)s”?") % {"name": found}
    text = _("Its documents stay. Agents do not search it any more.")
    return ask(request, title, to=to, submit=_("Delete"), back=back, text=text, is_danger=True)


# ---- filled ---------------------------------------------------------------------------------------------
@never_cache
@require_http_methods(["GET", "POST"])
def collection_fill(request, collection_id):
    """Put documents, or all of a folder, into a collection."""
    found = _find(request, collection_id)
    known = CollectionItem.objects.filter(collection=found)
    rows = Document.objects.exclude(pk__in=access.rows(request, known).values("document")).only("id", "title")
    offered = access.rows(request, rows).order_by("-updated_at", "-id")
    shown = offered if request.method == "POST" else offered[:OFFERED]
    folders = listing.folders(access.rows(request, DocumentFolder.objects.all()))
    form = FillForm(request.POST if request.method == "POST" else None, documents=shown, folders=folders)
    to, back = request.workspace.url("collection_fill", found.pk), _page(request, found)
    if request.method == "POST" and form.is_valid():
        many = collections.add(collection=found, documents=form.cleaned_data["documents"])
        if folder := folder_of(request, form.cleaned_data.get("folder")):
            many += collections.add_folder(collection=found, folder=folder)
        said = ngettext("%(n)s document has been added.", "%(n)s documents have been added.", many) % {"n": many}
        return answers.done(request, said, back)
    return ask(request, _("Add to the collection"), to=to, submit=_("Add"), back=back, form=form)


@require_POST
def collection_item_remove(request, item_id):
    """Take a document out of its collection."""
    rows = CollectionItem.objects.select_related("collection", "document")
    item = access.get(request, rows, access.WRITE, pk=item_id)
    collections.take_out(item=item)
    said = _("“%(title)s” is not in the collection any more.") % {"title": item.document}
    return answers.done(request, said, _page(request, item.collection))


# ---- agents ---------------------------------------------------------------------------------------------
@never_cache
@require_http_methods(["GET", "POST"])
def collection_give(request, collection_id):
    """Have an agent search a collection; who will not find it is said at once."""
    found = _find(request, collection_id)
    bound = AgentCollection.objects.filter(collection=found)
    rows = Agent.objects.exclude(pk__in=access.rows(request, bound).values("agent"))
    data = request.POST if request.method == "POST" else None
    form = GiveForm(data, agents=access.rows(request, rows, access.WRITE).order_by("name", "id"))
    to, back = request.workspace.url("collection_give", found.pk), _page(request, found)
    if request.method == "POST" and form.is_valid():
        agent = form.cleaned_data["agent"]
        collections.give(by=request.user, collection=found, agent=agent)
        said = _("%(agent)s searches this collection from now on.") % {"agent": agent.name}
        unseen = collections.unseen_by(found, [agent]).get(agent, "")
        return answers.done(request, f"{said} {unseen}".strip(), back)
    text = _("The agent then looks into its collections alone, with the rights of whoever asks it.")
    return ask(request, _("Give to an agent"), to=to, submit=_("Give"), back=back, text=text, form=form)


@require_POST
def collection_take_back(request, bound_id):
    """Have an agent not search a collection any more."""
    rows = AgentCollection.objects.select_related("collection__team", "agent")
    bound = access.get(request, rows, access.WRITE, pk=bound_id)
    collections.take_back(by=request.user, bound=bound)
    said = _("%(agent)s does not search this collection any more.") % {"agent": bound.agent.name}
    return answers.done(request, said, _page(request, bound.collection))


def _find(request, collection_id, level: access.Level = access.WRITE) -> Collection:
    return access.get(request, Collection.objects.select_related("team", "user"), level, pk=collection_id)


def _page(request, collection: Collection) -> str:
    return request.workspace.url("collection", collection.pk)
