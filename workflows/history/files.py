"""Files in values of runs, as links: whoever may see the run that one belongs to may have it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from uuid import UUID

from django.template.defaultfilters import filesizeformat

from sambung.lib.files import store
from workflows.engine.values import FOLDER
from workflows.models import WorkflowRun

MOST = 100  # files that a value shows
_KEY = re.compile(rf"{FOLDER}/([0-9a-f]{{32}})/([0-9a-f]{{32,64}})")


@dataclass(frozen=True, slots=True)
class RunFile:
    """A file of a run, which may be another one than the run that is looked at. `size` is in words."""

    run_id: UUID
    digest: str
    name: str
    size: str


def within(value: object) -> list[RunFile]:
    """The files that a value holds, at whatever depth, each once, in their order."""
    found = {(one.run_id, one.digest): one for one in islice(_walk(value), MOST)}
    return list(found.values())


def is_only_files(value: object) -> bool:
    """Whether a value is a file, or a list of nothing else."""
    ones = value if isinstance(value, list) else [value]
    return bool(ones) and all(_file(one) is not None for one in ones)


def content(run: WorkflowRun, digest: str) -> bytes:
    """The bytes of a file of a run. Raises FileNotFoundError where there is none."""
    key = f"{FOLDER}/{run.pk.hex}/{digest}"
    if not _KEY.fullmatch(key):
        raise FileNotFoundError(key)
    return store.content(key)


def _walk(value: object) -> Iterator[RunFile]:
    left = [value]
    while left:
        one = left.pop()
        if (found := _file(one)) is not None:
            yield found
        elif isinstance(one, dict):
            left.extend(reversed(one.values()))
        elif isinstance(one, list):
            left.extend(reversed(one))


def _file(value: object) -> RunFile | None:
    key = value.get("file") if isinstance(value, dict) else None
    found = _KEY.fullmatch(key) if isinstance(key, str) else None
    if found is None:
        return None
    size = value.get("size")
    name = store.plain_name(str(value.get("name") or ""))
    return RunFile(UUID(found[1]), found[2], name, filesizeformat(size) if isinstance(size, int) else "")
