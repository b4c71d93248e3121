"""What was given, as files that a scan can read: archives and packed pictures are unpacked.

They go into our cache, once; nothing is written beside them. A recipe keeps naming what was given.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from core.data.archive import is_archive, unpack
from core.data.corrections import read_corrections, with_corrections
from core.data.manifest import Guess, Manifest, counted, displayed
from core.data.modality import DataModality, ScanRequest
from core.data.packed_pictures import tables_of_pictures, write_out
from core.language import _
from core.system.progress import ProgressReport
from core.system.stopping import never


@dataclass(frozen=True)
class Opened:
    """One file or folder.

    Attributes:
        path: What is to be read.
        notes: What was done, in words.
        guesses: What of it was guessed.
    """

    path: Path
    notes: tuple[str, ...] = ()
    guesses: tuple[Guess, ...] = ()

    def told(self, manifest: Manifest) -> Manifest:
        """A manifest that says so too."""
        notes = [note for note in self.notes if note not in manifest.notes]
        guesses = [guess for guess in self.guesses if guess not in manifest.guesses]
        return replace(
            manifest, notes=(*notes, *manifest.notes), guesses=(*guesses, *manifest.guesses)
        )


def opened(
    path: Path,
    path_column: str | None = None,
    *,
    report: ProgressReport | None = None,
    stopped: Callable[[], bool] = never,
) -> Opened:
    """Unpack an archive, and write out pictures that lie in Parquet tables; others stay.

    Args:
        path: A file or folder that a user gave.
        path_column: The column of the pictures, if it is known.
        report: Called with (what, done, total).
        stopped: Asked often.

    Raises:
        RunError: `archive-unreadable`, `archive-unsafe`, `archive-no-room`.
        Stopped: `stopped()` became true.
    """
    path = path.expanduser()
    if is_archive(path):
        path = unpack(path, report=report, stopped=stopped)
    tables = tables_of_pictures(path, path_column)
    if not tables:
        return Opened(path)
    columns = list(dict.fromkeys(tables.values()))
    number = counted(len(tables), "table")
    shown = displayed(", ".join(columns))
    words = _("the pictures in column {column} of {tables} were written out to {folder}")
    folder = write_out(tables, report=report, stopped=stopped)
    return Opened(
        folder,
        (words.format(column=shown, tables=number, folder=folder),),
        (Guess(_("the column of the pictures"), shown, "data.path_column"),),
    )


def opened_request(request: ScanRequest) -> tuple[ScanRequest, Callable[[Manifest], Manifest]]:
    """A request for files that can be read, and what tells its manifest what was opened.

    That corrects labels, too, where the recipe names a table of corrections.

    Raises:
        RunError: The table of corrections can't be used, as `core.data.corrections` says.
        RunError: `archive-unreadable`, `archive-unsafe`, `archive-no-room`.
        Stopped: `request.stopped()` became true.
    """
    path = Path(request.data.corrections) if request.data.corrections else None
    # Now: a mistake in it should not cost a scan.
    corrections = read_corrections(path.expanduser()) if path is not None else []
    given = [*request.unlabeled, *([request.labeled] if request.labeled is not None else [])]
    found = {
        path: opened(path, request.data.path_column, report=request.report, stopped=request.stopped)
        for path in dict.fromkeys(given)
    }

    def told(manifest: Manifest) -> Manifest:
        for each in found.values():
            manifest = each.told(manifest)
        return with_corrections(manifest, corrections, path) if path is not None else manifest

    labeled = found[request.labeled].path if request.labeled is not None else None
    unlabeled = [found[path].path for path in request.unlabeled]
    return replace(request, unlabeled=unlabeled, labeled=labeled), told


def scan_opened(part: DataModality, request: ScanRequest) -> Manifest:
    """Open what was given and scan it.

    Raises:
        RunError: What was given can't be opened or used.
        Stopped: `request.stopped()` became true.
    """
    asked, told = opened_request(request)
    return told(part.scan(asked))
