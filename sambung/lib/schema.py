"""Checks of JSON by a schema."""

import jsonschema
from django.core.exceptions import ValidationError


def check(value, schema: dict) -> None:
    """Raise ValidationError, which names the path, where the value does not follow the JSON schema."""
    error = jsonschema.exceptions.best_match(jsonschema.Draft202012Validator(schema).iter_errors(value))
    if error:
        raise ValidationError(f"{error.json_path}: {error.message}")
