"""Invites' tokens: they stay between the mail and its reader."""

import io
import logging

import pytest
from django.test import Client
from django.utils import timezone

from sambung.logs import JsonLines, PlainLines
from teams import invites
from teams.models import TeamInvite, TeamRole
from tests import factories
from tests.factories import TeamFactory, TeamMemberFactory
from tests.teams.invites.conftest import LINK, TOKEN

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("lines", [JsonLines(), PlainLines("%(levelname)s %(message)s")])
def test_no_line_of_the_log_holds_the_token(team, client, lines, settings):
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(lines)
    logging.getLogger().addHandler(handler)
    try:
        client.get(LINK)  # unknown: a warning with the path
        factories.invite(team, TOKEN, expires_at=timezone.now())
        client.get(LINK)
        client.put(LINK)
        logging.getLogger("x").error("Failed at %s", LINK, extra={"path": LINK})
    finally:
        logging.getLogger().removeHandler(handler)
    assert written.getvalue().count("/invites/***/") >= 4
    assert TOKEN not in written.getvalue()
    assert settings.LOGGING["formatters"]["json"]["()"] == "sambung.logs.JsonLines"
    assert settings.LOGGING["formatters"]["plain"]["()"] == "sambung.logs.PlainLines"


def test_no_session_holds_the_token(team, client):
    factories.invite(team, TOKEN)
    client.get(LINK)
    assert client.session["invite"]
    assert TOKEN not in str(client.session.items())


def test_a_link_that_was_replaced_is_told_and_forgotten(team, alice, client):
    invite = factories.invite(team, TOKEN)
    client.get(LINK)
    invites.resend(invite=invite, by=alice)
    older = client.get("/invites/account/")
    assert older.status_code == 410
    assert "A newer link was sent to you" in older.content.decode()
    assert str(team) not in older.content.decode()
    assert client.get("/invites/account/").url == "/invites/"
    assert client.get("/invites/").url == "/"


def test_a_link_that_was_replaced_lets_nobody_in(team, alice, carol, client_of):
    """Not even by what a view has in hand; nor once the newer one was used, withdrawn or is over."""
    invite = factories.invite(team, TOKEN, email=carol.email)
    invites.resend(invite=invite, by=alice)
    assert client_of("carol").post(LINK).status_code == 410
    with pytest.raises(invites.Closed):
        invites.accept(invite=invites.find(TOKEN), by=carol)
    assert not team.members.filter(user=carol).exists()
    for column, told in (("expires_at", "has expired"), ("revoked_at", "was withdrawn"), ("accepted_at", "been used")):
        TeamInvite.objects.update(**{column: timezone.now()})
        assert told in client_of("carol").get(LINK).content.decode()


def test_only_so_many_old_links_are_known(team, alice):
    invite = factories.invite(team, TOKEN)
    for _ in range(invites.OLD_TOKENS + 1):
        invites.resend(invite=invite, by=alice)
        invite.refresh_from_db()
    assert len(invite.old_tokens) == invites.OLD_TOKENS
    assert invites.find(TOKEN) is None


def test_scanners_of_mails_use_nothing_up(team, client):
    """They fetch what stands in a mail, each as if it came first."""
    factories.invite(team, TOKEN, email="ann@example.org")
    assert [Client().get(LINK).status_code for _ in range(3)] == [200] * 3
    assert Client().head(LINK).status_code == 405
    client.get(LINK)
    made = client.post("/invites/account/", {"name": "Ann New", "password": "an entirely new phrase"})
    assert made.url == f"/team/{team.slug}/"


def test_no_other_site_learns_the_link(team, client):
    factories.invite(team, TOKEN)
    response = client.get(LINK)
    assert response["Referrer-Policy"] == "same-origin"
    assert "no-store" in response["Cache-Control"]
    assert TOKEN not in response.content.decode()


def test_members_of_other_teams_reach_no_invite(team, client_of, carol):
    other = TeamFactory()
    TeamMemberFactory(team=other, user=carol, role=TeamRole.ADMIN)
    invite = factories.invite(team)
    for slug in (team.slug, other.slug):
        assert client_of("carol").post(f"/team/{slug}/invites/{invite.pk}/revoke/").status_code == 404
    assert TeamInvite.objects.get().state == "open"
