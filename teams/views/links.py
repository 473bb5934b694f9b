"""Public links inside a workspace, whatever they show: the form and the end of one, and the list of all."""

from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from sambung.lib.ids import as_uuid
from teams import access, links
from teams.forms.links import LinkForm
from teams.models import Link, Scoped
from teams.views import answers, dialogs

PAGE = 50


# ---- of one thing, for the app whose it is -------------------------------------------------------------
def link_of(request, model: type[Link], thing_id: UUID) -> Link | None:
    """The link that a thing has, for those who may change it."""
    return _held(request, model, thing_id).first()


def _held(request, model: type[Link], thing_id: UUID) -> QuerySet[Link]:
    kind = links.kind_of(model)
    found = kind.rows().filter(**{kind.thing: thing_id})
    return access.rows(request, found, access.WRITE).select_related(kind.thing)


def share_form(
    request, model: type[Link], thing: Scoped, form: LinkForm, fragment: str, title: str, *, is_new: bool = False
) -> HttpResponse:
    """How a thing is shared, and its address once it is. `fragment` extends `teams/_share.html`."""
    kind, here = links.kind_of(model), request.workspace
    context = {"form": form, "link": form.link, "is_allowed": links.is_allowed(thing.team)}
    context |= {name: here.url(getattr(kind, name), thing.pk) for name in ("opens", "share", "end")}
    if form.link:
        context["address"] = request.build_absolute_uri(reverse("shared", args=[kind.token_of(form.link)]))
    response = answers.form(request, fragment, title, context, status=422 if form.is_bound else 200)
    if is_new:
        response["HX-Trigger"] = "shared"
    return response


def end(request, model: type[Link], thing_id: UUID) -> HttpResponse:
    """Ask, then end the link of a thing. Raises Http404 where it has none."""
    held, kind = _held(request, model, thing_id), links.kind_of(model)
    thing = kind.shown(access.only(held))
    back = request.workspace.url(kind.opens, thing.pk)
    if request.method == "GET":
        text = _("Whoever has the link of “%(title)s” sees nothing any more. A new link has another address.")
        return dialogs.ask(
            request,
            _("End the link?"),
            to=request.path,
            submit=_("End the link"),
            back=back,
            text=text % {"title": thing},
            is_danger=True,
        )
    links.revoke(held, by=request.user)
    return answers.toast(request, _("The link has ended."), back, changed="links-changed")


# ---- of a workspace -------------------------------------------------------------------------------------
@never_cache
@require_GET
def link_list(request):
    """The links of this workspace, the latest change first."""
    page = Paginator(links.newest(request), PAGE).get_page(request.GET.get("page"))
    page.object_list = links.listed(page.object_list)
    context = {"page": page, "is_allowed": links.is_allowed(request.workspace.team)}
    return render(request, "teams/_links.html" if request.htmx else "teams/links.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def links_revoke(request):
    """Ask, then end several links at once, or all of this workspace."""
    given = request.POST if request.method == "POST" else request.GET
    chosen = given.getlist("link")
    back = request.workspace.url("link_list")
    if request.method == "GET":
        count = sum(one.count() for one in _chosen(request, access.READ, chosen))
        text = ngettext("%(n)s link ends at once, for everybody.", "%(n)s links end at once, for everybody.", count)
        return dialogs.ask(
            request,
            _("End these links?"),
            to=request.workspace.url("links_revoke"),
            submit=_("End them"),
            back=back,
            text=text % {"n": count},
            hidden=[("link", pk) for pk in chosen],
            is_danger=True,
        )
    ended = links.revoke(*_chosen(request, access.WRITE, chosen), by=request.user)
    text = ngettext("%(n)s link has ended.", "%(n)s links have ended.", ended) % {"n": ended}
    return answers.toast(request, text, back, changed="links-changed")


def _chosen(request, level: access.Level, chosen: list[str]) -> list[QuerySet[Link]]:
    """The links whose ids were chosen, all where none was: a query for each kind."""
    held = links.held(request, level)
    ids = [pk for text in chosen if (pk := as_uuid(text))]
    return [one.filter(pk__in=ids) for one in held] if chosen else held
