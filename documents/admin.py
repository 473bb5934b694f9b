"""Admin pages of documents: whose they are and how they change, never what was written in them or how it is called."""

from django.contrib import admin
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from agents.models import Visibility
from documents.actions import collections, deleting
from documents.forms.spaces import SpaceForm
from documents.knowledge import progress
from documents.models import (
    AgentCollection,
    Collection,
    CollectionItem,
    Document,
    DocumentExtraction,
    DocumentFolder,
    DocumentLink,
    DocumentPicture,
    DocumentVersion,
    EmbeddingSpace,
    Kind,
)
from documents.vectors import spaces
from teams import audit
from teams.admin import ReadOnlyAdmin

_OWNER = ("user__name", "user__email", "team__name", "team__slug")


class WithoutWords(QuerySet):
    """Documents whose words are withheld from whatever shows them: pages, logs, autocompletion."""

    def _fetch_all(self):
        super()._fetch_all()
        for row in self._result_cache:
            if isinstance(row, Document):
                row.title, row.content = str(row.pk), ""


@admin.register(Document)
class DocumentAdmin(ReadOnlyAdmin):
    """Documents: whose, of what kind; not where one of the web lies. Deleting puts them away as their owner would."""

    fields = (
        "id",
        ("kind", "language"),
        ("mime_type", "size", "sha256"),
        ("is_daily", "fetched_at"),
        ("status", "status_at"),
        ("user", "team"),
        ("created_at", "updated_at", "deleted_at"),
    )
    list_display = ("id", "kind", "status", "user", "team", "deleted_at", "updated_at")
    list_filter = ("kind", "status", "updated_at")
    list_select_related = ("user", "team")
    search_fields = ("id", *_OWNER)
    date_hierarchy = "updated_at"
    show_full_result_count = False
    actions = ("put_away", "take_back", "read_again")

    def get_queryset(self, request):
        return WithoutWords(Document).defer("title", "content").select_related("user", "team").order_by("-updated_at")

    @admin.action(description=_("Put the selected documents away"))
    def put_away(self, request, queryset):
        """Delete as people do: it can be taken back for 30 days."""
        documents = list(queryset.filter(deleted_at=None))
        for document in documents:
            deleting.delete_document(document=document)
            audit.record("document.deleted", by=request.user, target=document.pk, team=document.team)
        n = len(documents)
        said = ngettext("%(n)s document has been put away.", "%(n)s documents have been put away.", n)
        self.message_user(request, said % {"n": n})

    @admin.action(description=_("Take the selected documents back"))
    def take_back(self, request, queryset):
        documents = list(queryset.exclude(deleted_at=None))
        n = deleting.restore_documents(Document.objects.filter(pk__in=[document.pk for document in documents]))
        for document in documents:
            audit.record("document.restored", by=request.user, target=document.pk, team=document.team)
        said = ngettext("%(n)s document has been taken back.", "%(n)s documents have been taken back.", n)
        self.message_user(request, said % {"n": n})

    @admin.action(description=_("Read the selected files again"))
    def read_again(self, request, queryset):
        n = 0
        for document in queryset.filter(deleted_at=None, kind=Kind.FILE):
            if progress.read_again(document=document):
                audit.record("document.read_again", by=request.user, target=document.pk, team=document.team)
                n += 1
        said = ngettext("%(n)s file is read again.", "%(n)s files are read again.", n) % {"n": n}
        self.message_user(request, said)


@admin.register(DocumentVersion)
class DocumentVersionAdmin(ReadOnlyAdmin):
    """That a document was saved, by whom, a model for them, and when; not what it was."""

    fields = list_display = (
        "document_id",
        "number",
        "author_kind",
        "created_by",
        "agent",
        "author_name",
        "is_folded",
        "is_aside",
        "is_partial",
        "created_at",
    )
    list_filter = ("author_kind", "is_aside", "is_partial", "created_at")
    list_select_related = ("created_by", "agent")
    search_fields = ("document__id", "created_by__name", "created_by__email")
    date_hierarchy = "created_at"
    show_full_result_count = False

    def get_queryset(self, request):
        return super().get_queryset(request).defer("label", "content")


@admin.register(DocumentFolder)
class DocumentFolderAdmin(ReadOnlyAdmin):
    """Folders of documents: whose."""

    fields = ("name", "parent", ("user", "team"), ("created_at", "updated_at", "deleted_at"))
    list_display = ("name", "user", "team", "updated_at", "deleted_at")
    list_filter = ("created_at",)
    list_select_related = ("user", "team")
    search_fields = ("name", *_OWNER)
    date_hierarchy = "created_at"
    show_full_result_count = False


@admin.register(DocumentExtraction)
class DocumentExtractionAdmin(ReadOnlyAdmin):
    """That a document was read, and what could not be read of it; not what it says."""

    fields = list_display = ("document_id", "sha256", "version", "codes", "created_at")
    search_fields = ("document__id", "sha256")
    date_hierarchy = "created_at"
    show_full_result_count = False

    def get_queryset(self, request):
        return super().get_queryset(request).defer("blocks")

    @admin.display(description=_("not read"))
    def codes(self, row: DocumentExtraction) -> str:
        return ", ".join(warning["code"] for warning in row.warnings)


@admin.register(Collection)
class CollectionAdmin(ReadOnlyAdmin):
    """Collections: whose, and who may search them. An open one can be closed."""

    fields = ("id", "visibility", ("user", "team"), ("created_at", "updated_at"))
    list_display = ("id", "visibility", "user", "team", "updated_at")
    list_filter = ("visibility", "created_at")
    list_select_related = ("user", "team")
    search_fields = ("id", *_OWNER)
    date_hierarchy = "created_at"
    show_full_result_count = False
    actions = ("close",)

    def get_queryset(self, request):
        return super().get_queryset(request).defer("description")

    @admin.action(description=_("Close the selected collections for everybody but their workspace"))
    def close(self, request, queryset):
        open_ones = [collection for collection in queryset if collection.is_open]
        for collection in open_ones:
            collections.change(by=request.user, collection=collection, visibility=Visibility.PRIVATE)
        n = len(open_ones)
        said = ngettext("%(n)s collection has been closed.", "%(n)s collections have been closed.", n) % {"n": n}
        self.message_user(request, said)


@admin.register(CollectionItem)
class CollectionItemAdmin(ReadOnlyAdmin):
    """That a document is in a collection."""

    fields = list_display = ("collection_id", "document_id", "created_at")
    search_fields = ("collection__id", "document__id")
    date_hierarchy = "created_at"
    show_full_result_count = False


@admin.register(AgentCollection)
class AgentCollectionAdmin(ReadOnlyAdmin):
    """That an agent searches a collection."""

    fields = list_display = ("agent_id", "collection_id", "created_at")
    search_fields = ("agent__id", "collection__id")
    date_hierarchy = "created_at"
    show_full_result_count = False


@admin.register(EmbeddingSpace)
class EmbeddingSpaceAdmin(ReadOnlyAdmin):
    """Models that say what passages mean: opened, how far each is, given up."""

    fields = list_display = ("model", "provider", "api_key", "state", "dimensions", "why_not", "created_at")
    list_filter = ("state", "created_at")
    list_select_related = ("api_key",)
    search_fields = ("model", "provider")
    date_hierarchy = "created_at"
    actions = ("give_up",)

    @admin.display(description=_("why it does not go on"))
    def why_not(self, space) -> str:
        """The sentence for what went wrong."""
        return space.failure.sentence if space.failure else ""

    def has_add_permission(self, request, *args) -> bool:
        return admin.ModelAdmin.has_add_permission(self, request)

    def get_form(self, request, obj=None, **kwargs):
        return super().get_form(request, obj, **kwargs) if obj else SpaceForm

    def get_fields(self, request, obj=None):
        return self.fields if obj else ("place", "model")

    def save_model(self, request, obj, form, change):
        """Open the space: a job fills it, and takes it into use."""
        made = spaces.open_space(form.reference)
        obj.pk, obj.provider, obj.api_key_id, obj._state.adding = made.pk, made.provider, made.api_key_id, False
        audit.record("embedding_space.opened", by=request.user, target=made.model)

    @admin.action(description=_("Give the selected spaces up"))
    def give_up(self, request, queryset):
        """Search without them; a job removes their vectors."""
        for space in queryset:
            spaces.close_space(space)
            audit.record("embedding_space.closed", by=request.user, target=space.model)


@admin.register(DocumentLink)
class DocumentLinkAdmin(ReadOnlyAdmin):
    """Public links: of which document, how long, how often seen. Not the link itself, which would open it."""

    fields = (
        "document_id",
        "mode",
        "with_attachments",
        "expires_at",
        "views",
        "created_by",
        ("created_at", "updated_at"),
    )
    list_display = ("document_id", "mode", "expires_at", "views", "created_by", "created_at")
    list_filter = ("mode", "created_at")
    list_select_related = ("created_by",)
    search_fields = ("document__id", "created_by__name", "created_by__email")
    date_hierarchy = "created_at"
    show_full_result_count = False

    def get_queryset(self, request):
        return super().get_queryset(request).defer("token", "password")


@admin.register(DocumentPicture)
class DocumentPictureAdmin(ReadOnlyAdmin):
    """Pictures of texts: of which document, of what kind and size; not their names."""

    fields = list_display = ("id", "document_id", "mime_type", "size", "created_by", "is_kept", "created_at")
    list_filter = ("mime_type", "is_kept", "created_at")
    list_select_related = ("created_by",)
    search_fields = ("document__id", "created_by__name", "created_by__email")
    date_hierarchy = "created_at"
    show_full_result_count = False

    def get_queryset(self, request):
        return super().get_queryset(request).defer("name", "file")
