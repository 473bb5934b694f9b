"""The models under keys, as they were last listed, and those that people have named.

What was read is kept while the row stays as it is."""

from collections.abc import Iterable
from dataclasses import fields
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from agents import engine, learned
from agents.catalog.values import Model
from agents.engine import ModelInfo
from agents.models import ApiKey

KEPT = 500  # keys
_FIELDS = {field.name for field in fields(ModelInfo)}

_read: dict[UUID, tuple[tuple[datetime | None, datetime], list[Model]]] = {}


def models(keys: QuerySet[ApiKey] | Iterable[ApiKey]) -> list[Model]:
    """The models of the keys, in the order of the keys; a list that is known is not read from the database again."""
    if isinstance(keys, QuerySet):
        keys = list(keys.defer("model_cache", "encrypted_key"))
    return [model.taught(learned.manners(key.learned, model.id)) for key in keys for model in _of(key)]


def _of(key: ApiKey) -> list[Model]:
    stamp = (key.listed_at, key.updated_at)
    if (known := _read.get(key.pk)) and known[0] == stamp:
        return known[1]
    while len(_read) >= KEPT:
        _read.pop(next(iter(_read)))
    window = settings.MODEL_CONTEXT_WINDOW
    holder = "team" if key.team_id else "" if key.user_id else "instance"
    listed = [_info(row) for row in key.model_cache]
    known = {info.id for info in listed}
    listed += [engine.named(name) for name in key.added_models if name not in known]
    found = [
        Model.listed(key.provider, info, window, api_key=key.pk, key_label=key.label, holder=holder) for info in listed
    ]
    _read[key.pk] = stamp, found
    return found


def _info(row: dict) -> ModelInfo:
    prices = {name: Decimal(row[name]) for name in ("input_price", "output_price") if row.get(name) is not None}
    return ModelInfo(**{name: value for name, value in row.items() if name in _FIELDS} | prices)
