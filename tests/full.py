"""Disks without room."""

import errno
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.test import override_settings

KIB = 1024


class Half(ContentFile):
    """A file of which the disk takes no more than the beginning."""

    def chunks(self, chunk_size=None):
        yield self.read(1)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.fixture
def on_disk(tmp_path) -> Iterator[Path]:
    """The storage lies in files here, as it does outside of tests."""
    backend = {"BACKEND": "sambung.lib.storage.WholeFiles", "OPTIONS": {"location": tmp_path}}
    with override_settings(STORAGES={"default": backend, "staticfiles": backend}):
        yield tmp_path


@pytest.fixture
def tiny(tmp_path) -> Iterator[Path]:
    """A real file system of 64 KiB; only root can make one."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount")
    folder = tmp_path / "tiny"
    folder.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={64 * KIB}", "tmpfs", folder], capture_output=True)
    if made.returncode:
        pytest.skip("nothing can be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]
