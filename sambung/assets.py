"""Static files and words, made ready once for each state of the sources: one app.css, hashed names, .mo files."""

import hashlib
import logging
import shutil
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage, staticfiles_storage
from django.core.files.base import ContentFile
from django.core.management import call_command
from filelock import FileLock
from servestatic.compress import Compressor

logger = logging.getLogger(__name__)

LAYERS = ("tokens.css", "base.css", "layout.css", "components/*.css", "utilities.css")
SOURCES = ("static", "locale")
_urls: dict[tuple, str] = {}


class HashedStorage(ManifestStaticFilesStorage):
    """Names with a hash of the content, also in the imports of ES modules; css/app.css is all layers in order."""

    support_js_module_import_aggregation = True
    max_post_process_passes = 10  # one for each module in a row of imports, and one more

    def url(self, name, force=False):
        """Return the address of a file; kept for each manifest, since a page asks a hundred times at 30 µs."""
        key = (self.manifest_hash, name, force)
        if (found := _urls.get(key)) is None:
            found = _urls[key] = super().url(name, force)
        return found

    def post_process(self, paths, dry_run=False, **options):
        if not dry_run:
            name = "css/app.css"
            if self.exists(name):
                self.delete(name)
            self.save(name, ContentFile(stylesheet(Path(self.location) / "css").encode()))
            paths = {path: found for path, found in paths.items() if not path.startswith("css/")}
            paths[name] = (self, name)
        yield from super().post_process(paths, dry_run, **options)


def stylesheet(folder: Path) -> str:
    """Return all stylesheets under `folder` as one, in the order of their layers."""
    files = [path for pattern in LAYERS for path in sorted(folder.glob(pattern))]
    return "\n".join(path.read_text(encoding="utf-8") for path in files)


def prepare() -> None:
    """Collect static files and compile words, unless that was done for these very sources."""
    with FileLock(settings.HOME.run / "assets.lock"):
        stamp = settings.HOME.run / "assets.stamp"
        state = _state()
        if stamp.exists() and stamp.read_text() == state:
            return
        compile_words(settings.PROJECT / "locale", Path(settings.LOCALE_PATHS[0]))
        shutil.rmtree(settings.STATIC_ROOT, ignore_errors=True)
        call_command("collectstatic", interactive=False, verbosity=0)
        staticfiles_storage.hashed_files, staticfiles_storage.manifest_hash = staticfiles_storage.load_manifest()
        compress([staticfiles_storage.path(name) for name in staticfiles_storage.hashed_files.values()])
        stamp.write_text(state)
        logger.info("Static files and words are ready.")


def compress(files: list[str]) -> None:
    """Lay a smaller copy beside each file that pages name, where there is one: browsers are sent that."""
    compressor = Compressor(use_brotli=False, use_zstd=False, quiet=True)
    for file in filter(compressor.should_compress, files):
        compressor.compress(file)


def compile_words(source: Path, target: Path) -> None:
    """Make a .mo file under `target` from each .po file under `source`."""
    for path in source.glob("*/LC_MESSAGES/*.po"):
        compiled = BytesIO()
        write_mo(compiled, read_po(BytesIO(path.read_bytes())))
        made = (target / path.relative_to(source)).with_suffix(".mo")
        made.parent.mkdir(parents=True, exist_ok=True)
        made.write_bytes(compiled.getvalue())


def _state() -> str:
    """A digest of names, sizes and times of all sources, and of the code that makes the files."""
    files = [Path(__file__)]
    for folder in SOURCES:
        files += [path for path in sorted((settings.PROJECT / folder).rglob("*")) if path.is_file()]
    seen = (f"{path}:{(stat := path.stat()).st_size}:{stat.st_mtime_ns}" for path in files)
    return hashlib.sha256("\n".join(seen).encode()).hexdigest()
