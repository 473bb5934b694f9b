"""Examples to look at: a believable team with its chats. Made once; run again it adds nothing."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from agents.runs.reply import plain_text, render_parts
from chats.models import Chat, Message, Role
from sambung.lib import markdown
from teams.models import Team, TeamMember, TeamRole, User, UserRole

TEAM = {"slug": "kopi-nusantara", "name": "Kopi Nusantara", "description": "A coffee roaster in Bandung."}
PEOPLE = (("sari@kopi.example", "Sari Rahma", TeamRole.ADMIN), ("bayu@kopi.example", "Bayu Wirawan", TeamRole.MEMBER))


@dataclass(frozen=True)
class Example:
    """A chat: its title, who began it, and the texts by turns, a person's first."""

    title: str
    by: str
    texts: tuple[str, ...]
    is_pinned: bool = False


EXAMPLES = (
    Example("Sample Chat", PEOPLE[0][0], ("Hello, AI!", "Hello! How can I help you today?")),
    Example(
        "Roasting schedule, week 48",
        PEOPLE[0][0],
        (
            "Make a roasting schedule for next week from these orders: Gayo 40 kg, Toraja 25 kg, Kintamani 15 kg.",
            "| Day | Bean | Batches of 5 kg |\n|---|---|---:|\n| Monday | Gayo | 4 |\n| Tuesday | Gayo | 4 |\n"
            "| Wednesday | Toraja | 5 |\n| Thursday | Kintamani | 3 |\n\n"
            "Friday stays free for **cupping** and repairs.",
        ),
        is_pinned=True,
    ),
    Example(
        "Why is the invoice query slow?",
        PEOPLE[1][0],
        (
            "This query takes four seconds on 200,000 invoices. Why?\n\n```sql\n"
            "SELECT * FROM invoices WHERE lower(customer) = 'gayo' ORDER BY issued_at DESC LIMIT 20;\n```",
            "The index on `customer` cannot serve `lower(customer)`, so every row is read. An index on the "
            "expression, with the order in it, lets PostgreSQL stop after 20 rows:\n\n```sql\n"
            "CREATE INDEX invoices_customer_issued\n    ON invoices (lower(customer), issued_at DESC);\n```\n\n"
            "Check it with `EXPLAIN ANALYZE`: the plan should show an index scan.",
            "Thank you. Does the order inside the index matter?",
            "Yes: equality first, then the order you sort by.",
        ),
    ),
    Example(
        "Label text, Indonesian and English",
        PEOPLE[1][0],
        (
            "Write a label for our Gayo in both languages, two sentences each.",
            "**Indonesia** — Kopi Gayo dari dataran tinggi Aceh, dipetik merah dan dijemur perlahan. "
            "Rasanya bulat, dengan cokelat dan sedikit rempah.\n\n"
            "**English** — Gayo coffee from the highlands of Aceh, picked ripe and dried slowly. "
            "It is round in the cup, with chocolate and a little spice.",
        ),
    ),
)


@transaction.atomic
def seed() -> int:
    """Make the example team with its chats; instance admins become members. Return how many chats were added."""
    team, _ = Team.objects.get_or_create(slug=TEAM["slug"], defaults=TEAM)
    people = {}
    for email, name, role in PEOPLE:
        people[email] = User.objects.filter(email=email).first() or User.objects.create_user(email, None, name=name)
        TeamMember.objects.get_or_create(team=team, user=people[email], defaults={"role": role})
    for admin in User.objects.filter(role=UserRole.ADMIN, is_active=True):
        TeamMember.objects.get_or_create(team=team, user=admin, defaults={"role": TeamRole.ADMIN})
    new = [e for e in EXAMPLES if not Chat.objects.filter(team=team, title=e.title).exists()]
    for example in new:
        _make(team, people[example.by], example)
    return len(new)


def _make(team: Team, by: User, example: Example) -> None:
    chat = Chat.objects.create(
        team=team, user=by, title=example.title, is_pinned=example.is_pinned, updated_at=timezone.now()
    )
    parent = None
    for turn, text in enumerate(example.texts):
        role = Role.ASSISTANT if turn % 2 else Role.USER
        parent = Message(chat=chat, parent=parent, role=role, user=None if turn % 2 else by)
        parent.parts = [{"type": "text", "text": text}]
        parent.content = plain_text(parent.parts)
        parent.html, parent.html_version = render_parts(parent.parts, str(parent.pk)), markdown.VERSION
        parent.save()
    Chat.objects.filter(pk=chat.pk).update(current_message=parent)
