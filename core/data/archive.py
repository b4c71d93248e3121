"""Zip and tar files given instead of folders: unpacked into our cache, never beside them."""

import hashlib
import lzma
import os
import shutil
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import IO

from core.data.archive_names import written_names
from core.data.tables.workbook_rows import WORKBOOK_SUFFIXES
from core.errors import RunError
from core.system.cache_folder import cache_folder
from core.system.progress import Paced, ProgressReport
from core.system.stopping import Stopped, never

UNPACKING = "Unpacking"
_PIECE = 1 << 20
# Images hardly compress: what grows more than this is no archive of images.
_MOST_GROWTH = 200
MARGIN_BYTES = 1 << 28
# Raised when entries are read otherwise than before.
_NAMES_READ = 3
# Zip files by their content that are read as what they are, or not at all.
_DOCUMENTS = WORKBOOK_SUFFIXES | {".docx", ".pptx", ".odt", ".odp", ".epub", ".npz", ".pt", ".pth"}
_TAR_NAMES = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz")
_DAMAGED = (
    *(zipfile.BadZipFile, zipfile.LargeZipFile, tarfile.TarError, zlib.error, lzma.LZMAError),
    *(EOFError, RuntimeError, NotImplementedError),
)


def is_archive(path: Path) -> bool:
    """Whether `path` is a zip or tar file, by its content, and no document of another program."""
    try:
        if not path.is_file() or path.suffix.lower() in _DOCUMENTS:
            return False
        return zipfile.is_zipfile(path) or (_is_named_tar(path) and tarfile.is_tarfile(path))
    except OSError:
        return False


def _is_named_tar(path: Path) -> bool:
    # Any text packed as `.gz` would be unpacked to see that it is no archive.
    return path.name.lower().endswith(_TAR_NAMES)


def unpack(
    archive: Path,
    *,
    into: Path | None = None,
    report: ProgressReport | None = None,
    stopped: Callable[[], bool] = never,
) -> Path:
    """Unpack a zip or tar file once; an unchanged one is found again.

    Args:
        archive: The file.
        into: Folder that takes the unpacked folders; the user's cache if None.
        report: Called with (what, done, total) in files.
        stopped: Asked often.

    Returns:
        The folder with its content.

    Raises:
        RunError: `archive-unreadable`, `archive-unsafe`, `archive-no-room`.
        Stopped: `stopped()` became true; nothing is left behind.
    """
    where = into or cache_folder() / "unpacked"
    target = where / _key(archive)
    if target.is_dir():
        return target
    where.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(prefix=".unpacking-", dir=where))
    try:
        _unpack(archive, unfinished, Paced(report), stopped)
        unfinished.replace(target)
    except _DAMAGED as error:
        raise RunError("archive-unreadable", path=archive, reason=error) from error
    except OSError as error:
        if target.is_dir():
            return target  # another process was first
        reason = error.strerror or str(error)
        raise RunError("archive-unreadable", path=archive, reason=reason) from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return target


def _unpack(archive: Path, folder: Path, report: Paced, stopped: Callable[[], bool]) -> None:
    if zipfile.is_zipfile(archive):
        _unpack_zip(archive, folder, report, stopped)
    else:
        _unpack_tar(archive, folder, report, stopped)


def _unpack_zip(archive: Path, folder: Path, report: Paced, stopped: Callable[[], bool]) -> None:
    with zipfile.ZipFile(archive) as file:
        entries = [entry for entry in file.infolist() if not entry.is_dir()]
        names = written_names(entries)
        packed = sum(entry.compress_size for entry in entries)
        _refuse_too_large(archive, sum(entry.file_size for entry in entries), packed, folder)
        for number, (entry, name) in enumerate(zip(entries, names, strict=True), 1):
            with file.open(entry) as source:
                target = _write(source, folder / _safe(archive, name), stopped)
            _date(target, _seconds(entry))
            report(UNPACKING, number, len(entries))


def _seconds(entry: zipfile.ZipInfo) -> float:
    try:
        return datetime(*entry.date_time, tzinfo=UTC).timestamp()
    except ValueError:
        return 0.0  # some programs leave it empty


def _unpack_tar(archive: Path, folder: Path, report: Paced, stopped: Callable[[], bool]) -> None:
    packed = archive.stat().st_size
    written = 0
    with tarfile.open(archive) as file:
        # One by one: to list them first, all of it would be unpacked twice.
        for number, entry in enumerate((entry for entry in file if entry.isreg()), 1):
            written += entry.size
            _refuse_too_large(archive, written, packed, folder, wanted=entry.size)
            source = file.extractfile(entry)
            assert source is not None  # it is a regular file
            target = _write(source, folder / _safe(archive, entry.name), stopped)
            _date(target, entry.mtime)
            report(UNPACKING, number, 0)


def _write(source: IO[bytes], target: Path, stopped: Callable[[], bool]) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as out:
        while piece := source.read(_PIECE):
            if stopped():
                raise Stopped
            out.write(piece)
    return target


def _date(file: Path, seconds: float) -> None:
    """As in the archive: unpacked once more, a file has not changed."""
    os.utime(file, (seconds, seconds))


def _refuse_too_large(
    archive: Path, needed: int, packed: int, folder: Path, *, wanted: int | None = None
) -> None:
    """Refuse what grows without measure, or has no room.

    Args:
        archive: The file.
        needed: Bytes of all that is in it, as far as known.
        packed: Bytes of it as it is packed.
        folder: Where it is unpacked.
        wanted: Bytes that are still to be written; all if None.
    """
    if needed > MARGIN_BYTES and needed / max(1, packed) > _MOST_GROWTH:
        raise RunError("archive-unsafe", path=archive, reason="it grows without measure")
    free = shutil.disk_usage(folder).free
    room = (needed if wanted is None else wanted) + MARGIN_BYTES
    if room > free:
        gib = 2**30
        # The folder that is there before and after, not the one in which it would be unpacked.
        raise RunError(
            "archive-no-room",
            path=archive,
            needed_gib=room / gib,
            free_gib=free / gib,
            at=folder.parent,
        )


def _safe(archive: Path, name: str) -> PurePosixPath:
    """The path of an entry below the folder it is unpacked to."""
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or (path.parts and ":" in path.parts[0]):
        raise RunError("archive-unsafe", path=archive, reason=f"it holds the path {name}")
    return path


def _key(archive: Path) -> str:
    try:
        status = archive.stat()
    except OSError as error:
        raise RunError("archive-unreadable", path=archive, reason=error.strerror) from error
    where = os.path.abspath(archive)  # noqa: PTH100
    known = f"{where}|{status.st_size}|{status.st_mtime_ns}|{_NAMES_READ}"
    return f"{archive.stem[:60]}-{hashlib.sha256(known.encode()).hexdigest()[:12]}"
