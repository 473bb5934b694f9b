"""A team's addresses, asked by every role, as a page and as a script."""

import pytest

from tests.guards.walk.asking import SCRIPT, walk_workspace
from tests.guards.world import ROLES

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(600)]


@pytest.mark.parametrize("role", ROLES)
def test_pages(role):
    walk_workspace(role, True, {})


@pytest.mark.parametrize("role", ["anonymous", "owner", "teammate"])  # the others are answered as by a page
def test_scripts(role):
    walk_workspace(role, True, SCRIPT)
