"""Folders, tags and archives to keep chats in."""

import pytest

from chats.models import Folder
from teams.folders import create_folder


@pytest.fixture
def folder(workspace):
    """Make a folder of Alice's."""

    def make(name: str = "Work", parent: Folder | None = None, **fields) -> Folder:
        made = create_folder(Folder, workspace=workspace, name=name, parent=parent)
        Folder.objects.filter(pk=made.pk).update(**fields)
        made.refresh_from_db()
        return made

    return make
