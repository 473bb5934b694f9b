"""Every mail that people get passes here: it is written with what it tells, and leaves by a job (`teams.delivery`).

Nobody waits for a mail server, and no failure of it undoes what a mail tells of.
"""

import json
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Min, Q
from django.forms import ValidationError
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from sambung.lib.failures import Failure
from teams import delivery, sealing
from teams.models import Mail, TeamInvite, User

DAY = timedelta(days=1)
KEPT, KEPT_UNSENT = DAY, 7 * DAY  # for how long a row says that its mail has left, or has not
OVERDUE = timedelta(minutes=5)  # after which a mail that nobody has tried shows that no worker runs
LONGEST_SUBJECT = 200  # characters

_LINKED = re.compile(r"[a-z][a-z0-9+.-]*:/+|\b(?:mailto|tel|sms|callto|skype|xmpp):", re.IGNORECASE)
_DOTTED = re.compile(r"(?<=\S)[.。．｡](?=[^\W\d_]{2})")  # as before the end of a host's name
_AT = re.compile(r"(?<=\S)[@＠](?=\S)")
_WEB = re.compile(r"[a-z][a-z0-9+.-]*://|\bwww\.", re.IGNORECASE)
_JOINERS = "\u200c\u200d"  # of words in many scripts


@dataclass(frozen=True, slots=True)
class Letter:
    """What a mail says: one line, plain text, and the same as HTML."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How mails are: how many wait, since when none leaves and why, how many were refused one by one since the last
    that has left, whether nobody looks at them."""

    waiting: int
    failing_since: datetime | None
    failure: Failure | None
    refused: int
    is_unattended: bool

    @property
    def is_well(self) -> bool:
        return not (self.failing_since or self.refused or self.is_unattended)


# ---- writing --------------------------------------------------------------------------------------------
def post(
    letter: Letter, to: Iterable[User | str], *, lasts: timedelta, **about: User | TeamInvite | None
) -> list[Mail]:
    """Write a mail to each person or address, in the present transaction; it is worth sending while it `lasts`.

    `about`: the `user` or `invite` with which the mails to addresses go.
    """
    now, made = timezone.now(), []
    said = json.dumps({"subject": one_line(letter.subject), "text": letter.text, "html": letter.html})
    for who in to:
        of = {"to": who.email, "user": who} if isinstance(who, User) else {"to": who, **about}
        mail = Mail(**of, next_at=now, expires_at=now + lasts)
        mail.encrypted_letter = sealing.seal(said, mail.place)
        made.append(mail)
    Mail.objects.bulk_create(made)
    if made:
        transaction.on_commit(delivery.wake, robust=True)  # where that fails, the clock's look finds them
    return made


def written(template: str, subject: str, context: dict) -> Letter:
    """A letter of `<template>.txt` and `<template>.html`, in the present language."""
    context = {"subject": subject, "domain": urlsplit(settings.PUBLIC_URL).netloc, **context}
    return Letter(subject, render_to_string(f"{template}.txt", context), render_to_string(f"{template}.html", context))


def short(subject: str, words: str, *, link: str = "", label: str = "") -> Letter:
    """A letter of a few words and the way on."""
    return written("mail/short", subject, {"words": words, "link": link, "label": label})


def one_line(subject: str) -> str:
    return " ".join(subject.split())[:LONGEST_SUBJECT]


# ---- names in mails -------------------------------------------------------------------------------------
def plain(words: str) -> str:
    """What people wrote, such as a name, taken apart where mail programs would make a link of it.

    Whoever may invite could else send links to strangers, in the name of this server.
    """
    shown = "".join(sign for sign in words if unicodedata.category(sign) != "Cf" or sign in _JOINERS)
    return _AT.sub(" at ", _DOTTED.sub(". ", _LINKED.sub("", shown)))


def check_plain(words: str) -> None:
    """A form's validator of what goes into mails to strangers. Raises ValidationError for an address of the web."""
    if _WEB.search(words):
        raise ValidationError(_("No web addresses here: this stands in mails, and is no place for links."), code="web")


# ---- how they are ---------------------------------------------------------------------------------------
def standing() -> Standing:
    """How mails are at present. Since when none leaves: those count that failed after the last that has left."""
    waiting = Mail.objects.filter(next_at__isnull=False)
    last = Mail.objects.aggregate(at=Max("sent_at"))["at"]
    failed = Mail.objects.filter(failed_at__isnull=False)
    if last is not None:
        failed = failed.filter(failed_at__gt=last)
    failing = failed.filter(error_code__in=delivery.SERVER_FAILURES)
    newest = failing.order_by("-failed_at", "-id").first()
    return Standing(
        waiting.count(),
        failing.aggregate(at=Min("failed_at"))["at"],
        newest and newest.failure,
        failed.filter(error_code__in=delivery.MAIL_FAILURES).count(),
        waiting.filter(tries=0, next_at__lt=timezone.now() - OVERDUE).exists(),
    )


def try_again() -> int:
    """Have all that waits be tried now; return how many that are."""
    waiting = Mail.objects.filter(next_at__isnull=False)
    delivery.hasten(waiting)
    transaction.on_commit(delivery.wake, robust=True)
    return waiting.count()


# ---- going ----------------------------------------------------------------------------------------------
def forget(person: User) -> None:
    """Remove what was written to somebody, in the transaction that removes them."""
    Mail.objects.filter(Q(user=person) | Q(to__iexact=person.email)).delete()


def clean_up() -> int:
    """Remove the rows of mails that have left, and later those of the others; return how many."""
    now = timezone.now()
    left = Q(sent_at__lt=now - KEPT) | Q(sent_at=None, next_at=None, created_at__lt=now - KEPT_UNSENT)
    return Mail.objects.filter(left).delete()[0]


def renew(mail: Mail) -> bool:
    """Seal what waits with the ring's first key; whether it changed. Raises CryptoError."""
    if sealed := sealing.renew(mail.encrypted_letter, mail.place):
        mail.encrypted_letter = sealed
        mail.save(update_fields=["encrypted_letter"])
    return bool(sealed)
