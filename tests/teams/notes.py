"""A kind of thing with public links of its own that no app knows: notes. Its tables stand for the length of a test.

As a root of addresses it is that of Sambung with notes in its workspaces.
"""

from django.apps.registry import Apps
from django.db import connection, models
from django.db.models import Q
from django.http import HttpResponse
from django.urls import include, path

from sambung import urls
from sambung.lib.ids import uuid7
from teams import access, links
from teams.forms.links import LinkForm
from teams.models import Link, Scoped, Team, User, mode_known
from teams.views import links as views
from teams.workspace import Workspace

_apps = Apps()  # so that the guards of models and what deletes people never meet them
for known in (User, Team):
    _apps.register_model("teams", known)


class Note(Scoped):
    """A line of text."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    text = models.CharField(max_length=100)
    is_hidden = models.BooleanField(default=False)

    class Meta:
        app_label, apps = "notes", _apps

    def __str__(self) -> str:
        return self.text


class NoteLink(Link):
    """The link of a note, with its token."""

    note = models.OneToOneField(Note, models.CASCADE, related_name="link")
    token = models.CharField(max_length=64, unique=True, default=links.new_token)

    class Meta(Link.Meta):
        app_label, apps = "notes", _apps
        constraints = [mode_known("notes_notelink")]


TEMPLATE = "<h1>{{ page }}</h1>"
KIND = links.Kind(
    NoteLink,
    thing="note",
    token="token",
    template="notes/shared.html",
    page=lambda link: link.note.text.upper(),
    opens="note",
    share="note_share",
    end="note_unshare",
    there=Q(note__is_hidden=False),
)


def make_room(monkeypatch, settings, folder) -> None:
    """Have notes in the present test: tables, policies, addresses, their kind of links, its template in `folder`."""
    with connection.schema_editor() as editor:
        editor.create_model(Note)
        editor.create_model(NoteLink)
    monkeypatch.setattr(access, "_policies", access._policies | {Note: access.in_scope})
    monkeypatch.setattr(access, "_parents", access._parents | {NoteLink: "note"})
    monkeypatch.setattr(links, "_kinds", dict(links._kinds))
    links.register(KIND)
    (folder / "notes").mkdir()
    (folder / KIND.template).write_text(TEMPLATE, encoding="utf-8")
    engine = settings.TEMPLATES[0]
    settings.TEMPLATES = [engine | {"DIRS": [*engine["DIRS"], folder]}]
    settings.ROOT_URLCONF = __name__


def note(by: User, team: Team | None = None, text: str = "Gayo") -> Note:
    """A new note of a workspace."""
    return Note.objects.create(text=text, **Workspace(by, team).scope)


def share(shared: Note, by: User, *, mode: str = "live", password: str | None = None, **options) -> NoteLink:
    """Give the note its link, or change the one that it has."""
    links.refuse_forbidden(shared.team)
    link = NoteLink.objects.filter(note=shared).first() or NoteLink(note=shared, created_by=by)
    links.set_options(link, mode=mode, password=links.hashed(password), **options)
    link.save()
    return link


# ---- as an app's views and addresses --------------------------------------------------------------------
def note_share(request, note_id):
    shared = access.get(request, Note.objects.all(), access.WRITE, pk=note_id)
    form = LinkForm(request.POST or None, link=views.link_of(request, NoteLink, note_id))
    is_new = request.method == "POST" and form.is_valid()
    if is_new:
        form = LinkForm(link=share(shared, request.user, **form.options()))
    return views.share_form(request, NoteLink, shared, form, "teams/_share.html", "Share note", is_new=is_new)


def note_unshare(request, note_id):
    return views.end(request, NoteLink, note_id)


_here = [
    path("notes/<uuid:note_id>/", HttpResponse, name="note"),
    path("notes/<uuid:note_id>/share/", note_share, name="note_share"),
    path("notes/<uuid:note_id>/unshare/", note_unshare, name="note_unshare"),
]
urlpatterns = [
    path("app/", include(([*urls.in_workspace, *_here], "app"))),
    path("team/<slug:team_slug>/", include(([*urls.in_workspace, *_here], "team"))),
    *urls.urlpatterns,
]
