"""Who may change a message: at home its owner, in a team whoever wrote it or asked for it, and the team's admins."""

from dataclasses import dataclass

from chats.models import Chat, Message, Role
from teams import access
from teams.models import User


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks at a chat. `is_free`: everything in it is theirs to change."""

    user: User
    is_free: bool

    def may_edit(self, message: Message) -> bool:
        """Editing a reply makes a variant beside it, so everybody may; a person's words are their own."""
        return self.is_free or message.role == Role.ASSISTANT or message.user_id == self.user.pk

    def may_delete(self, message: Message) -> bool:
        asked = message.run.requested_by_id if message.run else None
        return self.is_free or self.user.pk in (message.user_id, asked)


def reader(chat: Chat, user: User) -> Reader:
    """The person as a reader of this chat; asks the database in a team alone."""
    is_free = chat.team_id is None or access.rows(user, Chat.objects.all(), access.MANAGE).contains(chat)
    return Reader(user, is_free)
