"""Files in the data directory, whole or not at all."""

from django.core.files.storage import FileSystemStorage


class WholeFiles(FileSystemStorage):
    """Django's, but what could not be written to its end, such as on a disk that is full, is not there."""

    def _save(self, name: str, content) -> str:
        try:
            return super()._save(name, content)
        except OSError:
            self.delete(name)
            raise
