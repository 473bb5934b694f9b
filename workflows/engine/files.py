"""Files as values: {"file", "name", "mimeType", "size", "text"?}. Their bytes lie in a run's folder, and go with it.

They count in the workspace's quota, whether people gave them or steps made them.

What came with a form lies beside them until a run takes it; a run that gets another one's file has a copy.
"""

import hashlib
import mimetypes
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import F, Sum
from django.template.defaultfilters import filesizeformat

from sambung.lib.errors import Refused
from sambung.lib.failures import Failed
from sambung.lib.files import reading, store
from sambung.lib.files.kinds import kind_of
from teams import access, quotas
from teams.workspace import Workspace
from workflows.engine.order import Order
from workflows.engine.values import FOLDER, save
from workflows.models import WorkflowRun

SENT = "workflow-uploads"  # where files of forms lie until a run takes them
LONGEST = 200_000  # characters of a file's text
_KEY = re.compile(rf"(?:{SENT}|{FOLDER}/([0-9a-f]{{32}}))/[0-9a-f]{{32,64}}")
_UNKNOWN_TYPE = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class File:
    """The bytes of a file, and what is told of it."""

    data: bytes
    name: str
    mime_type: str


# ---- kept -----------------------------------------------------------------------------------------------
def put(run: UUID, data: bytes, name: str, mime_type: str) -> dict:
    """Keep a file of a run; return its value. The same bytes are kept once. Raises Failed where the disk is full."""
    key = f"{FOLDER}/{run.hex}/{hashlib.sha256(data).hexdigest()}"
    if not store.exists(key):
        save(key, data)
    return {"file": key, "name": store.plain_name(name), "mimeType": mime_type, "size": len(data)}


@transaction.atomic
def made(order: Order, data: bytes, name: str, mime_type: str) -> dict:
    """Keep a file that a step has made, within what the workspace may store; return its value. Raises Failed."""
    key = f"{FOLDER}/{order.id.hex}/{hashlib.sha256(data).hexdigest()}"
    if not store.exists(key):
        try:
            quotas.take(order.workspace, len(data))
        except Refused:
            raise Failed("workflow_storage_full", size=filesizeformat(len(data))) from None
        WorkflowRun.objects.filter(pk=order.id).update(file_bytes=F("file_bytes") + len(data))
    return put(order.id, data, name, mime_type)


@contextmanager
def sent(workspace: Workspace) -> Iterator[Callable[[UploadedFile], dict]]:
    """What keeps files that came with a form, for as long as it takes to hand them to a run. It raises Refused."""
    keys = []

    def keep(upload: UploadedFile) -> dict:
        name = store.plain_name(upload.name or "")
        store.refuse_large(name, upload.size)
        quotas.check(workspace, upload.size)
        found = _read(upload.read(), name)
        with store.room():
            keys.append(key := store.save(store.new_key(SENT), found.data))
        told = {"file": key, "name": name, "mimeType": found.mime_type, "size": len(found.data)}
        return told | ({"text": found.text.replace("\x00", "")} if found.text else {})

    try:
        yield keep
    finally:
        store.drop(keys)


def _read(data: bytes, name: str) -> reading.Read:
    """What is kept of a file; one of a kind that nobody reads here is kept as it is. Raises Refused."""
    try:
        return reading.read(data, kind_of(data, name), name, most=LONGEST)
    except Refused as refused:
        if refused.status != 415:
            raise
        return reading.Read(data, mimetypes.guess_type(name)[0] or _UNKNOWN_TYPE)


# ---- handed to a run ------------------------------------------------------------------------------------
def taken(value: object, run: WorkflowRun, workspace: Workspace) -> object:
    """Return a value with its files as the run's own, in the transaction that keeps it.

    What names no file that the person may read stays as it is; no step can read it. Raises Refused without room.
    """
    copies: dict[str, tuple[str, int]] = {}
    made = _with_own(value, run, workspace, copies)
    if size := sum(size for _key, size in copies.values()):
        quotas.take(workspace, size)
        WorkflowRun.objects.filter(pk=run.pk).update(file_bytes=F("file_bytes") + size)
    return made


def _with_own(value: object, run: WorkflowRun, workspace: Workspace, copies: dict) -> object:
    match value:
        case {"file": str(key)} if _may_read(key, run.pk, workspace):
            if key not in copies:
                copies[key] = _copied(key, run.pk)
            return value | {"file": copies[key][0]}
        case dict():
            return {name: _with_own(one, run, workspace, copies) for name, one in value.items()}
        case list():
            return [_with_own(one, run, workspace, copies) for one in value]
    return value


def _copied(key: str, run: UUID) -> tuple[str, int]:
    """The key of a run's own copy, and the bytes that it takes anew. Raises Refused."""
    folder = f"{FOLDER}/{run.hex}/"
    if key.startswith(folder):
        return key, 0
    try:
        data = store.content(key)
    except FileNotFoundError:
        return key, 0  # it is lost: the step that reads it says so
    with store.room():
        return put(run, data, "", "")["file"], len(data)


def size_of(value: object, run: UUID) -> int:
    """Bytes of a run's own files that a value names, each once."""
    return sum(_sizes(value, f"{FOLDER}/{run.hex}/").values())


def _sizes(value: object, folder: str) -> dict[str, int]:
    match value:
        case {"file": str(key), "size": int(size)} if key.startswith(folder):
            return {key: size}
        case dict() | list():
            inner = value.values() if isinstance(value, dict) else value
            return {key: size for one in inner for key, size in _sizes(one, folder).items()}
    return {}


def used(workspace: Workspace) -> int:
    """Bytes that files of runs take in a workspace."""
    team, user = workspace.team, workspace.user
    held = {"run__team": team} if team else {"run__team": None, "run__requested_by": user}
    return WorkflowRun.objects.filter(file_bytes__gt=0, **held).aggregate(all=Sum("file_bytes"))["all"] or 0


# ---- read by a step -------------------------------------------------------------------------------------
def content(value: object, order: Order) -> File:
    """The file that a value is, of this run or of one that its person may read. Raises Failed."""
    key = value.get("file") if isinstance(value, Mapping) else None
    if not isinstance(key, str) or key.startswith(SENT) or not _may_read(key, order.id, order.workspace):
        raise Failed("workflow_file_unknown")
    try:
        data = store.content(key)
    except FileNotFoundError:
        raise Failed("workflow_file_lost", name=str(value.get("name") or "")[:200]) from None
    return File(data, str(value.get("name") or "file"), str(value.get("mimeType") or _UNKNOWN_TYPE))


def _may_read(key: str, run: UUID, workspace: Workspace) -> bool:
    """Whether a key is of a file that was just sent, of this run, or of a run that the person may read."""
    if not (found := _KEY.fullmatch(key)):
        return False
    folder = found[1]
    if folder is None or folder == run.hex:
        return True
    return access.rows(workspace.user, WorkflowRun.objects.filter(pk=UUID(folder))).exists()
