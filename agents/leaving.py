"""What becomes of a person's keys and agents when they leave, and what they take with them."""

from collections.abc import Iterator

from agents import portable
from agents.models import Agent, AgentDraft, ApiKey
from teams.models import User


def delete_personal(person: User) -> None:
    """Remove the person's own: a key without its owner would be the instance's, an agent nobody's. A team's stay."""
    AgentDraft.objects.filter(user=person).delete()
    Agent.objects.filter(user=person, team=None).delete()
    ApiKey.objects.filter(user=person, team=None).delete()


def export(person: User) -> Iterator[tuple[str, object]]:
    """Each personal agent as a file that can be imported again."""
    for agent in Agent.objects.filter(user=person, team=None, deleted_at=None).order_by("created_at", "id").iterator():
        yield f"agents/{agent.pk}.json", portable.written(agent)
