"""Zip files that are given instead of folders: unpacked into our cache, never beside the file."""

import hashlib
import os
import shutil
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from core.data.archive_names import written_names
from core.errors import RunError
from core.system.cache_folder import cache_folder
from core.system.progress import Paced, ProgressReport
from core.system.stopping import Stopped, never

UNPACKING = "Unpacking"
_PIECE = 1 << 20
# Images hardly compress: what grows more than this is no archive of images.
_MOST_GROWTH = 200
_MARGIN_BYTES = 1 << 28
# Raised when names of entries are read otherwise than before.
_NAMES_READ = 2


def is_archive(path: Path) -> bool:
    """Whether `path` is a zip file, by its content."""
    try:
        return path.is_file() and zipfile.is_zipfile(path)
    except OSError:
        return False


def unpack(
    archive: Path,
    *,
    into: Path | None = None,
    report: ProgressReport | None = None,
    stopped: Callable[[], bool] = never,
) -> Path:
    """Unpack a zip file once; an unchanged one is found again.

    Args:
        archive: The zip file.
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
    except (zipfile.BadZipFile, zipfile.LargeZipFile, RuntimeError, NotImplementedError) as error:
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
    with zipfile.ZipFile(archive) as file:
        entries = [entry for entry in file.infolist() if not entry.is_dir()]
        names = written_names(entries)
        _refuse_too_large(archive, entries, folder)
        for number, (entry, name) in enumerate(zip(entries, names, strict=True), 1):
            target = folder / _safe(archive, name)
            target.parent.mkdir(parents=True, exist_ok=True)
            with file.open(entry) as source, target.open("wb") as out:
                while piece := source.read(_PIECE):
                    if stopped():
                        raise Stopped
                    out.write(piece)
            report(UNPACKING, number, len(entries))


def _refuse_too_large(archive: Path, entries: list[zipfile.ZipInfo], folder: Path) -> None:
    needed = sum(entry.file_size for entry in entries)
    packed = max(1, sum(entry.compress_size for entry in entries))
    if needed > _MARGIN_BYTES and needed / packed > _MOST_GROWTH:
        raise RunError("archive-unsafe", path=archive, reason="it grows without measure")
    free = shutil.disk_usage(folder).free
    if needed + _MARGIN_BYTES > free:
        gib = 2**30
        raise RunError(
            "archive-no-room", path=archive, needed_gib=needed / gib, free_gib=free / gib, at=folder
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
