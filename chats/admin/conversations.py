"""Admin pages of conversations. What people wrote, and the titles made from it, is shown and searched only where the
setting `ADMIN_READS_MESSAGES` allows it; otherwise it does not leave the query."""

from django.conf import settings
from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from chats.actions import housekeeping
from chats.models import Chat, ChatCollection, ChatQuerySet, ChatRead, Message
from teams import audit
from teams.admin import ReadOnlyAdmin

_OWNER = ("user__name", "user__email", "team__name", "team__slug")


class UntitledChats(ChatQuerySet):
    """Chats whose title and settings are withheld from whatever shows them: pages, logs, autocompletion."""

    def _fetch_all(self):
        super()._fetch_all()
        for row in self._result_cache:
            if isinstance(row, Chat):
                row.title, row.settings, row.metadata = str(row.pk), {}, {}


@admin.register(Chat)
class ChatAdmin(ReadOnlyAdmin):
    """Chats: whose, which model, how active. Deleting puts them away as their owner would."""

    list_display = ("label", "user", "team", "provider", "model", "is_temporary", "deleted_at", "updated_at")
    list_filter = ("is_temporary", "is_pinned", "is_public", "provider", "updated_at")
    list_select_related = ("user", "team")
    date_hierarchy = "updated_at"
    show_full_result_count = False
    actions = ("put_away", "take_back")

    def get_fields(self, request, obj=None):
        private = ("settings",) if settings.ADMIN_READS_MESSAGES else ()
        return (
            "title",
            ("user", "team"),
            ("provider", "model", "api_key"),
            *private,
            ("is_pinned", "is_temporary", "is_public"),
            ("created_at", "updated_at", "deleted_at"),
        )

    def get_queryset(self, request):
        rows = Chat.objects if settings.ADMIN_READS_MESSAGES else UntitledChats(Chat)
        return rows.select_related("user", "team", "api_key").order_by("-updated_at", "-id")

    def get_search_fields(self, request):
        return ("id", "model", *_OWNER, *(("title",) if settings.ADMIN_READS_MESSAGES else ()))

    @admin.display(description=_("chat"))  # without an order: that would tell of the title
    def label(self, chat: Chat) -> str:
        return str(chat)

    @admin.action(description=_("Put the selected chats away"))
    def put_away(self, request, queryset):
        """Delete as people do: what runs is stopped, and it can be taken back for 30 days."""
        chats = list(queryset.filter(deleted_at=None))
        for chat in chats:
            housekeeping.delete_chat(chat=chat)
        self.log_deletions(request, queryset.filter(pk__in=[chat.pk for chat in chats]))
        self.message_user(request, _("%(n)d chats have been put away.") % {"n": len(chats)})

    @admin.action(description=_("Take the selected chats back"))
    def take_back(self, request, queryset):
        chats = list(queryset.exclude(deleted_at=None))
        for chat in chats:
            housekeeping.restore_chat(chat=chat)
            self.log_change(request, chat, "Taken back.")
        self.message_user(request, _("%(n)d chats have been taken back.") % {"n": len(chats)})


@admin.register(Message)
class MessageAdmin(ReadOnlyAdmin):
    """Messages: when, by whom, in which chat; the text only where it is allowed."""

    list_display = ("id", "chat_link", "role", "user", "run_status", "created_at")
    list_filter = ("role", "run__status", "created_at")
    list_select_related = ("user", "run")
    date_hierarchy = "created_at"
    show_full_result_count = False

    def get_fields(self, request, obj=None):
        text = ("content", "parts", "metadata", "tool_invocations") if settings.ADMIN_READS_MESSAGES else ()
        return ("chat_link", "role", "user", "run_link", "parent_link", ("created_at", "queued_at"), *text)

    def get_queryset(self, request):
        rows = Message.objects.select_related("user", "run").order_by("-created_at", "-id")
        withheld = ["html", "tool_invocations"]
        if not settings.ADMIN_READS_MESSAGES:
            withheld += ["content", "parts", "metadata"]
        return rows.defer(*withheld)

    def change_view(self, request, object_id, *args, **kwargs):
        """Whoever reads what other people wrote leaves a trace."""
        if settings.ADMIN_READS_MESSAGES:
            audit.record("message.read", by=request.user, target=object_id)
        return super().change_view(request, object_id, *args, **kwargs)

    def get_search_fields(self, request):
        fields = ("id", "chat__id", "user__name", "user__email")
        return (*fields, "content") if settings.ADMIN_READS_MESSAGES else fields

    @admin.display(description=_("chat"), ordering="chat_id")
    def chat_link(self, message: Message):
        return _link("chats_chat", message.chat_id)

    @admin.display(description=_("run"))
    def run_link(self, message: Message):
        return _link("agents_run", message.run_id)

    @admin.display(description=_("parent"))
    def parent_link(self, message: Message):
        return _link("chats_message", message.parent_id)

    @admin.display(description=_("status"))
    def run_status(self, message: Message) -> str:
        return message.run.get_status_display() if message.run else ""


def _link(name: str, pk):
    """The admin page of a row, by its id alone: titles may be withheld."""
    return format_html('<a href="{}">{}</a>', reverse(f"admin:{name}_change", args=[pk]), pk) if pk else ""


@admin.register(ChatRead)
class ChatReadAdmin(ReadOnlyAdmin):
    """How far people have seen their teams' chats."""

    fields = list_display = ("user", "chat_id", "seen_at")
    list_filter = ("seen_at",)
    list_select_related = ("user",)
    search_fields = ("user__name", "user__email")
    date_hierarchy = "seen_at"
    show_full_result_count = False


@admin.register(ChatCollection)
class ChatCollectionAdmin(ReadOnlyAdmin):
    """That a chat searches a collection."""

    fields = list_display = ("chat_id", "collection_id", "created_at")
    search_fields = ("chat__id", "collection__id")
    date_hierarchy = "created_at"
    show_full_result_count = False
