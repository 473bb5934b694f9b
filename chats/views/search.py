"""Search: in titles and in what was said."""

from django.http import QueryDict
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from chats.forms_search import FiltersForm
from chats.models import Folder, Tag
from chats.search.find import find
from chats.search.query import OPERATORS, parse
from teams import access
from teams.models import TeamMember

MOST_PAGES = 50


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
    context = {"q": text, "query": query, "hits": hits, "everywhere": everywhere}
    context["next_page"] = number + 1 if has_more and number < MOST_PAGES else None
    if request.htmx:
        return render(request, "chats/_search_results.html", context)
    return render(request, "chats/search.html", context | {"form": FiltersForm(), **_choices(request)})


def _asked(given: QueryDict) -> str:
    """What was typed, with what the controls add to it."""
    form = FiltersForm(given)
    added = form.operators() if form.is_valid() else []
    return " ".join([given.get("q", "").strip(), *added]).strip()


def _choices(request) -> dict:
    """What the operators can be completed with: names of this workspace."""
    everybodys = access.rows(request.user, Tag.objects.filter(user=None, team=None)).values_list("name", flat=True)
    tags = {*access.rows(request, Tag.objects.all()).values_list("name", flat=True), *everybodys}
    people = access.rows(request.user, TeamMember.objects.filter(team=request.workspace.team, user__is_active=True))
    names = people.values_list("user__name", flat=True)
    values = {
        "in": access.rows(request, Folder.objects.all()).values_list("name", flat=True),
        "tag": sorted(tags),
        "from": ["me", "assistant", *names],
        "has": ["file"],
        "is": ["pinned", "public", "unread"],
        "after": ["7d", "1m", "1y"],
        "before": ["7d", "1m", "1y"],
        "model": [],
    }
    return {"operators": [(name, values[name]) for name in OPERATORS]}
