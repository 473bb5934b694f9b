"""Mails leave by a job: what a server may do to them, how often they are tried, what is kept of them."""

import asyncio
import threading
from datetime import timedelta

import pytest
from django.core import mail as django_mail
from django.db import IntegrityError, transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from sambung.lib.crypto import make_key
from sambung.lib.failures import Failure
from sambung.lib.threads import in_thread
from teams import delivery, mails, sealing
from teams.models import Mail
from tests.delivery import deliver
from tests.smtp import Server, drip, running, silence

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unsent")]

SECRET = "CANARY-4711"
LETTER = mails.Letter("Your code", f"The code is {SECRET}.", f"<p>The code is {SECRET}.</p>")


def post(*to, lasts=timedelta(hours=1)) -> Mail:
    return mails.post(LETTER, to or ["ann@example.org"], lasts=lasts)[0]


def due(mail: Mail) -> None:
    """Let a mail's next try have come."""
    Mail.objects.filter(pk=mail.pk).update(next_at=timezone.now())


# ---- what goes out --------------------------------------------------------------------------------------
def test_a_mail_says_that_a_machine_sent_it_and_is_known_by_our_host(settings):
    settings.PUBLIC_URL = "https://chat.example.org:8443"
    mail = post()
    deliver()
    (sent,) = django_mail.outbox
    made = sent.message()
    assert made["Auto-Submitted"] == "auto-generated"
    assert made["X-Auto-Response-Suppress"] == "All"
    assert made["Message-ID"] == f"<{mail.pk}@chat.example.org>"
    assert [part.get_content_type() for part in made.get_payload()] == ["text/plain", "text/html"]


@pytest.mark.parametrize(
    ("public", "host"),
    [
        ("http://127.0.0.1:8000", "[127.0.0.1]"),
        ("http://[::1]:8000", "[IPv6:::1]"),
        ("https://例え.テスト", "xn--r8jz45g.xn--zckzah"),
    ],
)
def test_the_host_as_mails_name_it(settings, public, host):
    settings.PUBLIC_URL = public
    assert delivery.host() == host


# ---- what is kept ---------------------------------------------------------------------------------------
def test_what_a_mail_says_is_sealed_and_gone_when_it_has_left(caplog):
    mail = post()
    assert SECRET not in str(Mail.objects.values().get()) + bytes(mail.encrypted_letter).decode(errors="replace")
    deliver()
    mail.refresh_from_db()
    assert (bytes(mail.encrypted_letter), mail.next_at, mail.is_waiting) == (b"", None, False)
    assert mail.sent_at
    assert SECRET not in caplog.text


def test_a_job_knows_nothing_of_what_it_sends(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        post("ann@example.org", "bea@example.org")
        post()
    (job,) = ProcrastinateJob.objects.filter(queue_name=delivery.QUEUE)
    assert (job.task_name, job.args) == ("teams.send_mails", {})


def test_a_mail_of_a_transaction_that_fails_is_not_written(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        post()
        transaction.set_rollback(True)
    assert not Mail.objects.exists()
    assert not ProcrastinateJob.objects.filter(queue_name=delivery.QUEUE).exists()


def test_another_key_seals_what_waits(settings):
    settings.ENCRYPTION_KEYS = make_key("1")
    mail = post()
    settings.ENCRYPTION_KEYS = f"{make_key('2')},{settings.ENCRYPTION_KEYS}"
    assert dict(sealing.renew_all())[f"mails {mail.pk}"] is True
    settings.ENCRYPTION_KEYS = settings.ENCRYPTION_KEYS.partition(",")[0]
    deliver()
    assert SECRET in django_mail.outbox[0].body


def test_a_mail_whose_key_is_lost_is_given_up(settings):
    settings.ENCRYPTION_KEYS = make_key("1")
    lost, kept = post(), post("bea@example.org")
    Mail.objects.filter(pk=lost.pk).update(encrypted_letter=kept.encrypted_letter)
    deliver()
    lost.refresh_from_db()
    assert (lost.error_code, lost.is_waiting) == ("mail_broken", False)
    assert [sent.to for sent in django_mail.outbox] == [["bea@example.org"]]


def test_rows_that_hold_no_more_go(alice):
    sent, failed, waiting = post(), post(), post()
    now = timezone.now()
    Mail.objects.filter(pk=sent.pk).update(**delivery.GIVEN_UP, sent_at=now - mails.KEPT - timedelta(1))
    Mail.objects.filter(pk=failed.pk).update(**delivery.GIVEN_UP, created_at=now - mails.KEPT_UNSENT - timedelta(1))
    assert mails.clean_up() == 2
    assert Mail.objects.get() == waiting


@pytest.mark.parametrize(
    "broken",
    [{"sent_at": timezone.now()}, {"encrypted_letter": b""}, {"next_at": None}],
    ids=["sent and waiting", "waiting without words", "words of none that waits"],
)
def test_the_database_keeps_order(broken):
    mail = post()
    with pytest.raises(IntegrityError), transaction.atomic():
        Mail.objects.filter(pk=mail.pk).update(**broken)


# ---- what a server does ---------------------------------------------------------------------------------
FAILURES = {
    "silent": (Server(does={"greeting": silence}), "mail_unreachable", True),
    "drips": (Server(does={"RCPT": drip}), "mail_unreachable", True),
    "hangs up": (Server(does={"MAIL": lambda file: None}), "mail_unreachable", True),
    "closes": (Server(says={"greeting": "421 too many connections"}), "mail_unreachable", True),
    "refuses the sender": (Server(says={"MAIL": "550 5.7.1 relaying denied"}), "mail_refused", True),
    "knows no such address": (Server(says={"RCPT": "550 5.1.1 no ann@example.org here"}), "mail_address", False),
    "is greylisting": (Server(says={"RCPT": "451 4.7.1 come again"}), "mail_address", True),
    "finds it bad": (Server(says={".": "554 5.7.1 spam"}), "mail_not_taken", False),
    "is full": (Server(says={".": "452 4.3.1 no room"}), "mail_not_taken", True),
}


@pytest.mark.parametrize(("server", "code", "is_tried_again"), FAILURES.values(), ids=FAILURES)
def test_a_mail_that_is_not_taken_is_tried_again_where_there_is_hope(settings, server, code, is_tried_again):
    mail = post()
    with running(settings, server):
        deliver()
    mail.refresh_from_db()
    assert (mail.error_code, mail.tries, mail.is_waiting) == (code, 1, is_tried_again)
    assert mail.failed_at
    assert "ann@example.org" not in mail.problem


def test_a_sign_in_that_is_refused_is_told(settings):
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "me", "wrong-secret"
    mail = post()
    with running(settings, Server(says={"AUTH": "535 5.7.8 no"})):
        deliver()
    mail.refresh_from_db()
    assert mail.problem == "The mail server did not take the name and password. It said: 535 5.7.8 no"
    assert "wrong-secret" not in str(mail.error_params)


def test_a_server_that_speaks_no_tls_is_told(settings):
    mail = post()
    with running(settings, Server(does={"greeting": lambda file: file.write(b"220 mail\r\n")})):
        settings.EMAIL_USE_SSL = True
        deliver()
    mail.refresh_from_db()
    assert mail.error_code == "mail_unsecured"


# ---- again ----------------------------------------------------------------------------------------------
def test_waits_grow(settings):
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = "sambung.mail.SmtpBackend", "127.0.0.1", 1
    mail, waits = post(lasts=timedelta(days=3)), []
    for _ in range(len(delivery.WAITS) + 1):
        due(mail)
        deliver()
        mail.refresh_from_db()
        waits.append(round((mail.next_at - timezone.now()).total_seconds() / 60))
    assert tuple(waits) == (*delivery.WAITS, delivery.WAITS[-1])


def test_nothing_is_tried_before_its_time_or_after(settings):
    early, late = post(), post(lasts=timedelta(0))
    Mail.objects.filter(pk=early.pk).update(next_at=timezone.now() + timedelta(minutes=1))
    deliver()
    assert django_mail.outbox == []
    late.refresh_from_db()
    assert (bytes(late.encrypted_letter), late.is_waiting, late.error_code) == (b"", False, "mail_late")


def test_a_server_that_is_away_is_asked_once_and_all_leave_when_it_is_back(settings):
    first, *_ = mails.post(LETTER, [f"a{n}@example.org" for n in range(5)], lasts=timedelta(hours=1))
    with running(settings, Server(does={"greeting": silence})):
        deliver()
    assert Mail.objects.filter(tries=0).count() == 4
    with running(settings, Server(), limit=10) as server:
        deliver()
    assert len(server.mails) == 5, "also the one whose next try is later"
    first.refresh_from_db()
    assert (first.error_code, first.failed_at) == ("", None)


def test_an_address_that_is_refused_holds_up_no_other(settings):
    bad, good = post(), post("bea@example.org")
    server = Server()
    server.says = {"RCPT": "550 no"}
    with running(settings, server, limit=30):
        server.does = {"QUIT": lambda file: server.says.clear()}
        deliver()
    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.error_code, bool(good.sent_at)) == ("mail_address", True)


def test_a_mail_is_taken_by_one_and_comes_back_from_who_died(settings):
    mail = post()
    taken = delivery._taken()
    assert (taken, delivery._taken()) == (mail, None)
    assert taken.next_at - timezone.now() > timedelta(seconds=3 * settings.EMAIL_TIMEOUT)
    due(mail)
    assert delivery._taken() == mail


def test_what_somebody_is_at_is_not_hastened(settings):
    """Else it would leave twice."""
    taken, later = post(), post("bea@example.org")
    for mail in (taken, later):
        delivery._note_failure(mail, Failure("mail_unreachable"))
    due(taken)
    assert delivery._taken() == taken
    assert mails.try_again() == 2
    assert delivery._taken() == later
    assert delivery._taken() is None
    delivery._note_sent(later)
    assert delivery._taken() is None
    taken.refresh_from_db()
    assert (taken.error_code, taken.failed_at) == ("", None), "it has another chance"


def test_since_when_a_mail_fails_as_it_does():
    mail = post()
    delivery._note_failure(mail, Failure("mail_not_taken", {"status": 450}))
    first = Mail.objects.get().failed_at
    delivery._note_failure(mail, Failure("mail_address", {"status": 450}))
    assert Mail.objects.get().failed_at == first
    delivery._note_failure(mail, Failure("mail_unreachable"))
    assert Mail.objects.get().failed_at > first


def test_what_was_removed_meanwhile_stays_so(alice):
    mail = post(alice)
    taken = delivery._taken()
    mails.forget(alice)
    delivery._note_sent(taken)
    assert not Mail.objects.filter(pk=mail.pk).exists()


# ---- while it goes on -----------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_one_that_drips_holds_up_no_other(settings):
    """The first is being handed over to a server that keeps it; the second leaves meanwhile."""
    begun, end = threading.Event(), threading.Event()

    def keep(file) -> None:
        server.does.clear()
        begun.set()
        assert end.wait(30)

    async def play():
        held = asyncio.ensure_future(delivery.deliver())
        assert await asyncio.to_thread(begun.wait, 30)
        await in_thread(post, "bea@example.org")
        await delivery.deliver()
        assert "bea@example.org" in server.mails[0]
        end.set()
        await held

    post()
    server = Server(does={"RCPT": keep})
    with running(settings, server, limit=30):
        asyncio.run(play())


def test_the_jobs_are_in_a_queue_of_their_own():
    jobs = app.tasks["teams.send_mails"], app.tasks["teams.look_for_mails"]
    assert {job.queue for job in jobs} == {delivery.QUEUE}


@pytest.mark.django_db(transaction=True)
def test_the_job_hands_over_what_is_due():
    post()
    asyncio.run(delivery.send_mails())
    assert len(django_mail.outbox) == 1
