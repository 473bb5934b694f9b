"""What tests of exports and imports share."""

import pytest


@pytest.fixture
def storage(on_disk):
    """Files of one test alone."""
    return on_disk
