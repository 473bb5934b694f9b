"""Collections: made, changed, filled, given to agents. What is in one lies in its workspace."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from agents.models import Agent, AgentUserPermission, Visibility
from documents.models import AgentCollection, Collection, CollectionItem, Document, DocumentFolder
from documents.policies import OPEN, may_open
from sambung.lib.errors import Refused
from teams import access, audit
from teams.folders import held, upwards
from teams.models import User
from teams.workspace import Workspace

MOST = 5_000  # documents of one collection


@transaction.atomic
def create(*, by: User, workspace: Workspace, **facts: str) -> Collection:
    """Make a collection in the workspace. Raises Refused where `by` may not open one for everybody."""
    made = Collection(**workspace.scope)
    return _written(made, by, facts)


@transaction.atomic
def change(*, by: User, collection: Collection, **facts: str) -> Collection:
    """Give a collection another name, description or visibility. Raises Refused as `create` does."""
    kept = Collection.objects.select_for_update(of=("self",)).get(pk=collection.pk)
    return _written(kept, by, facts)


def _written(row: Collection, by: User, facts: dict[str, str]) -> Collection:
    before = row.visibility
    for name, value in facts.items():
        setattr(row, name, value)
    if row.visibility != before:
        if row.is_open and not may_open(by):
            raise Refused(_("Only agent admins open a collection for everybody."), code="not_yours", field="visibility")
        audit.record("collection.opened" if row.is_open else "collection.closed", by=by, target=row.pk, team=row.team)
    row.save()
    return row


@transaction.atomic
def delete(*, by: User, collection: Collection) -> None:
    """Forget a collection; its documents stay."""
    audit.record("collection.deleted", by=by, target=collection.pk, team=collection.team)
    Collection.objects.filter(pk=collection.pk).delete()


@transaction.atomic
def add(*, collection: Collection, documents: QuerySet[Document]) -> int:
    """Put documents of its workspace into a collection; return how many are new. Raises Refused where it is full."""
    kept = Collection.objects.select_for_update(of=("self",)).get(pk=collection.pk)
    within = documents.filter(deleted_at=None, **_place(kept))
    new = within.exclude(pk__in=kept.items.values("document"))
    ids = list(new.order_by("pk").values_list("pk", flat=True)[: MOST + 1])
    refuse_full(kept, len(ids))
    CollectionItem.objects.bulk_create(CollectionItem(collection=kept, document_id=pk) for pk in ids)
    return len(ids)


def refuse_full(collection: Collection, more: int) -> None:
    """Raise Refused where a collection, whose row is held, takes no more so many documents."""
    if collection.items.count() + more > MOST:
        raise Refused(_("A collection takes %(most)s documents at most.") % {"most": MOST}, code="too_many")


def add_folder(*, collection: Collection, folder: DocumentFolder) -> int:
    """Put all that lies in a folder, and in those below it, into a collection; return how many are new."""
    with transaction.atomic():
        rows = held(folder)
        below = [pk for pk in rows if folder.pk in upwards(pk, rows)]
        return add(collection=collection, documents=Document.objects.filter(folder__in=below))


def _place(collection: Collection) -> dict:
    return {"team": collection.team_id} if collection.team_id else {"team": None, "user": collection.user_id}


def take_out(*, item: CollectionItem) -> None:
    """Take a document out of a collection."""
    item.delete()


# ---- agents ---------------------------------------------------------------------------------------------
def give(*, by: User, collection: Collection, agent: Agent) -> None:
    """Have an agent search the collection, with the rights of whoever asks it."""
    AgentCollection.objects.get_or_create(agent=agent, collection=collection)
    audit.record("collection.given", by=by, target=collection.pk, team=collection.team, agent=str(agent.pk))


def take_back(*, by: User, bound: AgentCollection) -> None:
    """Have an agent not search the collection any more."""
    collection = bound.collection
    bound.delete()
    audit.record("collection.taken_back", by=by, target=collection.pk, team=collection.team, agent=str(bound.agent_id))


def unseen_by(collection: Collection, agents: Iterable[Agent]) -> dict[Agent, str]:
    """For each agent that others use than those who may search the collection: who will not find it, in a sentence."""
    if collection.is_open:
        return {}
    agents = list(agents)
    granted = set(AgentUserPermission.objects.filter(agent__in=agents).values_list("agent", flat=True))
    told = {}
    for agent in agents:
        is_elsewhere = agent.team_id != collection.team_id
        if agent.visibility != Visibility.PRIVATE or agent.pk in granted or is_elsewhere:
            told[agent] = _unseen(collection, agent)
    return told


def _unseen(collection: Collection, agent: Agent) -> str:
    named = {"agent": agent.name, "team": collection.team}
    if collection.team_id:
        return _("Others use %(agent)s, too: who is not in %(team)s finds nothing of this collection.") % named
    return _("Others use %(agent)s, too: they find nothing of this collection, which is yours alone.") % named


def available(workspace: Workspace) -> QuerySet[Collection]:
    """Those that agents and chats of a workspace can search: its own, and those that are open for everybody."""
    rows = access.rows(workspace.user, Collection.objects.all())
    return rows.filter(workspace.q | Q(visibility__in=OPEN)).order_by("name", "id")


def offered(workspace: Workspace) -> list[tuple[str, str]]:
    """The collections that an agent of the workspace can be given, with what they are called."""
    return [(str(pk), name) for pk, name in available(workspace).values_list("pk", "name")]


def of_agent(agent: Agent) -> set[str]:
    """The ids of the collections that an agent searches."""
    return {str(pk) for pk in AgentCollection.objects.filter(agent=agent).values_list("collection", flat=True)}


@transaction.atomic
def keep_of_agent(by: User, workspace: Workspace, agent: Agent, chosen: Iterable[str]) -> list[str]:
    """Have an agent search these of the offered collections; return who will not find them, in sentences."""
    chosen, before = set(chosen), of_agent(agent)
    shown = {pk for pk, _name in offered(workspace)}
    for bound in AgentCollection.objects.filter(agent=agent, collection__in=before & shown - chosen):
        take_back(by=by, bound=bound)
    new = list(Collection.objects.filter(pk__in=chosen & shown - before).select_related("team").order_by("name"))
    for collection in new:
        give(by=by, collection=collection, agent=agent)
    return [said for collection in new for said in unseen_by(collection, [agent]).values()]
