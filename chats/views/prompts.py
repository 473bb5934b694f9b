"""Prompts: listed, read, used, written, changed, copied, shown to everybody, deleted; what they were before."""

from itertools import pairwise

from django.core.paginator import Paginator
from django.db.models import Q
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from agents.definitions.versions import Change, compared
from chats.forms.prompts import PromptForm, ValuesForm
from chats.models import Category, Message, Prompt, PromptVersion
from chats.prompts import prompts, search, variables
from chats.views import chat_page
from sambung.lib.errors import Refused
from teams import access
from teams.views import answers
from teams.workspace import Workspace

PAGE = 50
VERSIONS = 30  # that a page compares
TITLE_LENGTH = 60  # characters of a message that become a prompt's name


def find(request, prompt_id) -> Prompt:
    """A prompt that a page of the workspace may show: its own, or a public one. Raises Http404."""
    shown = Prompt.objects.filter(request.workspace.q | Q(is_public=True)).select_related("user", "team")
    return access.get(request.user, shown, pk=prompt_id)


def _own(request, prompt_id, level: access.Level = access.WRITE) -> Prompt:
    """A prompt of this workspace. Raises Http404."""
    return access.get(request, Prompt.objects.select_related("user", "team"), level, pk=prompt_id)


def _is_own(request, prompt: Prompt, level: access.Level = access.WRITE) -> bool:
    return access.rows(request, Prompt.objects.filter(pk=prompt.pk), level).exists()


# ---- found ----------------------------------------------------------------------------------------------
@never_cache
@require_GET
def prompt_list(request):
    """The prompts of a tab, the workspace's first."""
    tabs = search.tabs(request.workspace)
    asked = {name: request.GET.get(name, "").replace("\x00", "").strip()[:200] for name in ("tab", "q", "category")}
    tab = asked["tab"] if asked["tab"] in tabs else next(iter(tabs))
    category = asked["category"] if asked["category"] in Category.values else ""
    found = search.listed(request.workspace, tabs[tab][1], asked["q"], category)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [(prompt, search.place(prompt, request.workspace)) for prompt in page],
        "tabs": [(name, label) for name, (label, _among) in tabs.items()],
        "tab": tab,
        "q": asked["q"],
        "category": category,
        "categories": Category.choices,
    }
    return render(request, "chats/_prompt_rows.html" if request.htmx else "chats/prompts.html", context)


@never_cache
@require_GET
def prompt_entries(request):
    """What the composer's list offers after a slash."""
    found = search.offered(request.workspace)
    rows = [(prompt, search.place(prompt, request.workspace)) for prompt in found]
    return render(request, "chats/_prompts.html", {"rows": rows})


@never_cache
@require_GET
def prompt(request, prompt_id):
    """A prompt with its variables, and what one can do with it."""
    found = find(request, prompt_id)
    context = {
        "prompt": found,
        "pieces": variables.pieces(found.content),
        "can_edit": _is_own(request, found),
        "can_manage": _is_own(request, found, access.MANAGE),
    }
    return render(request, "chats/prompt.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def prompt_use(request, prompt_id):
    """Ask for the variables: for the composer in a dialog, else on a page that leads to a new chat with the text."""
    found = find(request, prompt_id)
    form = ValuesForm(request.POST if request.method == "POST" else None, prompt=found)
    if form.is_valid() or not (form.fields or request.htmx):
        text = variables.filled(found.content, form.cleaned_data if form.is_bound else {})
        return chat_page.chat_page(request, None, text=text)
    context = {"prompt": found, "form": form, "pieces": variables.pieces(found.content)}
    return chat_page.form(request, "chats/_prompt_use.html", found.name, context, status=422 if form.is_bound else 200)


# ---- written --------------------------------------------------------------------------------------------
@never_cache
@require_http_methods(["GET", "POST"])
def prompt_new(request):
    """Write a prompt: an empty one, or from the message that the address names."""
    form = PromptForm(request.POST) if request.method == "POST" else PromptForm(initial=_from_message(request))
    if not form.is_valid():
        template = "chats/_prompt_save.html" if request.htmx else "chats/prompt_edit.html"
        return render(request, template, {"form": form, "prompt": None}, status=422 if form.is_bound else 200)
    made = prompts.create(by=request.user, workspace=request.workspace, content=form.given)
    said, to = _("“%(prompt)s” is saved.") % {"prompt": made}, request.workspace.url("prompt", made.pk)
    if request.htmx:
        return chat_page.toast(request, said, to, changed="prompts-changed")
    return answers.done(request, said, to)


def _from_message(request) -> dict:
    """What a prompt takes over of a message that the address names."""
    if (named := request.GET.get("message")) is None:
        return {}
    text = access.get(request, Message.objects.filter(user=request.user), pk=named).content
    first = text.strip().partition("\n")[0]
    return {"content": text, "name": first[:TITLE_LENGTH].strip()}


@require_POST
def prompt_variables(request):
    """The variables of a text that is being written."""
    return render(request, "chats/_prompt_variables.html", {"form": PromptForm(request.POST)})


@never_cache
@require_http_methods(["GET", "POST"])
def prompt_edit(request, prompt_id):
    """Change a prompt. Who comes second is shown what the first one saved, and keeps their own text."""
    found = _own(request, prompt_id)
    to = request.workspace.url("prompt", found.pk)
    form = PromptForm(request.POST) if request.method == "POST" else PromptForm.of(found)
    if form.is_valid():
        try:
            prompts.change(by=request.user, prompt=found, content=form.given, seen=form.cleaned_data["seen"])
            return answers.done(request, _("The prompt is saved."), to)
        except prompts.Outdated as outdated:
            return _outdated(request, outdated, form)
        except Refused as refused:
            return answers.refused(request, refused, request.workspace.url("prompt_list"))
    context = {"form": form, "prompt": found}
    return render(request, "chats/prompt_edit.html", context, status=422 if form.is_bound else 200)


def _outdated(request, outdated: prompts.Outdated, form: PromptForm):
    """Both texts: what is stored now beside one's own, which can still be saved."""
    now = outdated.prompt
    again = PromptForm(initial=form.given | {"seen": now.updated_at.isoformat()})
    context = {
        "form": again,
        "prompt": now,
        "problem": str(outdated),
        "change": compared(_("What yours would change"), now.content, form.given["content"]),
    }
    return render(request, "chats/prompt_edit.html", context, status=409)


# ---- kept, shown, deleted -------------------------------------------------------------------------------
@require_POST
def prompt_copy(request, prompt_id):
    """Copy a prompt: into this workspace, or to one's own prompts."""
    found = find(request, prompt_id)
    to = request.workspace if "here" in request.POST else Workspace(request.user)
    made = prompts.copy(by=request.user, prompt=found, workspace=to)
    return answers.done(request, _("The copy is here. Change it as you like."), to.url("prompt", made.pk))


@require_POST
def prompt_public(request, prompt_id):
    """Let everybody read a prompt, or no more."""
    found = _own(request, prompt_id, access.MANAGE)
    to = request.workspace.url("prompt", found.pk)
    is_public = not found.is_public
    prompts.set_public(by=request.user, prompt=found, is_public=is_public)
    said = _("Everybody on this server can read and copy this prompt now.")
    return answers.done(request, said if is_public else _("This prompt is not public any more."), to)


@require_POST
def prompt_delete(request, prompt_id):
    """Put a prompt away; the notice takes it back."""
    found = _own(request, prompt_id)
    prompts.delete_prompt(prompt=found)
    said = _("“%(prompt)s” has been deleted.") % {"prompt": found}
    undo_url = request.workspace.url("prompt_restore", found.pk)
    return answers.done(request, said, request.workspace.url("prompt_list"), undo_url=undo_url)


@require_POST
def prompt_restore(request, prompt_id):
    """Take a deleted prompt back."""
    found = access.get_deleted(request, Prompt.objects.all(), access.WRITE, pk=prompt_id)
    prompts.restore_prompt(prompt=found)
    return answers.go(request, request.workspace.url("prompt", found.pk))


# ---- what it was ----------------------------------------------------------------------------------------
@never_cache
@require_GET
def prompt_versions(request, prompt_id):
    """What each change did, newest first."""
    found = _own(request, prompt_id)
    kept = PromptVersion.objects.filter(prompt=found).select_related("created_by")
    newest = list(access.rows(request, kept, access.WRITE)[:VERSIONS])
    changes = [_changed(before, after) for after, before in pairwise([found, *newest])]
    history = list(zip(newest, changes, strict=True))
    return render(request, "chats/prompt_versions.html", {"prompt": found, "history": history})


def _changed(before: PromptVersion, after: Prompt | PromptVersion) -> list[Change]:
    labels = {"name": _("Name"), "content": _("Text")}
    values = [(label, getattr(before, name), getattr(after, name)) for name, label in labels.items()]
    return [compared(label, old, new) for label, old, new in values if old != new]


@require_POST
def prompt_version_restore(request, version_id):
    """Make a prompt what it was."""
    version = access.get(request, PromptVersion.objects.select_related("prompt"), access.WRITE, pk=version_id)
    prompts.restore_version(by=request.user, version=version)
    said = _("The prompt is what it was before. This change can be taken back as well.")
    return answers.done(request, said, request.workspace.url("prompt", version.prompt_id))
