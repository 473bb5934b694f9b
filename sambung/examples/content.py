"""What `make db-seed` puts into an example team: a coffee roaster with its people, chats, folders, tags and prompts."""

from dataclasses import dataclass

from teams.models import TeamRole

TEAM = {"slug": "kopi-nusantara", "name": "Kopi Nusantara", "description": "A coffee roaster in Bandung."}
SARI, BAYU = "sari@kopi.example", "bayu@kopi.example"
PEOPLE = ((SARI, "Sari Rahma", TeamRole.ADMIN), (BAYU, "Bayu Wirawan", TeamRole.MEMBER))

#: Name -> the folder that it lies in.
FOLDERS = {"Roastery": None, "Orders": "Roastery", "Shop": None}
TAGS = {"planning": "#2f6f4f", "website": "#3b5ba9", "text": "#8a5a2b"}

AGENT = {
    "name": "Roast master",
    "description": "Plans batches and answers questions about roasting.",
    "icon_id": "flask-conical",
    "instructions": "You help a coffee roastery in Bandung. Batches are 5 kg. Give amounts in kg and times in minutes; "
    "say so when something should be tasted first.",
    "starters": ["Plan next week's batches", "Why does this roast taste flat?"],
}


@dataclass(frozen=True)
class ExamplePrompt:
    """A prompt of the team."""

    name: str
    category: str
    content: str
    by: str = SARI


PROMPTS = (
    ExamplePrompt(
        "Code Review",
        "coding",
        "Review this code. Name mistakes first, then what could be simpler, with the changed lines.\n\n{code}",
        by=BAYU,
    ),
    ExamplePrompt(
        "Answer a customer",
        "business",
        "Write a short, warm answer to {name}, who wrote:\n\n{message}\n\nSay what we do next and by when.",
    ),
    ExamplePrompt(
        "Cupping notes",
        "writing",
        "Make three sentences for a label out of these cupping notes of our {coffee}: {notes}",
    ),
)


@dataclass(frozen=True)
class ExampleChat:
    """A chat: its title, who began it, and the texts by turns, a person's first."""

    title: str
    by: str
    texts: tuple[str, ...]
    is_pinned: bool = False
    folder: str = ""
    tags: tuple[str, ...] = ()


CHATS = (
    ExampleChat("Sample Chat", SARI, ("Hello, AI!", "Hello! How can I help you today?")),
    ExampleChat(
        "Roasting schedule, week 48",
        SARI,
        (
            "Make a roasting schedule for next week from these orders: Gayo 40 kg, Toraja 25 kg, Kintamani 15 kg.",
            "| Day | Bean | Batches of 5 kg |\n|---|---|---:|\n| Monday | Gayo | 4 |\n| Tuesday | Gayo | 4 |\n"
            "| Wednesday | Toraja | 5 |\n| Thursday | Kintamani | 3 |\n\n"
            "Friday stays free for **cupping** and repairs.",
        ),
        is_pinned=True,
        folder="Orders",
        tags=("planning",),
    ),
    ExampleChat(
        "Why is the invoice query slow?",
        BAYU,
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
        folder="Shop",
        tags=("website",),
    ),
    ExampleChat(
        "Label text, Indonesian and English",
        BAYU,
        (
            "Write a label for our Gayo in both languages, two sentences each.",
            "**Indonesia** — Kopi Gayo dari dataran tinggi Aceh, dipetik merah dan dijemur perlahan. "
            "Rasanya bulat, dengan cokelat dan sedikit rempah.\n\n"
            "**English** — Gayo coffee from the highlands of Aceh, picked ripe and dried slowly. "
            "It is round in the cup, with chocolate and a little spice.",
        ),
        folder="Shop",
        tags=("text", "website"),
    ),
)
