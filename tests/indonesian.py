"""The Indonesian words as people get them: compiled from locale/ into the data directory, and loaded."""

from pathlib import Path

import pytest
from django.conf import settings
from django.utils.translation import trans_real

from sambung import assets


@pytest.fixture
def indonesian():
    """Compile the words, and forget what was loaded before."""
    assets.compile_words(settings.PROJECT / "locale", Path(settings.LOCALE_PATHS[0]))
    trans_real._translations.clear()
    yield
    trans_real._translations.clear()
