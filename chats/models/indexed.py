"""Columns that only the search reads: they are made from another one whenever a row is saved, and never loaded."""

from functools import lru_cache

from django.db import models

from sambung.lib import lexemes

_index = lru_cache(maxsize=4)(lexemes.index)  # two columns of one row ask for the same


class _Made(models.Field):
    """What `source`, a text of the same row, is found by. A row without it is filled by a job."""

    def __init__(self, source: str, **options):
        self.source = source
        super().__init__(**{"null": True, "editable": False, **options})

    def deconstruct(self):
        name, path, args, options = super().deconstruct()
        return name, path, args, {"source": self.source, **options}

    def pre_save(self, model_instance, add):
        return self.made(getattr(model_instance, self.source))

    def get_placeholder(self, value, compiler, connection):
        return f"%s::{self.db_type(connection)}"

    def select_format(self, compiler, sql, params):
        return "NULL", ()


class WordsField(_Made):
    """The words of a text, in all the ways in which they are found: a tsvector."""

    def db_type(self, connection):
        return "tsvector"

    @staticmethod
    def made(text: str) -> str:
        return _index(text).words


class PairsField(_Made):
    """Numbers of the words that stand beside one another in a text: an array of small numbers."""

    def db_type(self, connection):
        return "int2[]"

    @staticmethod
    def made(text: str) -> str:
        return _index(text).pairs
