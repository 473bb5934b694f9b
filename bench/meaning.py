"""How well passages are found with the extra model as well; a process with Django: python -m bench.meaning fill|ask.

Over the database that it is given: `fill` indexes GNOME's help in two languages and has it embedded by the job that
does so; `ask` prints figures as JSON. The model's process runs beside it (`bench/knowledge.py`).
"""

import asyncio
import json
import os
import sys
from collections.abc import Callable, Sequence

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sambung.settings")
django.setup()  # before anything is imported that knows tables

from agents.usage.meter import Payer  # noqa: E402
from bench import corpora  # noqa: E402
from bench.retrieval import AT, indexed  # noqa: E402
from documents.knowledge.search import Place, search  # noqa: E402
from documents.models import Document, EmbeddingSpace  # noqa: E402
from documents.vectors import spaces  # noqa: E402
from documents.vectors.nearest import Asked, asked, nearest  # noqa: E402
from documents.vectors.spaces import EXACT  # noqa: E402
from sambung.lib.threads import in_thread  # noqa: E402
from teams.models import User  # noqa: E402
from teams.workspace import Workspace  # noqa: E402

Figures = dict[str, float]
TRIES = 20  # of a model that is late, on a machine that is busy
LANGUAGES = {"en": "C", "id": "id"}
SETS = {"help_en": ("en", "en"), "help_id": ("id", "id"), "id_en": ("id", "en")}  # languages of question and text


def fill() -> None:
    """Index the pages, and have all of them embedded."""
    for name, folder in LANGUAGES.items():
        indexed(f"meaning_{name}", corpora.help_pages(folder))
    asyncio.run(_embed())


async def _embed() -> None:
    """Take the job's turns until all passages have vectors. Raises SystemExit where the model is late too often."""
    left = TRIES
    while not await in_thread(EmbeddingSpace.objects.filter(state="live").exists):
        await spaces.work()
        left -= await in_thread(EmbeddingSpace.objects.exclude(error_code="").exists)
        if not left:
            raise SystemExit("Passages could not be embedded.")


def ask() -> Figures:
    """Recall by words, by vectors alone and by both, of questions in the texts' language and in another."""
    pages = {name: corpora.help_pages(folder) for name, folder in LANGUAGES.items()}
    figures: Figures = {}
    for name, (language, texts) in SETS.items():
        person = User.objects.get(email=f"meaning_{texts}@bench.example")
        documents = Document.objects.filter(user=person).order_by("pk").values_list("pk", flat=True)
        right = dict(zip([page.name for page in pages[texts]], documents, strict=True))
        asking = [page for page in pages[language] if page.name in right]
        vectors = asyncio.run(_vectors([page.question for page in asking]))
        known = [(page.question, vector, right[page.name]) for page, vector in zip(asking, vectors, strict=True)]
        figures |= _recalls(name, known, Place(Workspace(person)))
    return figures | {"both.loss": max(figures[f"{name}.loss"] for name in SETS)}


async def _vectors(questions: Sequence[str]) -> list[Asked]:
    found = [await asked(question, Payer()) for question in questions]
    if not all(one and one.vector for one in found):
        raise SystemExit("The model does not answer.")
    return found


def _recalls(name: str, known: Sequence[tuple], place: Place) -> Figures:
    words = _share(known, lambda question, _vector: _found(question, place))
    near = _share(known, lambda _question, vector: _nearest(vector, place))
    both = _share(known, lambda question, vector: _found(question, place, vector))
    told = {"by_words": words, "near": near, "both": both, "loss": max(words, near) - both}
    return {f"{name}.{kind}": value for kind, value in told.items()}


def _share(known: Sequence[tuple], find: Callable[[str, Asked], Sequence]) -> float:
    """The share of questions whose answer is among the first passages."""
    return sum(right in find(question, vector)[:AT] for question, vector, right in known) / len(known)


def _found(question: str, place: Place, vector: Asked | None = None) -> list:
    return [passage.document.pk for passage in search(question, place, AT, vector).passages]


def _nearest(vector: Asked, place: Place) -> list:
    return [document for _chunk, document in nearest(vector, EXACT, scope=place.scope, most=AT)]


def main() -> None:
    if sys.argv[1] == "fill":
        fill()
    else:
        print(json.dumps(ask()))


if __name__ == "__main__":
    main()
