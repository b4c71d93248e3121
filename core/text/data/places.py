"""Where texts lie: which files hold them, and what their names say about split and label."""

from collections import Counter
from pathlib import Path

from core.data.file_types import IMAGE_SUFFIXES
from core.data.tables.columns import picture_column
from core.text.data.decode import kind_of
from core.text.data.read import PLAIN, TABLES, Text, sample_rows

KNOWN = PLAIN | TABLES
_SPLITS = {
    "train": "train",
    "training": "train",
    "dev": "val",
    "val": "val",
    "valid": "val",
    "validation": "val",
    "test": "test",
}
# Tables of a folder that are looked into: they are of one kind.
_TRIED = 3


def text_files(path: Path) -> list[Path]:
    """All text files of a folder, sorted; a file itself. Hidden ones and READMEs are left out."""
    if path.is_file():
        return [path]
    return sorted(
        file
        for file in path.rglob("*")
        if kind_of(file) in KNOWN
        and file.is_file()
        and not any(part.startswith(".") for part in file.relative_to(path).parts)
        and not file.name.lower().startswith(("readme", "license"))
    )


def is_text(path: Path) -> bool:
    """Whether a folder or file is for the text modality: texts, and no pictures nor their names."""
    if path.is_file():
        return kind_of(path) in KNOWN and not _names_pictures(path)
    suffixes = Counter(file.suffix.lower() for file in path.rglob("*") if file.is_file())
    if any(suffixes[suffix] for suffix in IMAGE_SUFFIXES):
        return False
    files = text_files(path)
    tables = [file for file in files if kind_of(file) in TABLES][:_TRIED]
    return bool(files) and not any(map(_names_pictures, tables))


def _names_pictures(table: Path) -> bool:
    """Whether nearly all cells of a column are names of pictures, or pictures themselves."""
    if kind_of(table) in PLAIN:
        return False
    rows = sample_rows(table)
    if picture_column(rows) is not None:
        return True
    return any(
        isinstance(cell, dict) and "bytes" in cell for row in rows[:1] for cell in row.values()
    )


def reference(name: str, text: Text) -> str:
    """How a text is named: its file, and its line if the file holds many."""
    return f"{name}:{text.line}" if text.line else name


def is_variant(file: Path, names: set[str]) -> bool:
    """Whether a file is another version of a split beside it: `train.noleak` beside `train`."""
    stem, dot, _ = _stem(file).partition(".")
    beside = any(f"{stem}{suffix}{end}" in names for suffix in TABLES for end in ("", ".gz"))
    return bool(dot) and stem in _SPLITS and beside


def place_of(name: Path, *, is_labeled: bool) -> tuple[str, str | None]:
    """Split and label that a file's place tells: `test/sports/1.txt`, `dev.jsonl`."""
    parts = list(name.parts[:-1])
    stem = _stem(name).split(".")[0]
    split = _SPLITS.get(parts[0].lower()) if parts else _SPLITS.get(stem)
    if parts and split is not None:
        parts = parts[1:]
    is_plain = kind_of(name) in PLAIN
    label = parts[0] if is_labeled and parts and is_plain else None
    return split or "train", label


def _stem(file: Path) -> str:
    """Its name in lower case without what says how to read it: `train` of `train.jsonl.gz`."""
    return file.name.lower().removesuffix(".gz").removesuffix(kind_of(file))
