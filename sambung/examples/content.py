"""What `make db-seed` puts into an example team: a coffee roaster with all that people keep."""

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
class ExampleDocument:
    """A document of the team: who saved which texts, the last being what it is now. `by_model` is one that a model made
    of that, for the same person.
    """

    title: str
    texts: tuple[tuple[str, str], ...]
    kind: str = "text"
    language: str = ""
    folder: str = ""
    by_model: str = ""


#: What the model of the examples is called.
MODEL = "Nusantara Large"
DOCUMENT_FOLDERS = ("Roastery", "Shop")
_GUIDE = """# Roasting guide

Gayo and Toraja take the same profile; **Kintamani** is lighter and goes in cooler.

| Bean | Charge | First crack | Drop |
|---|---:|---:|---:|
| Gayo | 200 °C | 8:40 | 11:10 |
| Toraja | 200 °C | 8:50 | 11:20 |
| Kintamani | 190 °C | 8:20 | {drop} |

1. Weigh batches of 5 kg.
2. Taste each batch the next morning, before it is packed.
"""
_WAY = """# From cherry to bag

Every batch goes the same way. Whoever tastes may send it back once.

```mermaid
flowchart LR
  Cherry --> Washing --> Drying --> Roasting --> Cupping
  Cupping -- good --> Bag
  Cupping -- flat --> Roasting
```

| Step | Days | Who |
|---|---:|---|
| Washing | 2 | Bayu |
| Drying | 14 | Bayu |
| Roasting | 1 | Sari |
| Cupping | 1 | all |
"""
DOCUMENTS = (
    ExampleDocument(
        "Roasting guide",
        ((SARI, _GUIDE.format(drop="10:20")), (BAYU, _GUIDE.format(drop="10:05"))),
        folder="Roastery",
        by_model=_GUIDE.format(drop="10:05").replace("cooler.", "ten degrees cooler.")
        + "3. Write the weight after roasting on the card of the batch.\n",
    ),
    ExampleDocument("From cherry to bag", ((SARI, _WAY),), folder="Roastery"),
    ExampleDocument(
        "Price list",
        (
            (
                SARI,
                "Bean,Origin,250 g,1 kg\nGayo,Aceh,75000,270000\n"
                "Toraja,Sulawesi,80000,290000\nKintamani,Bali,72000,260000\n",
            ),
        ),
        kind="sheet",
        folder="Shop",
    ),
    ExampleDocument(
        "Batches for an order",
        (
            (
                BAYU,
                "from math import ceil\n\n\ndef batches(kilograms: float, size: float = 5) -> int:\n"
                '    """How many batches an order takes, with 16 % that is lost in roasting."""\n'
                "    return ceil(kilograms / 0.84 / size)\n",
            ),
        ),
        kind="code",
        language="python",
    ),
)


#: A file of the team, who added it, and the collection that it lies in with what is written there.
FILE = ("Warranty of grinders.md", SARI, "Shop")
FILE_TEXT = """# Warranty of grinders

Every grinder carries a warranty of twenty-four months from the day of purchase. Broken burrs are replaced free of
charge.

# Returns

Unopened bags are taken back within fourteen days.
"""
COLLECTION = {"name": "Handbook", "description": "What customers ask: prices, roasts, warranty."}


@dataclass(frozen=True)
class ExampleChat:
    """A chat: its title, who began it, and the texts by turns, a person's first."""

    title: str
    by: str
    texts: tuple[str, ...]
    is_pinned: bool = False
    folder: str = ""
    tags: tuple[str, ...] = ()
    pinned: str = ""  # the title of a document


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
        pinned="Roasting guide",
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
