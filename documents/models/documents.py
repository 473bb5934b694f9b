"""Documents: texts that people write, each with all that it was, and files that they add."""

from urllib.parse import urlsplit
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length, Now
from django.db.models.lookups import LessThanOrEqual
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agents.models import Agent
from documents.languages import LANGUAGES
from documents.models.folders import DocumentFolder
from sambung.lib import failures
from sambung.lib.failures import Failure
from sambung.lib.ids import uuid7
from teams.models import Scoped, User, leave_to_team

CONTENT_LENGTH = 1_000_000  # characters
URL_LENGTH = 2000  # characters
_INTEGERS = ArrayField(models.PositiveIntegerField())


class Kind(models.TextChoices):
    TEXT = "text", _("Text")
    CODE = "code", _("Code")
    SHEET = "sheet", _("Sheet")
    FILE = "file", _("File")


#: The kinds that people write, and that have versions.
WRITTEN = (Kind.TEXT, Kind.CODE, Kind.SHEET)


class Status(models.TextChoices):
    """How far a document is with being found. `words_only`: by its words, where others are found by meaning, too."""

    READY = "ready", _("not indexed yet")
    QUEUED = "queued", _("waits to be read")
    READING = "reading", _("is being read")
    INDEXED = "indexed", _("can be searched")
    WORDS_ONLY = "words_only", _("can be searched by words alone")
    NEEDS_OCR = "needs_ocr", _("has no text that can be read")
    FAILED = "failed", _("could not be read")


#: Those in which a job is at it, or is about to be.
UNDER_WAY = (Status.QUEUED, Status.READING)
#: Those in which its words are found.
FOUND = (Status.INDEXED, Status.WORDS_ONLY)


class AuthorKind(models.TextChoices):
    PERSON = "person", _("Person")
    MODEL = "model", _("Model")


class Document(Scoped):
    """A text under a title: Markdown, code in `language`, or the CSV of a sheet; or a file that somebody added.

    `content` is that of `current_version`. `updated_at` is when title or content were changed. `file` is a key of the
    storage, made by us; `size` is in bytes. `status_detail`: {code, params} of what is to be told of the status;
    while it is read {job, tries, done, pages, see}, the last where a model reads it. `status_at`: when the job last
    said so.

    A file that was added by its address on the web has `url`, and no `file` before it has been fetched (`fetched_at`:
    when that was last tried); `is_daily`: it is fetched once a day.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, leave_to_team, null=True, blank=True, related_name="+", db_index=False)
    folder = models.ForeignKey(DocumentFolder, models.SET_NULL, null=True, blank=True, related_name="documents")
    title = models.CharField(_("title"), max_length=200, blank=True, default="", db_default="")
    content = models.TextField(_("text"), blank=True, default="", db_default="")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.TEXT, db_default=Kind.TEXT)
    language = models.CharField(_("language"), max_length=32, blank=True, default="", db_default="")
    file = models.CharField(max_length=100, blank=True, default="", db_default="")
    mime_type = models.CharField(_("type"), max_length=100, blank=True, default="", db_default="")
    size = models.PositiveBigIntegerField(_("size"), default=0, db_default=0)
    sha256 = models.CharField(max_length=64, blank=True, default="", db_default="")
    url = models.CharField(_("address"), max_length=URL_LENGTH, blank=True, default="", db_default="")
    is_daily = models.BooleanField(_("fetched daily"), default=False, db_default=False)
    fetched_at = models.DateTimeField(_("fetched"), null=True, blank=True, editable=False)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.READY, db_default=Status.READY)
    status_detail = models.JSONField(default=dict, blank=True, db_default=models.Value({}, models.JSONField()))
    status_at = models.DateTimeField(db_default=Now(), editable=False)
    current_version = models.ForeignKey(
        "DocumentVersion", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    deleted_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())
    updated_at = models.DateTimeField(auto_now=True, db_default=Now())

    class Meta:
        db_table = "document"
        ordering = ["-updated_at", "-id"]
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        constraints = [
            models.CheckConstraint(condition=Q(team__isnull=False) | Q(user__isnull=False), name="document_has_owner"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="document_kind_known"),
            models.CheckConstraint(condition=Q(kind=Kind.CODE) | Q(language=""), name="document_language_of_code"),
            models.CheckConstraint(
                condition=LessThanOrEqual(Length("content"), CONTENT_LENGTH), name="document_content_length"
            ),
            models.CheckConstraint(condition=Q(status__in=Status.values), name="document_status_known"),
            models.CheckConstraint(
                condition=Q(kind=Kind.FILE, content="") & ~Q(file="", url="") | ~Q(kind=Kind.FILE) & Q(file="", url=""),
                name="document_file_of_kind",
            ),
            models.CheckConstraint(condition=Q(is_daily=False) | ~Q(url=""), name="document_daily_has_address"),
            models.UniqueConstraint(fields=["file"], condition=~Q(file=""), name="document_file_unique"),
        ]
        indexes = [
            models.Index(fields=["user", "-updated_at"], name="document_user_updated"),
            models.Index(fields=["deleted_at"], condition=Q(deleted_at__isnull=False), name="document_deleted"),
            models.Index(fields=["status_at"], condition=Q(status__in=UNDER_WAY), name="document_under_way"),
            models.Index(fields=["fetched_at"], condition=Q(is_daily=True), name="document_daily"),
        ]

    def __str__(self) -> str:
        return self.title or str(_("Untitled"))

    @property
    def is_file(self) -> bool:
        return self.kind == Kind.FILE

    @property
    def is_under_way(self) -> bool:
        """Whether a job reads it, or is about to."""
        return self.status in UNDER_WAY

    @property
    def host(self) -> str:
        """The host that its address names, "" where it has none that can be followed."""
        try:
            found = urlsplit(self.url)
            return found.hostname or "" if found.scheme in {"http", "https"} else ""
        except ValueError:
            return ""

    @property
    def is_found(self) -> bool:
        """Whether what was read of it can be searched."""
        return self.status in FOUND

    @property
    def problem(self) -> Failure | None:
        """Why it is not found, if there is a reason."""
        return failures.read(self.status_detail) if "code" in self.status_detail else None

    @property
    def scope(self) -> UUID:
        """The id of the workspace that it is found in: its team's, or its person's."""
        return self.team_id or self.user_id

    @property
    def language_label(self) -> str:
        """What people call the language of code."""
        return LANGUAGES[self.language].label if self.language in LANGUAGES else self.language


class DocumentVersion(models.Model):
    """What a document was after a save. Its content is never changed; `base` is what its author had before them.

    `is_folded`: a later save of the same author, within two minutes of `begun_at`, stands for it; it is kept for a
    while, since somebody may still write on it, the longer where a form was made of it (`opened_at`). `is_aside`: it
    collided with what others had saved, and has never been the document's text.

    What a model wrote was asked for by `created_by`; `author_name` is what the model was called then, or the agent that
    it answered as. It is never folded. `is_partial`: the model was stopped while it wrote. `open_hunks`: the
    places that it changed (`merging/hunks.py`, counted from 0) and that nobody has kept or undone yet.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    document = models.ForeignKey(Document, models.CASCADE, related_name="versions", db_index=False)
    number = models.PositiveIntegerField()
    base = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="+")
    author_kind = models.CharField(
        _("author"), max_length=10, choices=AuthorKind, default=AuthorKind.PERSON, db_default=AuthorKind.PERSON
    )
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    agent = models.ForeignKey(Agent, models.SET_NULL, null=True, blank=True, related_name="+")
    author_name = models.CharField(max_length=200, blank=True, default="", db_default="")
    label = models.CharField(_("name"), max_length=100, blank=True, default="", db_default="")
    restored_from = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="+")
    is_folded = models.BooleanField(default=False, db_default=False)
    is_aside = models.BooleanField(default=False, db_default=False)
    is_partial = models.BooleanField(default=False, db_default=False)
    open_hunks = ArrayField(
        models.PositiveIntegerField(), default=list, blank=True, db_default=models.Value([], _INTEGERS), editable=False
    )
    content = models.TextField(_("text"), blank=True, default="", db_default="")
    begun_at = models.DateTimeField(db_default=Now())
    opened_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())

    class Meta:
        db_table = "document_version"
        ordering = ["-number"]
        verbose_name = _("document version")
        verbose_name_plural = _("document versions")
        constraints = [
            models.UniqueConstraint(fields=["document", "number"], name="document_version_document_number"),
            models.CheckConstraint(condition=Q(number__gte=1), name="document_version_number_from_one"),
            models.CheckConstraint(
                condition=Q(is_folded=False) | Q(label="", is_aside=False, restored_from__isnull=True),
                name="document_version_folded_is_plain",
            ),
            models.CheckConstraint(
                condition=Q(author_kind__in=AuthorKind.values), name="document_version_author_known"
            ),
            models.CheckConstraint(
                condition=Q(author_kind=AuthorKind.MODEL)
                | Q(agent__isnull=True, author_name="", is_partial=False, open_hunks=[]),
                name="document_version_agent_of_model",
            ),
            models.CheckConstraint(
                condition=Q(author_kind=AuthorKind.PERSON) | Q(is_folded=False, restored_from__isnull=True),
                name="document_version_models_stay",
            ),
            models.CheckConstraint(
                condition=LessThanOrEqual(Length("content"), CONTENT_LENGTH), name="document_version_content_length"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document_id} · {self.number}"

    @property
    def is_by_model(self) -> bool:
        """Whether a model wrote it."""
        return self.author_kind == AuthorKind.MODEL

    @property
    def author(self) -> str:
        """Who wrote it, as people call them: a person, or a model and who asked it."""
        person = str(self.created_by or gettext("Somebody who has left"))
        if not self.is_by_model:
            return person
        return gettext("%(model)s for %(person)s") % {"model": self.author_name or gettext("A model"), "person": person}
