"""The code of a document is tried."""

from django.shortcuts import render
from django.views.decorators.http import require_POST

from documents import running
from documents.forms.documents import CodeForm
from documents.views.documents import find
from teams import access
from teams.limits import limited


@require_POST
@limited("tool")
def document_run(request, document_id):
    """Run the code that a form sends, or what is saved, and show what came of it."""
    found = find(request, document_id, access.READ)
    form = CodeForm(request.POST)
    code, language = found.content, found.language
    if "content" in request.POST and form.is_valid():
        code, language = form.cleaned_data["content"], form.cleaned_data["language"]
    context = {"document": found, "ran": running.run(language, code)}
    return render(request, "documents/_ran.html" if request.htmx else "documents/ran.html", context)
