"""Admin pages of how chats are kept and shared: names and figures, never what was written in them.

Public tags are made here.
"""

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from chats.models import (
    Archive,
    ArchiveItem,
    Attachment,
    ChatDocument,
    ChatTag,
    Folder,
    Prompt,
    PromptVersion,
    PublicLink,
    Tag,
    Transfer,
)
from teams.admin import ReadOnlyAdmin

_PERSON = ("user__name", "user__email")
_OWNER = (*_PERSON, "team__name", "team__slug")


class PublicTagForm(forms.ModelForm):
    """A tag that is everybody's."""

    class Meta:
        model = Tag
        fields = ("name", "color")
        widgets = {"color": forms.TextInput(attrs={"type": "color"})}

    def clean_name(self) -> str:
        name = self.cleaned_data["name"]
        if Tag.objects.filter(user=None, team=None, name__iexact=name).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("There is a public tag of this name."))
        return name


@admin.register(Tag)
class TagAdmin(ReadOnlyAdmin):
    """Tags: everybody's are made, changed and removed here; those of people and teams are looked at."""

    form = PublicTagForm
    list_display = ("name", "color", "user", "team", "created_at")
    list_filter = ("created_at",)
    list_select_related = ("user", "team")
    search_fields = ("name", *_OWNER)
    date_hierarchy = "created_at"
    show_full_result_count = False

    def get_fields(self, request, obj=None):
        return ("name", "color") if obj is None or _is_public(obj) else ("name", "color", "user", "team", "created_at")

    def has_add_permission(self, request, *args) -> bool:
        return request.user.is_superuser

    def has_change_permission(self, request, obj=None) -> bool:
        return request.user.is_superuser and (obj is None or _is_public(obj))

    def has_delete_permission(self, request, obj=None) -> bool:
        return self.has_change_permission(request, obj)


def _is_public(tag: Tag) -> bool:
    return tag.user_id is None and tag.team_id is None


@admin.register(Folder)
class FolderAdmin(ReadOnlyAdmin):
    """Folders: whose, how long their chats are kept. What models are told in them stays theirs."""

    fields = ("name", "parent", ("user", "team"), "retention_days", ("created_at", "updated_at", "deleted_at"))
    list_display = ("name", "user", "team", "retention_days", "updated_at", "deleted_at")
    list_filter = ("created_at",)
    list_select_related = ("user", "team")
    search_fields = ("name", *_OWNER)
    date_hierarchy = "created_at"
    show_full_result_count = False


@admin.register(ChatTag)
class ChatTagAdmin(ReadOnlyAdmin):
    """Which chat has which tag."""

    fields = list_display = ("chat_id", "tag", "created_at")
    list_filter = ("created_at",)
    list_select_related = ("tag",)
    search_fields = ("chat__id", "tag__name")
    date_hierarchy = "created_at"
    show_full_result_count = False


@admin.register(Archive)
class ArchiveAdmin(ReadOnlyAdmin):
    """Archives: whose."""

    fields = ("name", "user", ("created_at", "updated_at"))
    list_display = ("name", "user", "updated_at")
    list_filter = ("created_at",)
    list_select_related = ("user",)
    search_fields = ("name", *_PERSON)
    date_hierarchy = "created_at"
    show_full_result_count = False


@admin.register(ArchiveItem)
class ArchiveItemAdmin(ReadOnlyAdmin):
    """Which chat lies in which archive."""

    fields = list_display = ("chat_id", "archive", "created_at")
    list_filter = ("created_at",)
    list_select_related = ("archive",)
    search_fields = ("chat__id", "archive__name")
    date_hierarchy = "created_at"
    show_full_result_count = False


@admin.register(ChatDocument)
class ChatDocumentAdmin(ReadOnlyAdmin):
    """Which document was written in which chat, or is pinned to it."""

    fields = list_display = ("chat_id", "document_id", "message_id", "is_pinned", "created_at")
    list_filter = ("is_pinned", "created_at")
    search_fields = ("chat__id", "document__id")
    date_hierarchy = "created_at"
    show_full_result_count = False


@admin.register(Attachment)
class AttachmentAdmin(ReadOnlyAdmin):
    """Files: of what kind and size, whose. Neither their names nor what is in them."""

    fields = ("id", "mime_type", "size", "sha256", ("user", "team"), "chat_id", "created_at")
    list_display = ("id", "mime_type", "size", "user", "team", "created_at")
    list_filter = ("mime_type", "created_at")
    list_select_related = ("user", "team")
    search_fields = ("id", "sha256", *_OWNER)
    date_hierarchy = "created_at"
    show_full_result_count = False

    def get_queryset(self, request):
        return super().get_queryset(request).defer("name", "text", "metadata")


@admin.register(Prompt)
class PromptAdmin(ReadOnlyAdmin):
    """Prompts: whose, for whom. The text only of those that everybody reads."""

    list_display = ("name", "category", "is_public", "user", "team", "updated_at")
    list_filter = ("category", "is_public", "created_at")
    list_select_related = ("user", "team")
    search_fields = ("name", *_OWNER)
    date_hierarchy = "created_at"
    show_full_result_count = False

    def get_fields(self, request, obj=None):
        text = ("content",) if obj and obj.is_public else ()
        return ("name", "category", "is_public", ("user", "team"), *text, ("created_at", "updated_at", "deleted_at"))


@admin.register(PromptVersion)
class PromptVersionAdmin(ReadOnlyAdmin):
    """That a prompt was changed, by whom and when; not what it was."""

    fields = list_display = ("prompt", "number", "created_by", "created_at")
    list_filter = ("created_at",)
    list_select_related = ("prompt", "created_by")
    search_fields = ("prompt__name",)
    date_hierarchy = "created_at"
    show_full_result_count = False


@admin.register(PublicLink)
class PublicLinkAdmin(ReadOnlyAdmin):
    """Public links: of which chat, how long, how often seen. Not the link itself, which would open the chat."""

    fields = ("chat_id", "mode", "with_attachments", "expires_at", "views", "created_by", ("created_at", "updated_at"))
    list_display = ("chat_id", "mode", "with_attachments", "expires_at", "views", "created_by", "created_at")
    list_filter = ("mode", "created_at")
    list_select_related = ("created_by",)
    search_fields = ("chat__id", "created_by__name", "created_by__email")
    date_hierarchy = "created_at"
    show_full_result_count = False

    def get_queryset(self, request):
        return super().get_queryset(request).defer("snapshot", "password")


@admin.register(Transfer)
class TransferAdmin(ReadOnlyAdmin):
    """Exports and imports: whose, how they went."""

    fields = (
        "kind",
        "status",
        ("user", "team"),
        ("done", "total"),
        ("error_code", "problem"),
        ("created_at", "finished_at"),
    )
    list_display = ("kind", "status", "user", "team", "done", "total", "created_at")
    list_filter = ("kind", "status", "created_at")
    list_select_related = ("user", "team")
    search_fields = _OWNER
    date_hierarchy = "created_at"
    show_full_result_count = False

    def get_queryset(self, request):
        return super().get_queryset(request).defer("options", "report", "file")
