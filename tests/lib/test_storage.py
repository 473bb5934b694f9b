"""Files are whole or not there."""

import errno

import pytest
from django.core.files.base import ContentFile

from sambung.lib.storage import WholeFiles
from tests.full import KIB, Half, files_in


def test_a_file_that_the_disk_takes_in_part_is_not_there(tmp_path):
    storage = WholeFiles(location=tmp_path)
    with pytest.raises(OSError, match="No space left"):
        storage.save("a/file", Half(b"much"))
    assert files_in(tmp_path) == []


def test_a_disk_that_is_full(tiny):
    storage = WholeFiles(location=tiny)
    name = storage.save("a/small", ContentFile(b"x" * KIB))
    with pytest.raises(OSError, match="No space left") as refused:
        storage.save("a/large", ContentFile(b"x" * 128 * KIB))
    assert refused.value.errno == errno.ENOSPC
    assert [path.name for path in files_in(tiny)] == ["small"]
    storage.save("a/other", ContentFile(b"x" * 16 * KIB))  # there is room for what fits
    assert storage.size(name) == KIB
