"""Code of documents, run for whoever tries it, in the sandbox of the tool that runs code for models."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from agents.runs import runtime
from agents.toolkits import sandbox
from agents.tools import Failed
from documents.languages import DRAWN, LANGUAGES
from sambung.lib.waiting import TOOLS

RUNS = "python"
LONGEST = 50_000  # characters of code
WITHIN = 2 * sandbox.SECONDS + 10  # seconds that somebody waits, those before them included


@dataclass(frozen=True, slots=True)
class Outcome:
    """What running code brought: what it printed and gave, how it failed and in which line; or why it did not run."""

    output: str = ""
    value: str = ""
    error: str = ""
    line: int | None = None
    refusal: str = ""


def run(language: str, code: str) -> Outcome:
    """Run code in the sandbox, in a slot of its own. Raises Busy."""
    if language != RUNS:
        return Outcome(refusal=why_not(language))
    if len(code) > LONGEST:
        return Outcome(refusal=_("Code of more than 50,000 characters does not run here."))
    try:
        ran = runtime.wait(sandbox.run(code), WITHIN, TOOLS)
    except Failed as failed:
        return Outcome(refusal=failed.failure.sentence)
    except TimeoutError:
        return Outcome(refusal=_("Others run code at the moment, and it took too long. Try again in a moment."))
    return Outcome(ran.output, ran.value, ran.error, ran.line)


def why_not(language: str) -> str:
    """Why code of a language does not run, in words."""
    if language in DRAWN:
        return _("This is nothing that runs: “Preview” draws it.")
    if language not in LANGUAGES:
        return _("Say first in which language this is written. Only Python runs here.")
    said = _("%(language)s does not run here: the sandbox has an interpreter for Python alone.")
    return said % {"language": LANGUAGES[language].label}
