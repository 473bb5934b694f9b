"""The public link of a document: made and ended by those who hold the document."""

from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from documents import sharing
from documents.forms.sharing import ShareForm
from documents.models import DocumentLink
from documents.views.documents import find
from teams.views import links


@never_cache
@require_http_methods(["GET", "POST"])
def document_share(request, document_id):
    """How the document is shared, and its address once it is."""
    found = find(request, document_id)
    form = ShareForm(request.POST or None, kind=found.kind, link=links.link_of(request, DocumentLink, found.pk))
    is_new = request.method == "POST" and form.is_valid()
    if is_new:
        form = ShareForm(kind=found.kind, link=sharing.share(document=found, by=request.user, **form.options()))
    title = _("Share document")
    return links.share_form(request, DocumentLink, found, form, "documents/_share.html", title, is_new=is_new)


@never_cache
@require_http_methods(["GET", "POST"])
def document_unshare(request, document_id):
    """Ask, then end the document's link."""
    return links.end(request, DocumentLink, document_id)
