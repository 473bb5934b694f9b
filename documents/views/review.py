"""What a model has changed in a document is kept or undone, place by place."""

from django.http import Http404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from documents.actions import review
from documents.forms.documents import ReviewForm
from documents.models import DocumentVersion
from documents.views.documents import find
from teams import access
from teams.views import answers


@require_POST
def document_review(request, document_id):
    """Keep or undo a place of a version, all of a version, or all of it. What collides is shown in the editor."""
    found = find(request, document_id)
    form = ReviewForm(request.POST)
    if not form.is_valid():
        raise Http404("There is no such act.")
    given = form.cleaned_data
    rows = DocumentVersion.objects.filter(document=found)
    asked = {"document": found, "place": given["place"]}
    asked["version"] = given["version"] and access.get(request, rows, access.WRITE, pk=given["version"])
    page, said = request.workspace.url("document", found.pk), _("The change stays.")
    if given["act"] == "keep":
        review.keep(**asked)
    else:
        for saved in review.undo(by=request.user, **asked):
            if saved.is_collided:
                return answers.go(request, f"{request.workspace.url('document_edit', found.pk)}?aside={saved.own.pk}")
        said = _("The change is undone.")
    if request.htmx:
        return answers.toast(request, said, page, changed="document-changed")
    return answers.done(request, said, page)
