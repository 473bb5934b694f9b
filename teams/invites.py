"""Invites by mail: a link that lets in whoever owns the address, once, within seven days."""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import Prefetch, Q, QuerySet
from django.db.models.functions import Now
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from sambung.lib.errors import Refused
from teams import audit, groups, mails
from teams.models import Mail, Team, TeamInvite, TeamMember, User

LIFE = timedelta(days=7)
OLD_TOKENS = 50  # links that newer ones replaced, of which whoever opens one is told
KEPT = "invite"  # in a session: the digest of the link that was opened, until its person is in the team
#: Not used and not withdrawn; it may have expired.
_PENDING = Q(accepted_at=None, revoked_at=None)
#: Accounts that somebody began, perhaps with an address of others: nobody has ever been in.
_UNPROVED = Q(last_login=None, is_active=True)


class Closed(Exception):
    """The invite cannot be accepted any more."""


@dataclass
class Sent:
    """What became of the addresses."""

    invites: list[TeamInvite] = field(default_factory=list)
    members: list[str] = field(default_factory=list)  # are in the team already
    invited: list[str] = field(default_factory=list)  # have a link that still opens


# ---- for admins -----------------------------------------------------------------------------------------
@transaction.atomic
def send(*, team: Team, by: User, addresses: Iterable[str], role: str, note: str = "") -> Sent:
    """Invite each address, in lower case, that is neither a member's nor invited already; a mail goes to each."""
    team = groups.held(team, by)
    members, pending = _addresses_of(team), {invite.email: invite for invite in team.invites.filter(_PENDING)}
    sent = Sent()
    for email in dict.fromkeys(addresses):
        if email in members:
            sent.members.append(email)
            continue
        invite = pending.get(email) or TeamInvite(team=team, email=email)
        if not invite._state.adding and invite.state == "open":
            sent.invited.append(email)
            continue
        invite.role, invite.note = role, note
        _renew(invite, by)
        sent.invites.append(invite)
        audit.record("invite.sent", by=by, target=email, team=team, role=role)
    return sent


@transaction.atomic
def resend(*, invite: TeamInvite, by: User) -> None:
    """Send a new link, valid for seven days from now; the old one ends. Raises Refused."""
    team = groups.held(invite.team, by)
    invite = _pending(team, invite)
    _renew(invite, by)
    audit.record("invite.resent", by=by, target=invite.email, team=team)


@transaction.atomic
def revoke(*, invite: TeamInvite, by: User) -> None:
    """Withdraw an invite: its link opens nothing. Raises Refused."""
    team = groups.held(invite.team, by)
    invite = _pending(team, invite)
    invite.revoked_at = timezone.now()
    invite.save(update_fields=["revoked_at"])
    invite.mails.all().delete()
    audit.record("invite.revoked", by=by, target=invite.email, team=team)


def with_unsent(rows: QuerySet[TeamInvite]) -> QuerySet[TeamInvite]:
    """The invites with the mails of each that have not left though they were tried, as `unsent`."""
    failed = Mail.objects.filter(sent_at=None, failed_at__isnull=False).defer("encrypted_letter")
    return rows.prefetch_related(Prefetch("mails", failed.order_by("-created_at"), to_attr="unsent"))


def _addresses_of(team: Team) -> set[str]:
    """Every address by which a member is known."""
    verified = EmailAddress.objects.filter(user__memberships__team=team, verified=True)
    addresses = {*team.members.values_list("user__email", flat=True), *verified.values_list("email", flat=True)}
    return {address.lower() for address in addresses}


def _pending(team: Team, invite: TeamInvite) -> TeamInvite:
    """The invite as it is now, held."""
    if (found := team.invites.select_for_update().filter(_PENDING, pk=invite.pk).first()) is None:
        raise Refused(_("This invite has been used or withdrawn already."), code="done_already")
    return found


def _renew(invite: TeamInvite, by: User) -> None:
    """Give the invite a new token and seven days, and write the mail with the link, the only place where the token is.

    What was written before and waits goes: its link leads nowhere any more.
    """
    token = secrets.token_urlsafe(32)
    if not invite._state.adding:
        invite.old_tokens = [*invite.old_tokens, invite.token][-OLD_TOKENS:]
        invite.mails.all().delete()
    invite.token, invite.invited_by, invite.expires_at = _digest(token), by, timezone.now() + LIFE
    invite.save()
    link = f"{settings.PUBLIC_URL}{reverse('invite', args=[token])}"
    names = {"inviter": mails.plain(str(by)), "team": mails.plain(invite.team.name), "note": mails.plain(invite.note)}
    context = {"invite": invite, "email": by.email, "link": link, "days": LIFE.days, **names}
    subject = render_to_string("teams/email/invite.subject.txt", context)
    letter = mails.written("teams/email/invite", mails.one_line(subject), context)
    mails.post(letter, [invite.email], lasts=LIFE, invite=invite)


# ---- for whoever has the link ---------------------------------------------------------------------------
def find(token: str) -> TeamInvite | None:
    """The invite of a link, or of one that a newer link replaced."""
    return kept(_digest(token))


def kept(digest: str) -> TeamInvite | None:
    """The invite of a link that was opened before: what a session keeps of it is its digest."""
    rows = TeamInvite.objects.select_related("team", "invited_by")
    if found := rows.filter(token=digest).first():
        return found
    if found := rows.filter(old_tokens__contains=[digest]).first():
        found.is_replaced = True
    return found


def of_session(session) -> TeamInvite | None:
    """The invite whose link was opened in a session. It may have ended since."""
    return kept(session[KEPT]) if KEPT in session else None


def open_of_session(session) -> TeamInvite | None:
    """The same, while it lets somebody in."""
    invite = of_session(session)
    return invite if invite and invite.state == "open" else None


def is_for(invite: TeamInvite, user: User) -> bool:
    """Whether the person has proved to own the invited address."""
    return EmailAddress.objects.filter(user=user, email__iexact=invite.email, verified=True).exists()


def has_account(invite: TeamInvite) -> bool:
    """Whether somebody signs in with the invited address already. Only whoever has the link may learn it."""
    proved = EmailAddress.objects.filter(email__iexact=invite.email, verified=True)
    return proved.exists() or User.objects.filter(email=invite.email).exclude(_UNPROVED).exists()


@transaction.atomic
def accept(*, invite: TeamInvite, by: User) -> TeamMember:
    """Let the invited person in. Raises Refused for anybody else, and Closed."""
    if not is_for(invite, by):
        raise Refused(_("This invite is for another address."), code="not_yours")
    _use(invite)
    return _join(invite, by)


def sign_up(*, invite: TeamInvite, name: str, password: str) -> User:
    """Make the invited person's account and let them in; the link has proved the address.

    Raises Refused, Closed and Busy.
    """
    return _signed_up(invite, name, make_password(password))


@transaction.atomic
def _signed_up(invite: TeamInvite, name: str, password: str) -> User:
    """The same with a password that is hashed already.

    An account that somebody began with the address and never proved becomes theirs, without its other ways in.
    """
    _use(invite)
    if has_account(invite):
        raise Refused(_("You have an account already. Sign in with it to join."), code="done_already")
    begun = User.objects.select_for_update().filter(email=invite.email).first()
    user = _owned(begun or User(email=invite.email), name, password)
    _join(invite, user)
    return user


@transaction.atomic
def taken_over(*, invite: TeamInvite, name: str) -> User | None:
    """The account that somebody began with the invited address and never proved, as whoever has proved it elsewhere
    has it: without any way in. None where there is none.
    """
    begun = User.objects.select_for_update().filter(_UNPROVED, email=invite.email).first()
    return None if begun is None or has_account(invite) else _owned(begun, name, make_password(None))


def _owned(user: User, name: str, password: str) -> User:
    """An account whose address is proved now: ways in that somebody left there before end."""
    user.name, user.password = name, password
    user.save()
    user.socialaccount_set.all().delete()
    proved = {"verified": True, "primary": True}
    EmailAddress.objects.update_or_create(user=user, email=user.email, defaults=proved)
    return user


def _use(invite: TeamInvite) -> None:
    """Use the link up. Of many at the same time one comes through; the others raise Closed."""
    if invite.is_replaced:
        raise Closed
    groups.locked(invite.team)
    opened = TeamInvite.objects.filter(_PENDING, pk=invite.pk, token=invite.token, expires_at__gt=Now())
    if opened.update(accepted_at=timezone.now()) != 1:
        raise Closed


def _join(invite: TeamInvite, user: User) -> TeamMember:
    """Who is in the team already stays what they are there."""
    member, is_new = TeamMember.objects.get_or_create(team=invite.team, user=user, defaults={"role": invite.role})
    audit.record("invite.accepted", by=user, target=invite.email, team=invite.team)
    if is_new:
        audit.record("member.joined", by=user, target=user, team=invite.team, role=member.role)
    return member


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
