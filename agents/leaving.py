"""What becomes of a person's keys when they leave: without their owner they would be the instance's."""

from agents.models import ApiKey
from teams.models import User


def delete_personal(person: User) -> None:
    """Remove the person's own keys."""
    ApiKey.objects.filter(user=person, team=None).delete()
