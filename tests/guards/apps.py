"""The apps, from top to bottom: what guards walk over. One that comes is walked over from its first file on."""

from pathlib import Path

PROJECT = Path(__file__).parent.parent.parent
#: Where each stands, those that are to come among them.
ORDER = ("sambung", "chats", "documents", "workflows", "agents", "teams")
APPS = tuple(app for app in ORDER if (PROJECT / app).is_dir())
WITH_MODELS = APPS[1:]
