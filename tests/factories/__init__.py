"""Makers of rows: people, teams, chats and their messages."""

import hashlib
import uuid
from datetime import timedelta

import factory
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import MD5PasswordHasher
from django.utils import timezone
from factory.django import DjangoModelFactory

from agents import keys
from agents.models import Agent, ApiKey, Run, RunKind, RunStatus
from agents.runs import lifecycle, registry
from agents.runs.registry import Work
from chats.models import Chat, Message, Role
from chats.writing import write
from teams.models import Team, TeamInvite, TeamMember, User

PASSWORD = "correct horse battery"


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    name = factory.Faker("name")
    email = factory.LazyFunction(lambda: f"{uuid.uuid4().hex[:12]}@example.org")
    password = factory.LazyFunction(lambda: MD5PasswordHasher().encode(PASSWORD, uuid.uuid4().hex))

    @factory.post_generation
    def verified(self, create, extracted, **kwargs):
        EmailAddress.objects.create(user=self, email=self.email, verified=True, primary=True)


class TeamFactory(DjangoModelFactory):
    class Meta:
        model = Team

    name = factory.Faker("company")
    slug = factory.LazyFunction(lambda: f"t-{uuid.uuid4().hex[:12]}")


class TeamMemberFactory(DjangoModelFactory):
    class Meta:
        model = TeamMember

    team = factory.SubFactory(TeamFactory)
    user = factory.SubFactory(UserFactory)


class ChatFactory(DjangoModelFactory):
    class Meta:
        model = Chat

    user = factory.SubFactory(UserFactory)
    title = factory.Faker("sentence", nb_words=4)
    provider = "openai_compatible"
    model = "fake-plain"


def message(
    chat: Chat, role: str = Role.USER, text: str = "Hello", *, parent: Message | None = None, **fields
) -> Message:
    """Add a message and show its branch."""
    found = Message(chat=chat, role=role, parent=parent, **fields)
    write(found, [{"type": "text", "text": text}] if text else [])
    if role == Role.USER and found.user is None:
        found.user = chat.user
    found.save()
    if found.queued_at is None:
        chat.current_message = found
        chat.save(update_fields=["current_message"])
    return found


def exchange(chat: Chat, question: str = "Hello", answer: str = "Hello! How can I help?", parent=None) -> Message:
    """Add a question and its answer; return the answer."""
    asked = message(chat, Role.USER, question, parent=parent)
    return message(chat, Role.ASSISTANT, answer, parent=asked, metadata={"model": chat.model, "seconds": 1.0})


def run(chat: Chat, **fields) -> Run:
    """Add a run of the chat, queued unless said otherwise."""
    given = {"kind": RunKind.CHAT, "requested_by": chat.user, "team": chat.team, "status": RunStatus.QUEUED}
    return Run.objects.create(**given | {"provider": chat.provider, "model": chat.model} | fields)


def begin(run_id: uuid.UUID, owner: str) -> Work:
    """Put a run under way, held by `owner`, as if its process served it; return what it needs."""
    lease = timezone.now() + lifecycle.LEASE
    Run.objects.filter(pk=run_id).update(status=RunStatus.RUNNING, attempt=1, owner=owner, lease_until=lease)
    found = Run.objects.get(pk=run_id)
    return registry.kind(found.kind).load(found)


def invite(team: Team, token: str = "", **fields) -> TeamInvite:
    """Add an invite that is open unless said otherwise; `token` is what its link holds."""
    token = token or uuid.uuid4().hex
    given = {
        "email": "new@example.org",
        "invited_by": team.created_by,
        "expires_at": timezone.now() + timedelta(days=7),
    }
    return TeamInvite.objects.create(team=team, token=hashlib.sha256(token.encode()).hexdigest(), **given | fields)


def agent(user: User | None = None, team: Team | None = None, **fields) -> Agent:
    """Add an agent: a person's, or a team's."""
    given = {"name": "Helper", "description": "Helps.", "instructions": "You help."}
    return Agent.objects.create(user=user, team=team, **given | fields)


def api_key(
    user: User | None = None, team: Team | None = None, secret: str = "sk-0123456789abcdefwxyz", **fields
) -> ApiKey:
    """Add a key: a person's, a team's, or the instance's. `models` are the ids that it lists."""
    given = {"provider": "openai", "label": "A key", "base_url": "https://api.openai.com/v1"}
    models = fields.pop("models", ("gpt-5-mini",))
    key = ApiKey(user=user, team=team, **given | fields)
    key.model_cache, key.listed_at = [{"id": name} for name in models], timezone.now()
    key.encrypted_key, key.key_last4 = keys.seal(key, secret) if secret else None, keys.last4(secret)
    key.save()
    return key
