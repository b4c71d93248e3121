"""Parquet tables that hold pictures themselves, as data sets of a hub do: written out as files.

They go into our cache, never beside the tables: a folder of pictures with one table that names
each, with every other column of its row.
"""

import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from PIL import Image

from core.data.archive import MARGIN_BYTES
from core.data.census import census
from core.data.file_types import HEADER_BYTES, is_image_header
from core.data.manifest import displayed
from core.data.splits import roles_of, roles_of_files
from core.data.tables.parquet_rows import parquet_rows
from core.errors import RunError
from core.language import _
from core.system.cache_folder import cache_folder
from core.system.progress import Paced, ProgressReport
from core.system.stopping import Stopped, never

WRITING_OUT = _("Writing out pictures")
_TABLE: Final = "metadata.jsonl"
_PICTURES: Final = "pictures"
# Raised when the same tables are written out otherwise than before.
_FORMAT = 1
# Rows that are in memory at once: a picture may have many megabytes.
_AT_ONCE = 32
_ROWS_TRIED = 20
_UNSAFE = re.compile(r"[^\w.\- ]")
_SUFFIXES = {"JPEG": ".jpg", "PNG": ".png", "WEBP": ".webp", "TIFF": ".tif", "BMP": ".bmp"}


def tables_of_pictures(path: Path, asked: str | None) -> dict[Path, str]:
    """Parquet tables that hold pictures, each with the column of them.

    Args:
        path: Such a table, or a folder of them without pictures of its own.
        asked: The column that the recipe names, if any.
    """
    if path.is_file():
        files = [path] if path.suffix.lower() == ".parquet" else []
    elif path.is_dir():
        found = census(path)
        files = (
            sorted(_parquet_below(path))
            if found.others[".parquet"] and not found.num_pictures
            else []
        )
    else:
        files = []
    columns = ((file, picture_column(file, asked)) for file in files)
    return {file: column for file, column in columns if column is not None}


def picture_column(file: Path, asked: str | None = None) -> str | None:
    """The column of a Parquet table whose cells are pictures; None if there is none.

    Args:
        file: The table.
        asked: Which one, where there may be several; the first otherwise.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(file) as table:
            names = [field.name for field in table.schema_arrow if _may_hold_pictures(field.type)]
            names.sort(key=lambda name: name != asked)
            if not names:
                return None
            batch = next(table.iter_batches(batch_size=_ROWS_TRIED, columns=names), None)
            rows = batch.to_pylist() if batch is not None else []
    except (OSError, pa.ArrowException):
        return None  # whoever reads it as a table says what is wrong
    for name in names:
        pictures = [data for row in rows if (data := _bytes_of(row.get(name))) is not None]
        if pictures and all(is_image_header(data[:HEADER_BYTES]) for data in pictures):
            return str(name)
    return None


def write_out(
    tables: dict[Path, str],
    *,
    into: Path | None = None,
    report: ProgressReport | None = None,
    stopped: Callable[[], bool] = never,
) -> Path:
    """Write the pictures of tables out as files, once; unchanged tables are found again.

    Args:
        tables: As `tables_of_pictures` finds them.
        into: Folder that takes what is written; the user's cache if None.
        report: Called with (what, done, total) in rows.
        stopped: Asked often.

    Returns:
        A folder of pictures and a table of them.

    Raises:
        RunError: `archive-unreadable`, `archive-no-room`.
        Stopped: `stopped()` became true; nothing is left behind.
    """
    import pyarrow as pa

    where = into or cache_folder() / "unpacked"
    top = Path(os.path.commonpath([file.parent for file in tables]))
    target = where / _key(top, tables)
    if target.is_dir():
        return target
    where.mkdir(parents=True, exist_ok=True)
    _refuse_without_room(top, tables, where)
    unfinished = Path(tempfile.mkdtemp(prefix=".unpacking-", dir=where))
    table = top
    try:
        with (unfinished / _TABLE).open("w", encoding="utf-8") as out:
            for row in _rows(tables, unfinished, Paced(report), stopped):
                table = row.table
                out.write(json.dumps(row.cells, default=str) + "\n")
        unfinished.replace(target)
    except (OSError, ValueError, pa.ArrowException) as error:
        if target.is_dir():
            return target  # another process was first
        raise RunError("archive-unreadable", path=displayed(str(table)), reason=error) from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return target


@dataclass(frozen=True)
class _Row:
    """A row to be written: its table, and its cells with the picture's file for the picture."""

    table: Path
    cells: dict[str, Any]


def _rows(
    tables: dict[Path, str], folder: Path, report: Paced, stopped: Callable[[], bool]
) -> Iterator[_Row]:
    splits = _splits(list(tables))
    total = sum(_num_rows(file) for file in tables)
    done = 0
    # One folder, whatever the tables are called: what folders mean is no question here.
    (folder / _PICTURES).mkdir()
    for index, (file, column) in enumerate(tables.items()):
        dated = file.stat().st_mtime_ns
        for number, row in parquet_rows(file, at_once=_AT_ONCE):
            if stopped():
                raise Stopped
            data = _bytes_of(row[column])
            cells = {name: cell for name, cell in row.items() if _bytes_of(cell) is None}
            cells[column] = _path_of(row[column])
            if data is not None:
                row_name = f"{index:05d}-{number - 1:07d}"
                written = _free(folder / _PICTURES, cells[column], row_name, data)
                written.write_bytes(data)
                # Written out once more, it has not changed.
                os.utime(written, ns=(dated, dated))
                cells[column] = f"{_PICTURES}/{written.name}"
            if file in splits:
                cells.setdefault("split", splits[file])
            done += 1
            report(WRITING_OUT, done, total)
            yield _Row(file, cells)


def _free(folder: Path, known: str | None, row_name: str, data: bytes) -> Path:
    """A file for a picture, under its own name if it has one, since names may tell of groups."""
    own = _safe(re.split(r"[/\\]", known)[-1]) if known else ""
    if not own.strip(". "):
        return folder / f"{row_name}{_suffix(data)}"
    return folder / own if not (folder / own).exists() else folder / f"{row_name}-{own}"


def _suffix(data: bytes) -> str:
    try:
        with Image.open(BytesIO(data)) as image:
            return _SUFFIXES.get(image.format or "", ".png")
    except (OSError, ValueError, Image.DecompressionBombError):
        return ".png"  # the scan looks at its content, and says what is wrong


def _splits(files: Sequence[Path]) -> dict[Path, str]:
    """Which split each table is, by its name or that of its folder; only what is told."""
    by_name = roles_of_files({file.name for file in files})
    by_folder = roles_of({file.parent.name for file in files})
    found = {file: by_name.get(file.name) or by_folder.get(file.parent.name) for file in files}
    return {file: role for file, role in found.items() if role is not None}


def _may_hold_pictures(kind: Any) -> bool:
    import pyarrow as pa

    if pa.types.is_struct(kind):
        place = kind.get_field_index("bytes")
        return place >= 0 and _may_hold_pictures(kind.field(place).type)
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind))


def _bytes_of(cell: Any) -> bytes | None:
    if isinstance(cell, dict):
        cell = cell.get("bytes")
    return cell if isinstance(cell, bytes) else None


def _path_of(cell: Any) -> str | None:
    path = cell.get("path") if isinstance(cell, dict) else None
    return path if isinstance(path, str) else None


def _parquet_below(folder: Path) -> Iterator[Path]:
    for where, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            if name.lower().endswith(".parquet") and not name.startswith("."):
                yield Path(where, name)


def _num_rows(file: Path) -> int:
    import pyarrow.parquet as pq

    with pq.ParquetFile(file) as table:
        return int(table.metadata.num_rows)


def _refuse_without_room(top: Path, tables: dict[Path, str], where: Path) -> None:
    # Pictures are packed already: a table is hardly smaller than what is in it.
    needed = sum(file.stat().st_size for file in tables)
    free = shutil.disk_usage(where).free
    if needed + MARGIN_BYTES > free:
        gib = 2**30
        raise RunError(
            "archive-no-room", path=top, needed_gib=needed / gib, free_gib=free / gib, at=where
        )


def _safe(name: str) -> str:
    return _UNSAFE.sub("_", name)[-100:]


def _key(top: Path, tables: dict[Path, str]) -> str:
    known = [str(_FORMAT), os.path.abspath(top)]  # noqa: PTH100
    for file, column in tables.items():
        status = file.stat()
        known.append(f"{file}|{column}|{status.st_size}|{status.st_mtime_ns}")
    hashed = hashlib.sha256("\n".join(known).encode("utf-8", "surrogatepass"))
    return f"{_safe(top.name)[:60]}-{hashed.hexdigest()[:12]}"
