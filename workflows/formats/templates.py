"""Workflows to begin with: files that come with Sambung, read as any other file is."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from workflows.formats import reading
from workflows.formats.drawing import Picture, picture
from workflows.formats.values import Imported

FOLDER = Path(__file__).parent / "templates_data"


@dataclass(frozen=True, slots=True)
class Template:
    """One of them: its file, its name and what it is for; `needs` is what a person has to bring."""

    slug: str
    icon: str
    name: Promise
    description: Promise
    needs: Promise | str = ""

    def read(self) -> Imported:
        """The workflow anew, with ids that nobody else has, under the name that people read."""
        found = reading.read((FOLDER / f"{self.slug}.json").read_bytes())
        found.name, found.description = str(self.name), str(self.description)
        return found

    @property
    def picture(self) -> Picture:
        """How it looks."""
        return _picture(self.slug)

    @property
    def steps(self) -> int:
        """How many steps it has."""
        return len([box for box in self.picture.boxes if box.kind not in ("note", "group")])


@cache
def _picture(slug: str) -> Picture:
    return picture(TEMPLATES[slug].read().structure)


_ALL = (
    Template(
        "email-triage",
        "mail",
        _("E-mail triage with approval"),
        _("Sorts a message, puts spam aside, and drafts a reply that a person reads, mends and sends."),
        _("the address of your mail service"),
    ),
    Template(
        "invoice-extraction",
        "calculator",
        _("Invoice extraction"),
        _("Takes vendor, date, total and lines out of an invoice, adds them up, and asks a person where they differ."),
    ),
    Template(
        "newsletter-digest",
        "notebook-text",
        _("Newsletter digest"),
        _(
            "Reads a feed, says one sentence about each new entry, and keeps the digest as a document. Let it run each"
            " morning."
        ),
        _("the address of a feed"),
    ),
    Template(
        "lead-research",
        "search",
        _("Lead research"),
        _("An agent reads about a company, a model scores it, and what scores well goes to your CRM."),
        _("an agent that reads web pages, and the address of your CRM"),
    ),
    Template(
        "baby-research",
        "book-open",
        _("Small research"),
        _("Plans a research, searches, reads a page and searches again where you want it, and lays out a report."),
        _("a search service"),
    ),
    Template(
        "get-weather",
        "sun",
        _("Weather of a place"),
        _("A model says where a place lies, and a weather service says how it is there."),
    ),
)
TEMPLATES: dict[str, Template] = {template.slug: template for template in _ALL}
