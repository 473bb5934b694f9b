"""What documents are found by: the blocks that each was read into, the passages made of them, how rare words are."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from documents.models.documents import Document
from sambung.lib.ids import uuid7


class DocumentExtraction(models.Model):
    """What was read out of a document: `blocks` is compressed JSON (`knowledge/extraction.py`).

    `sha256` is that of the file, or of the text of a document that people write; `version` the number of theirs.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    document = models.OneToOneField(Document, models.CASCADE, related_name="extraction")
    sha256 = models.CharField(max_length=64)
    version = models.PositiveIntegerField(null=True, blank=True)
    blocks = models.BinaryField()
    warnings = models.JSONField(default=list, blank=True, db_default=models.Value([], models.JSONField()))
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())

    class Meta:
        db_table = "document_extraction"
        verbose_name = _("read document")
        verbose_name_plural = _("read documents")
        indexes = [models.Index(fields=["sha256"], name="document_extraction_sha256")]

    def __str__(self) -> str:
        return str(self.document_id)


class DocumentChunk(models.Model):
    """A passage, as it is found; narrow, since many are looked at. Its text is beside it (ChunkText).

    `scope` is the id of the team or person whose it is, null while the document is deleted. `search` holds the words
    of text, headings and title (`knowledge/words.py`), in the forms of `language`. `anchor` says where it stands:
    {start, end} in the characters of the text, and page, last_page, sheet, slide, path, heading where there are such.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    document = models.ForeignKey(Document, models.CASCADE, related_name="chunks", db_index=False)
    scope = models.UUIDField(null=True, blank=True)
    position = models.PositiveIntegerField()
    language = models.CharField(max_length=8, blank=True, default="", db_default="")
    search = SearchVectorField(null=True, editable=False)
    anchor = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())

    class Meta:
        db_table = "document_chunk"
        verbose_name = _("passage")
        verbose_name_plural = _("passages")
        constraints = [
            models.UniqueConstraint(fields=["document", "position"], name="document_chunk_document_position")
        ]
        indexes = [
            models.Index(fields=["scope"], name="document_chunk_scope"),
            GinIndex(fields=["search"], name="document_chunk_search", fastupdate=False),
        ]

    def __str__(self) -> str:
        return f"{self.document_id} · {self.position}"


class ChunkText(models.Model):
    """The text of a passage, which is read for those that were found."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    chunk = models.OneToOneField(DocumentChunk, models.CASCADE, related_name="text")
    text = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())

    class Meta:
        db_table = "chunk_text"
        verbose_name = _("text of a passage")
        verbose_name_plural = _("texts of passages")

    def __str__(self) -> str:
        return str(self.chunk_id)


class SearchWord(models.Model):
    """In how many passages of a language (`config`) a word stands. One that has no row counts as rare."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    config = models.CharField(max_length=8, blank=True, default="", db_default="")
    word = models.CharField(max_length=500)
    documents = models.PositiveIntegerField()
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())

    class Meta:
        db_table = "search_word"
        verbose_name = _("word of the search")
        verbose_name_plural = _("words of the search")
        constraints = [
            models.UniqueConstraint(fields=["word", "config"], name="search_word_word_config"),
            models.CheckConstraint(condition=Q(documents__gte=0), name="search_word_counted"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class SearchTotals(models.Model):
    """How many passages of a language there are, and how many words one has on average."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    config = models.CharField(max_length=8, blank=True, default="", db_default="")
    chunks = models.PositiveIntegerField(default=0, db_default=0)
    mean_length = models.FloatField(default=0, db_default=0)
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())

    class Meta:
        db_table = "search_totals"
        verbose_name = _("totals of the search")
        verbose_name_plural = _("totals of the search")
        constraints = [models.UniqueConstraint(fields=["config"], name="search_totals_config")]

    def __str__(self) -> str:
        return self.config
