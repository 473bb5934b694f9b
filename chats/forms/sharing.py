"""How a chat is shared."""

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chats.forms.chats import MoveForm
from chats.messages import tree
from chats.models import Chat, Message, PublicLink, Role
from teams.forms.links import LinkForm

MOST_ENDS = 100  # messages that can be chosen as the last one


class ShareForm(LinkForm):
    """The options of a chat's link."""

    until = forms.ChoiceField(label=_("Up to"), required=False)
    with_attachments = forms.BooleanField(label=_("With the files of the messages"), required=False)
    field_order = ("mode", "until")

    def __init__(self, *args, chat: Chat, link: PublicLink | None, **kwargs):
        super().__init__(*args, link=link, **kwargs)
        branch = tree.branch(chat.current_message_id, MOST_ENDS)
        self._ends = {str(one.pk): one for one in branch if one.role in (Role.USER, Role.ASSISTANT)}
        if link and link.until_message:
            self._ends.setdefault(str(link.until_message_id), link.until_message)
        ends = [(pk, _told(one)) for pk, one in reversed(self._ends.items())]
        self.fields["until"].choices = [("", gettext("The whole chat")), *ends]

    def _initial(self) -> dict:
        until = str(self.link.until_message_id or "") if self.link else ""
        return super()._initial() | {"until": until}

    def options(self) -> dict:
        """What `chat_links.share` takes."""
        return super().options() | {"until": self._ends.get(self.cleaned_data["until"])}


def _told(message: Message) -> str:
    who = gettext("Assistant") if message.role == Role.ASSISTANT else gettext("Person")
    text = " ".join(message.content.split())
    return f"{who}: {text[:60]}{'…' if len(text) > 60 else ''}"


class CopyForm(MoveForm):
    """Where a copy of a shared chat goes."""

    to = forms.ChoiceField(label=_("Copy to"))
