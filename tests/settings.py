"""Settings of tests: as they are, but for what would only cost time."""

from sambung.settings import *  # noqa: F403
from sambung.settings import DATABASES, LOGGING

PASSWORD_HASHERS = ["tests.hashers.Quick"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
DATABASES["default"]["OPTIONS"]["pool"]["min_size"] = 0
LOGGING["root"]["handlers"] = ["file"]
