"""The ledger: only added to, read by whom it concerns, and what becomes of it when they go."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import CheckConstraint, UniqueConstraint

from agents import personal_data
from agents.models import UsageEntry
from agents.models.usage import AppendOnly
from teams import access, accounts, groups
from teams.models import TeamMember, TeamRole
from teams.workspace import Workspace
from tests import factories
from tests.factories import usage

pytestmark = pytest.mark.django_db


def twice(chat):
    run = factories.run(chat)
    for _ in range(2):
        usage(chat.user, run=run, attempt=1)


BROKEN = {
    "usage_entry_once": twice,
    "usage_entry_kind_known": lambda chat: usage(chat.user, kind="dream"),
    "usage_entry_tokens_not_negative": lambda chat: usage(chat.user, output_tokens=-1),
    "usage_entry_cost_has_source": lambda chat: usage(chat.user, cost=None),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken(chat, name):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        BROKEN[name](chat)


def test_every_constraint_is_broken_here():
    rules = UsageEntry._meta.constraints
    assert {rule.name for rule in rules if isinstance(rule, CheckConstraint | UniqueConstraint)} == set(BROKEN)


@pytest.mark.parametrize("bad", [{"cost": "-1"}, {"price_source": "unknown"}])
def test_a_cost_is_told_by_somebody_and_gives_nothing_back(alice, bad):
    with pytest.raises(IntegrityError, match="usage_entry_cost_has_source"), transaction.atomic():
        usage(alice, **bad)


# ---- only added ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "change",
    [
        lambda entry: entry.save(),
        lambda entry: entry.delete(),
        lambda entry: UsageEntry.objects.all().delete(),
        lambda entry: UsageEntry.objects.filter(pk=entry.pk).update(cost=0),
        lambda entry: UsageEntry.objects.update_or_create(pk=entry.pk, defaults={"cost": 0}),
        lambda entry: UsageEntry.objects.bulk_update([entry], ["model"]),
    ],
    ids=["save", "delete", "delete many", "update", "update or create", "bulk update"],
)
def test_an_entry_is_not_changed(alice, change):
    entry = usage(alice)
    entry.model = "another"
    with pytest.raises(AppendOnly), transaction.atomic():
        change(entry)
    assert UsageEntry.objects.get().model == "fake-plain"


# ---- read ----------------------------------------------------------------------------------------------------
def test_one_s_own_and_for_admins_the_team_s(alice, bob, carol, team):
    mine, hers, his = usage(alice), usage(alice, team), usage(bob, team)
    nobodys = usage(None)
    rows = UsageEntry.objects.all()

    def seen(who, *level) -> set:
        return set(access.rows(who, rows, *level))

    assert seen(alice) == {mine, hers, his}
    assert seen(Workspace(alice)) == {mine}
    assert seen(Workspace(alice, team)) == {hers, his}
    assert seen(bob) == {his}
    assert seen(carol) == set()
    assert seen(alice, access.WRITE) == set()
    assert access.held_by([alice, bob, carol], rows) == {
        alice: {mine.pk, hers.pk, his.pk},
        bob: {his.pk},
        carol: set(),
    }
    assert nobodys in rows


def test_whoever_left_a_team_reads_nothing_of_it(bob, team):
    usage(bob, team)
    TeamMember.objects.filter(team=team, user=bob).delete()
    assert not access.rows(bob, UsageEntry.objects.all()).exists()


# ---- who goes ------------------------------------------------------------------------------------------------
def test_figures_outlive_a_person(alice, bob, team):
    TeamMember.objects.filter(team=team, user=bob).update(role=TeamRole.ADMIN)
    usage(alice)
    usage(alice, team)
    accounts.delete(by=alice)
    assert {(entry.user, entry.team) for entry in UsageEntry.objects.all()} == {(None, None), (None, team)}


def test_figures_outlive_key_agent_and_run(alice, chat):
    key, agent, run = factories.api_key(alice), factories.agent(alice), factories.run(chat)
    usage(alice, run=run, api_key=key, agent=agent)
    for row in (key, agent, run):
        row.delete()
    entry = UsageEntry.objects.get()
    assert (entry.user, entry.api_key, entry.agent, entry.run) == (alice, None, None, None)


def test_a_team_takes_its_entries_with_it(alice, team):
    usage(alice, team)
    mine = usage(alice)
    groups.dissolve(team)
    assert list(UsageEntry.objects.all()) == [mine]


def test_a_person_takes_what_they_used_with_them(alice, bob, team):
    usage(alice, team, cost="0.5")
    usage(bob, team)
    told = dict(personal_data.export(alice))["usage.json"]
    assert [(row["team"], row["model"], str(row["cost"])) for row in told] == [
        (team.name, "fake-plain", "0.500000000000")
    ]
    assert "usage.json" not in dict(personal_data.export(factories.UserFactory()))


def test_the_indexes_serve(alice, team):
    """A small table is read whole; what counts is that the index can serve."""
    wanted = {"user": alice.pk, "team": team.pk}
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    for column, pk in wanted.items():
        plan = UsageEntry.objects.filter(**{column: pk}).order_by("created_at").explain()
        assert f"usage_entry_{column}" in plan, plan
