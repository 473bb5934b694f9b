"""Which addresses a message may link to, and how an address in running text is found.

Only absolute http, https and mailto addresses are links. Anything else (relative, `//host`, other schemes,
hidden characters, a name and password before the host) stays text: a reader must see where a link goes.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape, unescape
from urllib.parse import quote, unquote, urlsplit

REL = "noopener noreferrer nofollow"
MAX_LENGTH = 4096
#: The page before an address elsewhere.
LEAVING = "/leaving/?to="
_WAY = re.compile(rf'href="({re.escape(LEAVING)}[^"]*)"')

# Controls, every kind of space, direction marks and other invisible characters, and the backslash, which
# browsers read as a slash.
_HIDDEN = re.compile(
    "[\x00-\x20\x7f-\xa0\xad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200f"
    "\u2028-\u202f\u205f-\u206f\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff\\\\]"
)
_USUAL_PORT = {"http": ":80", "https": ":443"}
_HOST = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?|\[[0-9a-f:.]+\]", re.IGNORECASE)
_MAIL = re.compile(r"mailto:[^@?#/]+@[^@?#/]+(?:\?[^#]*)?", re.IGNORECASE)
#: A picture that its text's owner keeps, as Markdown names it; what stands for it until its address is known.
PICTURE = re.compile(r"picture:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})", re.IGNORECASE)
_PLACE = re.compile(r'<span class="picture" data-picture="([0-9a-f-]{36})">([^<]*)</span>')
BARE = re.compile(r"(?<![\w@/:.%=&-])https?://[^\s<>\"'`\\{}|^]+", re.IGNORECASE)


@dataclass(frozen=True)
class Address:
    """An address that may be linked: `url` as the browser will read it, `host` in ASCII (empty for mail)."""

    url: str
    host: str


def address(target: str) -> Address | None:
    """Return the address that a link target stands for, or None where it must stay text."""
    target = target.strip(" ").replace(" ", "%20")
    if not target or len(target) > MAX_LENGTH or _HIDDEN.search(target):
        return None
    scheme = target.partition(":")[0].lower()
    if scheme == "mailto":
        return Address(target, "") if _MAIL.fullmatch(target) else None
    if scheme not in {"http", "https"} or target[len(scheme) : len(scheme) + 3] != "://":
        return None
    try:
        parts = urlsplit(target)
        netloc = _ascii(parts.netloc)
        # Reading the port is what checks it.
        if parts.port is not None and not parts.hostname:
            return None
    except ValueError:
        return None
    host = re.sub(r":\d*$", "", netloc)
    if not _HOST.fullmatch(host):
        return None
    rest = target[len(scheme) + 3 + len(parts.netloc) :]
    return Address(f"{scheme}://{netloc}{rest}", netloc.lower().removesuffix(_USUAL_PORT[scheme]))


def _ascii(netloc: str) -> str:
    """Return the host part in ASCII. ValueError where the name does not survive there and back, because
    then the browser might read another host than the one that we show."""
    if netloc.isascii():
        return netloc
    if len(netloc) > 255:
        raise ValueError("host name too long")
    encoded = netloc.encode("idna")
    if encoded.decode("idna") != netloc:
        raise ValueError("ambiguous host name")
    return encoded.decode("ascii")


def way(target: Address) -> str:
    """Return where a link leads: to the page that shows the host first; mail opens at once."""
    return LEAVING + quote(target.url, safe=":/@,;~*!$()'") if target.host else target.url


def end(way: str) -> str:
    """Return the address that a link is about."""
    return unquote(way.removeprefix(LEAVING)) if way.startswith(LEAVING) else way


def with_ends(html: str) -> str:
    """Return rendered text whose links name their addresses themselves, for files that are read elsewhere."""
    return _WAY.sub(lambda found: f'href="{escape(end(unescape(found[1])))}"', html)


def anchor(target: Address) -> str:
    """Return the opening tag of a link."""
    return f'<a href="{escape(way(target))}" target="_blank" rel="{REL}">'


def image(target: Address, alt: str) -> str:
    """Return the chip that stands for a remote picture: nothing is fetched until a person asks for it."""
    words = alt.strip() or target.host
    return (
        f'<a class="remote-image" href="{escape(way(target))}" data-host="{escape(target.host)}" '
        f'target="_blank" rel="{REL}">{escape(words, quote=False)}</a>'
    )


def picture(target: str, alt: str) -> str | None:
    """Return what stands for a picture of the text's owner, or None where the target names none."""
    found = PICTURE.fullmatch(target.strip(" "))
    return found and f'<span class="picture" data-picture="{found[1].lower()}">{escape(alt, quote=False)}</span>'


def with_pictures(html: str, address: Callable[[str], str]) -> str:
    """Return rendered text with the pictures whose ids `address` gives an address for; of others the words stay."""

    def shown(found: re.Match[str]) -> str:
        if not (src := address(found[1])):
            return found[2]
        alt = found[2].replace('"', "&quot;")
        return f'<img class="picture" src="{escape(src)}" alt="{alt}" loading="lazy">'

    return _PLACE.sub(shown, html)


def linked(text: str, *, limit: int) -> tuple[str, int]:
    """Return the text escaped, with at most `limit` bare http(s) addresses made links, and their number."""
    out, at, made = [], 0, 0
    for match in BARE.finditer(text):
        if made >= limit:
            break
        if match.end() - match.start() > MAX_LENGTH:
            continue
        found = _trimmed(match.group())
        target = address(found)
        if target is None:
            continue
        out.append(escape(text[at : match.start()], quote=False))
        out.append(f"{anchor(target)}{escape(found, quote=False)}</a>")
        at = match.start() + len(found)
        made += 1
    out.append(escape(text[at:], quote=False))
    return "".join(out), made


def _trimmed(url: str) -> str:
    """Return the address without the punctuation of the sentence around it."""
    while url:
        last = url[-1]
        opening = {")": "(", "]": "["}.get(last)
        unpaired = opening is not None and url.count(last) > url.count(opening)
        if not unpaired and last not in ".,;:!?*_~$":
            break
        url = url[:-1]
    return url
