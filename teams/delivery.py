"""Mails leave: a job hands over what is due, one after the other, and tries again what the server did not take.

The rows are the queue (`teams.models.Mail`): a job only looks for them, so one that is lost is no mail that is lost.
Whoever takes a mail first writes down when it is due again; a process that dies meanwhile holds it up until then.
A mail may come twice, if the process dies between the server's word and ours: both have one Message-ID.
"""

import ipaddress
import json
import logging
import re
import smtplib
import ssl
from collections.abc import Collection
from contextlib import suppress
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_noop
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from sambung.lib import failures
from sambung.lib.crypto import CryptoError
from sambung.lib.failures import Failure
from sambung.lib.threads import in_thread
from teams import sealing
from teams.models import Mail

logger = logging.getLogger(__name__)

QUEUE = "mail"
#: Minutes between one try of a mail and the next; the last goes on until the mail is not worth it any more.
WAITS = (1, 2, 5, 15, 60, 180, 360)
STEPS = 4  # each within EMAIL_TIMEOUT: to connect, to hand over, to part, and one to spare
DETAIL = 200  # characters of what a server said
GIVEN_UP = {"next_at": None, "encrypted_letter": b""}

#: What keeps every mail from leaving, and what is about one mail.
SERVER_FAILURES = {
    "mail_unreachable": gettext_noop("The mail server cannot be reached, or does not answer in time."),
    "mail_unsecured": gettext_noop("No secured connection to the mail server could be made."),
    "mail_sign_in": gettext_noop("The mail server did not take the name and password."),
    "mail_refused": gettext_noop("The mail server refused to take mails from here."),
}
MAIL_FAILURES = {
    "mail_not_taken": gettext_noop("The mail server did not take this mail."),
    "mail_address": gettext_noop("The mail server does not take mails for this address."),
    "mail_broken": gettext_noop("The mail could not be made."),
    "mail_late": gettext_noop("Nobody sent the mail while it was worth it."),
}
failures.register(SERVER_FAILURES | MAIL_FAILURES)

_ADDRESS = re.compile(r"\S+@\S+")


# ---- the job --------------------------------------------------------------------------------------------
@app.task(name="teams.send_mails", queue=QUEUE, queueing_lock="teams.send_mails", pass_context=False)
async def send_mails() -> None:
    """Hand over what is due."""
    await deliver()


def wake() -> None:
    """Have a worker look for what is due, unless one is about to."""
    with suppress(AlreadyEnqueued), transaction.atomic():
        send_mails.defer()


async def deliver() -> None:
    """Hand over each mail that is due, those first that were tried least, until the server takes none."""
    await in_thread(give_up_late)
    while await in_thread(deliver_next):
        pass


def deliver_next() -> bool:
    """Hand over one mail that is due; whether there may be another that the server takes."""
    if (mail := _taken()) is None:
        return False
    failure = _hand_over(mail)
    if failure is None:
        _note_sent(mail)
    else:
        _note_failure(mail, failure)
    return failure is None or failure.code in MAIL_FAILURES


def give_up_late() -> None:
    """Forget what is not worth it any more, such as a code that opens nothing by now."""
    late = Mail.objects.filter(next_at__isnull=False, expires_at__lte=timezone.now())
    late.filter(error_code="").update(failed_at=timezone.now(), error_code="mail_late")
    late.update(**GIVEN_UP)


@transaction.atomic
def _taken() -> Mail | None:
    """The next mail that is due, which nobody else takes meanwhile."""
    due = Mail.objects.filter(next_at__lte=timezone.now()).order_by("tries", "next_at", "id")
    mail = due.select_for_update(skip_locked=True, of=("self",)).first()
    if mail is not None:
        mail.tries += 1
        mail.next_at = timezone.now() + _longest()
        mail.save(update_fields=["tries", "next_at"])
    return mail


def _note_sent(mail: Mail) -> None:
    """It has left. Others that a server failed to take fail no more, and need not wait any longer."""
    well = {"failed_at": None, **failures.columns(None)}
    Mail.objects.filter(pk=mail.pk).update(**GIVEN_UP, **well, sent_at=timezone.now())
    others = Mail.objects.filter(next_at__isnull=False, error_code__in=SERVER_FAILURES)
    hasten(others)
    others.update(**well)


def hasten(mails: QuerySet[Mail]) -> None:
    """Have those be tried now that wait for longer than a try takes: others are due soon, or somebody is at them."""
    mails.filter(next_at__gt=timezone.now() + _longest()).update(next_at=timezone.now())


def _longest() -> timedelta:
    """How long a try of one mail may take."""
    return timedelta(seconds=STEPS * settings.EMAIL_TIMEOUT)


def _note_failure(mail: Mail, failure: Failure) -> None:
    """It waits for its next try, unless there is no hope for it."""
    logger.warning("A mail could not be sent, try %d: %s", mail.tries, failure.english)
    again = GIVEN_UP if _is_final(failure) else {"next_at": _next_try(mail.tries)}
    row = Mail.objects.filter(pk=mail.pk, next_at__isnull=False)
    row.exclude(error_code__in=_of_a_kind(failure)).update(failed_at=timezone.now())
    row.update(**again, **failures.columns(failure))


def _of_a_kind(failure: Failure) -> Collection[str]:
    """The codes of failures that lie where this one does: with the server, or with the mail."""
    return SERVER_FAILURES if failure.code in SERVER_FAILURES else MAIL_FAILURES


def _is_final(failure: Failure) -> bool:
    refused = failure.code in {"mail_address", "mail_not_taken"} and failure.params["status"] >= 500
    return refused or failure.code == "mail_broken"


def _next_try(tries: int) -> datetime:
    return timezone.now() + timedelta(minutes=WAITS[min(tries, len(WAITS)) - 1])


# ---- one mail -------------------------------------------------------------------------------------------
def message(mail: Mail) -> EmailMultiAlternatives:
    """The mail as it goes out: from a machine, which no absence note need answer (RFC 3834). Raises CryptoError."""
    letter = json.loads(sealing.unseal(mail.encrypted_letter, mail.place))
    headers = {
        "Message-ID": f"<{mail.pk}@{host()}>",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }
    made = EmailMultiAlternatives(letter["subject"], letter["text"], to=[mail.to], headers=headers)
    made.attach_alternative(letter["html"], "text/html")
    return made


def host() -> str:
    """The host of PUBLIC_URL as mails name it: in ASCII, a bare address in brackets."""
    name = urlsplit(settings.PUBLIC_URL).hostname or "localhost"
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return name.encode("idna").decode()
    return f"[IPv6:{address}]" if address.version == 6 else f"[{address}]"


def _hand_over(mail: Mail) -> Failure | None:
    """Give a mail to the server; return why it was not taken."""
    try:
        get_connection().send_messages([message(mail)])
    except OSError as error:  # SMTP's errors are of this kind too
        return failure_of(error)
    except (CryptoError, ValueError):
        logger.exception("A mail cannot be made.")
        return Failure("mail_broken")
    return None


def failure_of(error: OSError) -> Failure:
    """What a failed try means."""
    match error:
        case smtplib.SMTPRecipientsRefused():
            (refused,) = error.recipients.values()
            return _answered("mail_address", *refused)
        case smtplib.SMTPDataError():
            return _answered("mail_not_taken", error.smtp_code, error.smtp_error)
        case smtplib.SMTPAuthenticationError():
            return _answered("mail_sign_in", error.smtp_code, error.smtp_error)
        case smtplib.SMTPConnectError():
            return _answered("mail_unreachable", error.smtp_code, error.smtp_error)
        case smtplib.SMTPResponseException():
            return _answered("mail_refused", error.smtp_code, error.smtp_error)
        case smtplib.SMTPNotSupportedError() if "SMTPUTF8" in str(error):  # signs before the @ that it does not know
            return _answered("mail_address", 553, str(error))
        case smtplib.SMTPNotSupportedError() if "AUTH" in str(error):
            return Failure("mail_sign_in", _detail(str(error)))
        case smtplib.SMTPNotSupportedError() | ssl.SSLError():
            return Failure("mail_unsecured", _detail(str(error)))
    return Failure("mail_unreachable", _detail(error.strerror or ""))


def _answered(code: str, status: int, said: bytes | str) -> Failure:
    """What a server's answer means: one that is none was cut off, or comes from something else."""
    text = said.decode(errors="replace") if isinstance(said, bytes) else said
    if not 400 <= status < 600:
        return Failure("mail_unreachable", _detail(text))
    return Failure(code, {"status": status, **_detail(f"{status} {text}")})


def _detail(text: str) -> dict[str, str]:
    """What the server said, as one line without addresses."""
    line = _ADDRESS.sub("…", " ".join(text.split()))[:DETAIL]
    return {"detail": line} if line else {}
