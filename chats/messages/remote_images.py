"""Remote images that a reader asked for: fetched by this server through the one door, and only if they are pictures."""

from dataclasses import dataclass
from html.parser import HTMLParser

from django.utils.translation import gettext as _

from agents.runs import runtime
from chats.models import Message
from sambung.lib import egress
from sambung.lib.errors import Refused
from sambung.lib.markdown.links import end
from sambung.lib.waiting import IMAGES, Busy

MAX_BYTES = 10_000_000
TIMEOUT = 15.0  # seconds
_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)


@dataclass(frozen=True, slots=True)
class Image:
    data: bytes
    mime_type: str


class _Links(HTMLParser):
    """Collects the addresses behind the remote images of rendered Markdown, in their order."""

    def __init__(self) -> None:
        super().__init__()
        self.urls: list[str] = []

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        if tag == "a" and found.get("class") == "remote-image":
            self.urls.append(end(found["href"]))


def load(message: Message, index: int) -> Image | None:
    """Return the image behind the message's `index`-th remote image, None where there is none. Raises Refused."""
    links = _Links()
    links.feed(message.html)
    if index >= len(links.urls):
        return None
    fetch = egress.fetch(links.urls[index], max_bytes=MAX_BYTES, timeout=TIMEOUT, accept=["image/"])
    try:
        fetched = runtime.wait(fetch, TIMEOUT + 5, IMAGES)
    except Busy as busy:
        raise Refused(busy.words, status=busy.status, code=busy.code) from None
    except (egress.Blocked, OSError, TimeoutError) as error:
        raise Refused(_("The image could not be loaded."), status=502, code="image_unavailable") from error
    mime_type = _type(fetched.body)
    if mime_type is None:
        said = _("What lies at this address is not an image that can be shown.")
        raise Refused(said, status=502, code="image_unreadable")
    return Image(fetched.body, mime_type)


def _type(data: bytes) -> str | None:
    """The type by content, whatever the server said."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return next((mime for magic, mime in _MAGIC if data.startswith(magic)), None)
