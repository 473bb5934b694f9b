"""What a model found in tables, taken along whole: as a file, or as a document."""

from django.http import Http404, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from agents.generation.reply import calls_of
from agents.tools import Caller
from chats.models import Message
from documents.actions import writing
from documents.data import saving
from documents.forms.documents import TitleForm
from documents.models import CONTENT_LENGTH, Kind
from sambung.lib.errors import Refused
from sambung.lib.failures import Failure
from sambung.lib.names import safe
from teams import access, limits
from teams.views import answers
from teams.views.dialogs import ask


def _call(request, message_id) -> tuple[Message, dict]:
    """A message, and the question in it that the address names, its first one unless it does. Raises Http404."""
    message = access.get(request, Message.objects.all(), pk=message_id)
    for call in filter(saving.is_question, calls_of(message.parts)):
        if request.GET.get("call", call["toolCallId"]) == call["toolCallId"]:
            return message, call
    raise Http404("There is no such question.")


@never_cache
@require_GET
def message_result(request, message_id):
    """The whole result of a question as a file; `as` names the form."""
    message, call = _call(request, message_id)
    form = request.GET.get("as", "csv")
    if form not in saving.MIME_TYPES:
        raise Http404("There is no such form.")
    made = saving.saved(call, Caller(request.workspace, message.topic), form)
    named = content_disposition_header(True, f"{safe(saving.title_of(call), 'result')}.{form}")
    return HttpResponse(made, content_type=saving.MIME_TYPES[form], headers={"Content-Disposition": named})


@never_cache
@require_http_methods(["GET", "POST"])
@limits.limited("tool")
def message_result_keep(request, message_id):
    """Keep the whole result of a question as a sheet among the documents."""
    message, call = _call(request, message_id)
    form = TitleForm(request.POST or None, initial={"title": saving.title_of(call)})
    if request.method == "POST" and form.is_valid():
        with answers.told_by(form):
            made = saving.saved(call, Caller(request.workspace, message.topic), "csv").decode("utf-8-sig")
            content = made.replace("\r\n", "\n")
            if len(content) > CONTENT_LENGTH:
                raise Refused(Failure("data_result_large"))
            facts = {"title": form.cleaned_data["title"], "kind": Kind.SHEET, "content": content}
            document = writing.create(by=request.user, workspace=request.workspace, **facts)
            page = request.workspace.url("document", document.pk)
            return answers.done(request, _("“%(title)s” is saved.") % {"title": document}, page)
    back = request.workspace.url("chat", message.chat_id)
    return ask(request, _("Save as sheet"), to=request.get_full_path(), submit=_("Save"), back=back, form=form)
