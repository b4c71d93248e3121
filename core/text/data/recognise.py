"""What a dropped folder or table of texts is, from names and first rows: quick, for a window."""

from dataclasses import dataclass
from pathlib import Path

from core.data.manifest import counted
from core.data.tables.encodings import encoding_of
from core.errors import RunError
from core.language import _
from core.text.data.columns import find_columns
from core.text.data.decode import kind_of
from core.text.data.fasttext import is_fasttext
from core.text.data.labeled_lines import labeled_lines
from core.text.data.places import read_places, seen_in, text_files
from core.text.data.plain_tables import plain_table
from core.text.data.read import TABLES, UNREADABLE, Columns, sample_rows

# Of more plain files, each is a document.
_FEW_FILES = 3


@dataclass(frozen=True)
class TextLayout:
    """One reading of a folder or table.

    Attributes:
        is_labeled: Whether it says which class texts belong to.
        words: The reading in words.
    """

    is_labeled: bool
    words: str


def recognise_texts(path: Path) -> TextLayout:
    """Read what texts are from names and first rows.

    Class folders are recognised if there are at least two, all plain files lie directly in them
    (or in them below a split's folder), and they hold two on average.

    Raises:
        RunError: `no-texts`.
    """
    files = text_files(path)
    if not files:
        raise RunError("no-texts", path=path, seen=seen_in(path))
    tables = [file for file in files if kind_of(file) in TABLES]
    plain = [file for file in files if kind_of(file) not in TABLES]
    label = next(filter(None, map(label_column, tables)), None)
    if label is not None:
        what = _("a table") if path.is_file() else counted(len(tables), "table")
        return TextLayout(
            True, _("{what} of texts, labels in column {label}").format(what=what, label=label)
        )
    if len(plain) <= _FEW_FILES and any(map(_has_labels, plain)):
        return TextLayout(
            True,
            _("{num_files}, a label on each line").format(
                num_files=counted(len(plain), "text file")
            ),
        )
    classes = read_places(path, files, is_labeled=False).plain.classes
    if path.is_dir() and not tables and classes:
        return TextLayout(
            True,
            _("{num_files} in {classes} classes").format(
                num_files=counted(len(plain), "text file"), classes=len(classes)
            ),
        )
    parts = [counted(len(plain), "text file")] if plain else []
    parts += [counted(len(tables), "table") + " " + _("of texts")] if tables else []
    return TextLayout(False, _("{parts}, no labels").format(parts=" and ".join(parts)))


def _has_labels(file: Path) -> bool:
    """Whether the lines of a plain file have labels, or a column that may."""
    try:
        encoding = encoding_of(file, of_its_head=True)
        if (table := plain_table(file, encoding)) is not None:
            return table.may_have_labels
        return is_fasttext(file, encoding) or labeled_lines(file, encoding) is not None
    except UNREADABLE:
        return False


def label_column(table: Path) -> str | None:
    """The column of a table that holds the label; None where there is none."""
    try:
        return find_columns(sample_rows(table), None, None)[1]
    except KeyError:
        return None


def columns_in(path: Path) -> tuple[str, ...]:
    """Names of all columns of the tables of a folder, or of one table, in their order."""
    tables = [file for file in text_files(path) if kind_of(file) in TABLES]
    names = (name for table in tables for row in sample_rows(table)[:1] for name in row)
    return tuple(dict.fromkeys(names))


def columns_found(path: Path, columns: Columns) -> tuple[str | None, str | None]:
    """The text and the label column that a scan takes from the first table; None without one."""
    for table in text_files(path):
        if kind_of(table) in TABLES:
            try:
                return find_columns(sample_rows(table), columns.text, columns.label)
            except KeyError:
                return None, None
    return None, None
