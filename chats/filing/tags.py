"""Tags: words for chats, a person's, a team's or everybody's. A chat has tags of its own workspace and public ones."""

from django.db import IntegrityError, transaction
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from chats.models import Chat, ChatTag, Tag
from sambung.lib.errors import Refused
from teams.workspace import Workspace

#: Colours of tags, which stand out from paper in both themes by 3 to 1. The first is the usual one.
COLORS = ("#5b6fd6", "#a86e1c", "#2f8f5b", "#cf4f4a", "#2387a5", "#b0549c", "#80801d", "#727b8c")
AT_MOST = 20  # on one chat


@transaction.atomic
def create(*, workspace: Workspace, name: str, color: str = COLORS[0]) -> Tag:
    """Make a tag of the workspace. Raises Refused where it has one of this name."""
    return _saved(Tag(**workspace.owner, name=name, color=color))


@transaction.atomic
def change(*, tag: Tag, name: str, color: str) -> None:
    """Give the tag another name and colour. Raises Refused where another one is called that."""
    tag.name, tag.color = name, color
    _saved(tag)


def _saved(tag: Tag) -> Tag:
    try:
        with transaction.atomic():
            tag.save()
    except IntegrityError as error:
        if "tags_name" not in str(error):
            raise
        raise Refused(_("There is a tag “%(name)s” here already.") % {"name": tag.name}, code="name_taken") from None
    return tag


def delete(*, tag: Tag) -> None:
    """Delete the tag; its chats stay without it."""
    tag.delete()


@transaction.atomic
def add_named(*, chats: QuerySet[Chat], name: str, workspace: Workspace) -> Tag:
    """Tag the chats by a name, whatever its case: with the workspace's tag, a public one, or a new one.

    Raises Refused as `add` does.
    """
    known = Tag.objects.filter(Q(**workspace.owner) | Q(team=None, user=None), name__iexact=name)
    tag = known.order_by("team", "user").first() or create(workspace=workspace, name=name)
    add(chats=chats, tag=tag)
    return tag


@transaction.atomic
def add(*, chats: QuerySet[Chat], tag: Tag) -> int:
    """Tag the chats; return how many. Raises Refused for chats of another workspace than the tag's, and for those that
    would have too many.
    """
    found = list(chats.order_by("pk"))
    if not all(_fits(tag, chat) for chat in found):
        raise Refused(_("This tag belongs to another workspace."))
    ChatTag.objects.bulk_create([ChatTag(chat=chat, tag=tag) for chat in found], ignore_conflicts=True)
    many = ChatTag.objects.filter(chat__in=found).values("chat").annotate(count=Count("pk"))
    if many.filter(count__gt=AT_MOST).exists():
        raise Refused(_("A chat can have %(n)s tags.") % {"n": AT_MOST}, code="too_many")
    return len(found)


def _fits(tag: Tag, chat: Chat) -> bool:
    """A public tag fits every chat, others those of their workspace."""
    if tag.team_id:
        return chat.team_id == tag.team_id
    return tag.user_id is None or (chat.team_id is None and chat.user_id == tag.user_id)


def remove(*, chats: QuerySet[Chat], tag: Tag) -> int:
    """Take the tag off the chats; return how many had it."""
    return ChatTag.objects.filter(chat__in=chats.order_by(), tag=tag).delete()[0]
