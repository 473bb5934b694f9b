"""Prompts as files: JSON that another server reads again."""

from collections.abc import Iterable

import jsonschema
from django.utils.text import slugify
from django.utils.translation import gettext as _

from chats.models import Category, Prompt
from chats.prompts import variables
from chats.prompts.prompts import CONTENT, CONTENT_LENGTH
from sambung.lib.schema import FILLED, Unreadable, read_file

FORMAT, VERSION = "sambung.prompts", 1
LARGEST = 4 * 1024 * 1024  # bytes of a file
MOST = 2000  # prompts of a file


def written(prompts: Iterable[Prompt]) -> dict:
    """Return prompts as a file holds them."""
    rows = [{name: getattr(prompt, name) for name in CONTENT} for prompt in prompts]
    return {"format": FORMAT, "version": VERSION, "prompts": rows}


def file_name(prompt: Prompt | None = None) -> str:
    """A name of plain letters, digits and hyphens, of one prompt or of many."""
    plain = slugify(prompt.name)[:60].strip("-") if prompt else ""
    return f"{plain}.prompt.json" if plain else "prompts.json"


def read(text: str | bytes) -> list[dict]:
    """Return what the prompts of a file hold, by the names of `CONTENT`. Raises Unreadable, which names the place."""
    found = read_file(text, _FILE)["prompts"]
    for n, entry in enumerate(found):
        if len(variables.names(entry["content"])) > variables.MOST:
            words = {"place": f"$.prompts[{n}].content", "most": variables.MOST}
            raise Unreadable(_("%(place)s has too many variables: %(most)s at most.") % words)
    return [{"category": Category.GENERAL} | entry for entry in found]


_FILE = jsonschema.Draft202012Validator(
    {
        "type": "object",
        "required": ["format", "version", "prompts"],
        "properties": {
            "format": {"const": FORMAT},
            "version": {"const": VERSION},
            "prompts": {
                "type": "array",
                "maxItems": MOST,
                "items": {
                    "type": "object",
                    "required": ["name", "content"],
                    "properties": {
                        "name": {"type": "string", "pattern": "^[^\x00\n\r]*$", "maxLength": 100} | FILLED,
                        "content": {"type": "string", "pattern": "^[^\x00]*$", "maxLength": CONTENT_LENGTH} | FILLED,
                        "category": {"enum": Category.values},
                    },
                    "additionalProperties": False,
                },
            },
        },
        "additionalProperties": False,
    }
)
