"""Search: in titles and in what was said."""

from dataclasses import dataclass
from typing import ClassVar

from django.http import QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from agents import catalog
from chats.forms.search import FiltersForm
from chats.search.find import Hit, find
from chats.search.marking import as_html
from chats.search.query import OPERATORS, parse
from chats.views import chat_lists, folders
from teams import access
from teams.models import TeamMember

MOST_PAGES = 50


@dataclass(frozen=True, slots=True)
class HitRow:
    """A hit as the page shows it; `title` and `snippet` with marks, `place`: folder, and workspace if that is asked."""

    SLOTS: ClassVar = ("url", "title", "snippet", "moment", "day", "place")

    url: str
    title: SafeString
    snippet: SafeString
    moment: str  # ISO 8601
    day: str
    place: str
    role: str


@never_cache
@require_GET
def search(request):
    """The page; to a script the results alone."""
    text = _asked(request.GET)
    page = request.GET.get("page", "1")
    number = min(int(page), MOST_PAGES) if page.isdecimal() and 0 < len(page) < 4 and int(page) else 1
    everywhere = request.GET.get("where") == "all"
    query = parse(text, is_typing=True)  # also on the page itself, which shows what the palette has begun to find
    hits, has_more = find(request.user if everywhere else request, query, page=number)
    context = {"q": text, "query": query, "everywhere": everywhere}
    context["hits"] = [_row(hit, everywhere=everywhere) for hit in hits]
    context["next_page"] = number + 1 if has_more and number < MOST_PAGES else None
    if request.htmx:
        return render(request, "chats/_search_results.html", context)
    return render(request, "chats/search.html", context | {"form": FiltersForm(), **_choices(request)})


def _asked(given: QueryDict) -> str:
    """What was typed, with what the controls add to it."""
    form = FiltersForm(given)
    added = form.operators() if form.is_valid() else []
    return " ".join([given.get("q", "").strip(), *added]).strip()


def _row(hit: Hit, *, everywhere: bool) -> HitRow:
    at, places = timezone.localtime(hit.at), [hit.chat.folder] if hit.chat.folder else []
    if everywhere:
        places.append(hit.workspace.team or _("Personal"))
    return HitRow(
        url=hit.url,
        title=as_html(hit.title),
        snippet=as_html(hit.snippet),
        moment=at.isoformat(),
        day=date_format(at, "SHORT_DATE_FORMAT"),
        place=" · ".join(map(str, places)),
        role=hit.role,
    )


def _choices(request) -> dict:
    """What the operators can be completed with: names of this workspace. `folders`: as the rail shows them."""
    rows = folders.rail(request)["folders"]
    people = access.rows(request.user, TeamMember.objects.filter(team=request.workspace.team, user__is_active=True))
    names = people.values_list("user__name", flat=True) if request.workspace.team else []
    values = {
        "in": [row.name for row in rows],
        "tag": chat_lists.tags(request).order_by("name").values_list("name", flat=True).distinct(),
        "from": ["me", "assistant", *names],
        "has": ["file"],
        "is": ["pinned", "public", "unread"],
        "after": ["7d", "1m", "1y"],
        "before": ["7d", "1m", "1y"],
        "model": sorted({model.id for model in catalog.offered(request.workspace)}),
    }
    return {"operators": [(name, values[name]) for name in OPERATORS], "folders": rows}
