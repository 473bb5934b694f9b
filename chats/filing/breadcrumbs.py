"""What the page of a chat shows of where it is kept."""

from uuid import UUID

from chats.filing import retention
from chats.models import Chat, Folder, Tag
from teams import access
from teams.folders import path


def shown_of(request, chat: Chat | None) -> dict:
    """`folder` and `folder_path` (those above it), `chat_tags`, and `ends_at`, when it is announced to go.

    A new chat begins in the folder that the address names.
    """
    folder = _folder(request, chat.folder_id) if chat else named_folder(request)
    return {
        "folder": folder,
        "folder_path": path(folder) if folder else [],
        "chat_tags": list(Tag.objects.filter(chat_tags__chat=chat)) if chat else [],
        "ends_at": chat and retention.ends_at(chat),
    }


def named_folder(request) -> Folder | None:
    """The folder that the address names."""
    try:
        return _folder(request, UUID(request.GET.get("folder", "")))
    except ValueError:
        return None


def _folder(request, folder_id: UUID | None) -> Folder | None:
    return folder_id and access.rows(request, Folder.objects.filter(pk=folder_id)).first()
