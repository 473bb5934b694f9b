"""A new app is in every list of apps, and has its rooms in order."""

from django.apps import apps

from sambung.supervisor import database, server
from tests.guards.apps import APPS, PROJECT, WITH_MODELS
from tests.guards.rooms import ROOMS


def test_each_app_has_its_rooms():
    assert set(ROOMS) == set(WITH_MODELS) - {"teams"}, "teams is one room"


def test_no_app_stands_nowhere():
    ours = {config.name for config in apps.get_app_configs() if PROJECT / config.name in PROJECT.iterdir()}
    assert ours == set(APPS)


def test_the_supervisor_knows_all_apps():
    assert set(database.APPS) == set(APPS), "whose migrations are undone"
    assert set(server.PACKAGES) == set(APPS), "whose changes start the server anew"
