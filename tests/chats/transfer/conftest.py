"""What tests of exports and imports share."""

import pytest


@pytest.fixture
def storage(settings, tmp_path):
    """Files of one test alone."""
    files = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = settings.STORAGES | {"default": files}
    return tmp_path
