"""Where texts lie: which files hold them, and what their names say about split and label."""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.data.census import census, is_text_file, others_in_words
from core.data.file_types import IMAGE_SUFFIXES, is_about, is_image_header, may_be_plain_text
from core.data.folders import read_folders
from core.data.manifest import Guess, displayed
from core.data.readings import FolderSays, Reading
from core.data.splits import SPLIT_NAMES, Role, is_unlabeled_name, nfc, roles_of_files
from core.data.word_count import num_words
from core.language import _
from core.text.data.decode import kind_of
from core.text.data.read import PLAIN, TABLES, UNREADABLE, Text, sample_rows

KNOWN = PLAIN | TABLES
_SUFFIXES = "|".join(re.escape(suffix) for suffix in sorted(IMAGE_SUFFIXES))
# Of letters only: `n01440764 111 108` is none.
_WORD = re.compile(r"\b[^\W\d_]+\b")
_PICTURE_NAME = re.compile(rf"[^<>\n]{{1,400}}({_SUFFIXES})", re.IGNORECASE)
# Tables of a folder that are looked into: they are of one kind.
_TRIED = 3
_ROWS_OF_PARQUET = 20
# Of the filled cells of a column, where that names pictures.
_MOST_CELLS = 0.8
_WORDS_OF_TEXT = 3
_MOST_NAMED = 6
# Plain files of one folder whose names are looked at.
_FEW_LOOSE = 20


@dataclass(frozen=True)
class FilePlace:
    """What the place of a file says of its texts.

    Attributes:
        label: Their class, if it is the folder's.
        split: `train`, `val` or `test`; None where nothing tells.
        is_unlabeled: Whether labels in it don't count: `unlabeled.csv`.
    """

    label: str | None = None
    split: str | None = None
    is_unlabeled: bool = False


def text_files(path: Path) -> list[Path]:
    """All text files of a folder, sorted; a file itself. Hidden ones and READMEs are left out.

    Files without a suffix, or with a number for one, are texts if their bytes are and no file
    beside them has a suffix of a text.
    """
    if path.is_file():
        return [path]
    known: list[Path] = []
    nameless: list[Path] = []
    for file in path.rglob("*"):
        is_known = kind_of(file) in KNOWN
        if (is_known or may_be_plain_text(file.name)) and _may_be_read(file, path):
            (known if is_known else nameless).append(file)
    # `datasets` keeps notes of its own beside its tables.
    of_datasets = {file.parent for file in known if kind_of(file) == ".arrow"}
    known = [f for f in known if f.parent not in of_datasets or kind_of(f) != ".json"]
    folders = {file.parent for file in known}
    known += [file for file in nameless if file.parent not in folders and is_text_file(file)]
    return sorted(known) or _by_content(path)


def _by_content(folder: Path) -> list[Path]:
    """Files of other names (`.html`, `.log`) that hold text: where there is nothing else."""
    return sorted(f for f in folder.rglob("*") if _may_be_read(f, folder) and is_text_file(f))


def seen_in(path: Path) -> str:
    """What else lies in a folder, for a message that it holds no texts."""
    others = others_in_words(path, KNOWN)
    return f" (found: {others})" if others else ""


def _may_be_read(file: Path, folder: Path) -> bool:
    return (
        not is_about(file.name)
        and not any(part.startswith(".") for part in file.relative_to(folder).parts)
        and file.is_file()
    )


def is_text(path: Path) -> bool:
    """Whether a folder or file is for the text modality: it has more texts than pictures."""
    num_texts = count_texts(path)
    return num_texts > 0 and (path.is_file() or num_texts > census(path).num_pictures)


def count_texts(path: Path) -> int:
    """How many texts a file or folder holds, about; a table of pictures holds none."""
    if path.is_file():
        is_plain = may_be_plain_text(path.name) and is_text_file(path)
        return int(is_plain or (kind_of(path) in KNOWN and not _names_pictures(path)))
    found = census(path)
    may_have_tables = found.others.keys() & (TABLES | {".gz"})
    tables = (
        [file for file in text_files(path) if kind_of(file) in TABLES] if may_have_tables else []
    )
    tables = tables[:_TRIED]
    if any(map(_names_pictures, tables)):
        return 0
    if not found.num_pictures:
        return found.num_texts + len(tables)
    return found.num_texts + sum(map(_num_rows_of_words, tables))


def _names_pictures(table: Path) -> bool:
    """Whether a column of a table holds pictures or their names, in nearly all of its cells."""
    if kind_of(table) not in TABLES:
        return False
    columns: defaultdict[str, list[Any]] = defaultdict(list)
    for row in _head(table):
        for name, cell in row.items():
            if cell not in (None, ""):
                columns[str(name)].append(cell)
    return any(
        sum(map(_is_picture, cells)) >= _MOST_CELLS * len(cells) for cells in columns.values()
    )


def _head(table: Path) -> list[dict[str, Any]]:
    if kind_of(table) != ".parquet":
        return sample_rows(table)
    try:
        import pyarrow.parquet as pq

        with pq.ParquetFile(table) as file:
            batch = next(file.iter_batches(batch_size=_ROWS_OF_PARQUET), None)
            return batch.to_pylist() if batch is not None else []
    except UNREADABLE:
        return []


def _is_picture(cell: object) -> bool:
    if isinstance(cell, dict):
        return any(map(_is_picture, cell.values()))
    if isinstance(cell, bytes):
        return is_image_header(cell[:16])
    return isinstance(cell, str) and _PICTURE_NAME.fullmatch(cell.strip()) is not None


def _num_rows_of_words(table: Path) -> int:
    """How many rows a table has if a column of it holds words, about; 0 if none does."""
    rows = sample_rows(table)
    words = Counter[str]()
    for row in rows:
        for name, cell in row.items():
            words[str(name)] += num_words(" ".join(_WORD.findall(str(cell))))
    return len(rows) if max(words.values(), default=0) >= _WORDS_OF_TEXT * len(rows) else 0


def reference(name: str, text: Text) -> str:
    """How a text is named: its file, and its line if the file holds many."""
    return f"{name}:{text.line}" if text.line else name


def is_variant(file: Path, names: set[str]) -> bool:
    """Whether a file is another version of a split beside it: `train.noleak` beside `train`."""
    stem, dot, _ = _stem(file).partition(".")
    beside = any(f"{stem}{suffix}{end}" in names for suffix in TABLES for end in ("", ".gz"))
    return bool(dot) and stem in SPLIT_NAMES and beside


@dataclass(frozen=True)
class TextPlaces:
    """What folders and names of files say of the texts in them.

    Attributes:
        folder: Where the files lie.
        plain: What the folders of plain files mean.
        tables: What those of tables mean.
        roles: Of files whose names are those of splits, or say that they have no labels.
    """

    folder: Path
    plain: Reading
    tables: Reading
    roles: Mapping[Path, Role]

    @property
    def notes(self) -> list[str]:
        """What was decided, in words."""
        odd = [f"{guess.what.removeprefix('file ')} is {guess.value}" for guess in self._of_names]
        more = [f"{len(odd) - _MOST_NAMED:,} more"] if len(odd) > _MOST_NAMED else []
        below = self.plain.below
        where = (
            [_("read from {below}, where the class folders are").format(below=displayed(below))]
            if below
            else []
        )
        return [
            *where,
            *self.plain.notes,
            *(["; ".join([*odd[:_MOST_NAMED], *more])] if odd else []),
        ]

    @property
    def guesses(self) -> list[Guess]:
        """What folders and files were taken for."""
        return [*self.plain.guesses, *self._few_of_names]

    @property
    def _of_names(self) -> list[Guess]:
        """Files whose names don't say it themselves, as a whole."""
        odd = sorted(
            (
                displayed(nfc(file.name)),
                role if role == "unlabeled" else _("the split {role}").format(role=role),
            )
            for file, role in self.roles.items()
            if _stem(file) not in SPLIT_NAMES and _stem(file) != role
        )
        return [Guess(f"file {name}", value, "data.labeled") for name, value in odd]

    @property
    def _few_of_names(self) -> list[Guess]:
        """The same; of many files one for all that are taken for the same."""
        found = self._of_names
        if len(found) <= _MOST_NAMED:
            return found
        alike: defaultdict[str, list[str]] = defaultdict(list)
        for guess in found:
            alike[guess.value].append(guess.what)
        words = {
            value: what[0] + (f" and {len(what) - 1:,} more" if len(what) > 1 else "")
            for value, what in alike.items()
        }
        return [Guess(what, value, "data.labeled") for value, what in words.items()]

    def place(self, file: Path) -> FilePlace:
        """That of one file."""
        name = file.relative_to(self.folder).as_posix()
        role = self.roles.get(file)
        split = role if role != "unlabeled" else None
        if kind_of(file) in TABLES:
            is_unlabeled = role == "unlabeled" or any(map(is_unlabeled_name, Path(name).parts[:-1]))
            return FilePlace(None, split or self.tables.place(name).split, is_unlabeled)
        place = self.plain.place(name)
        return FilePlace(place.label, place.split or (None if place.label else split))


def read_places(path: Path, files: Sequence[Path], *, is_labeled: bool) -> TextPlaces:
    """What a folder (or a single file) says of its files.

    Args:
        path: What was given.
        files: Its text files.
        is_labeled: Whether the user said that it is labeled; class folders may then be nested,
            and hold one text each.
    """
    folder = path if path.is_dir() else path.parent
    plain: Counter[str] = Counter()
    tables: Counter[str] = Counter()
    beside: defaultdict[Path, list[str]] = defaultdict(list)
    roles: dict[Path, Role] = {}
    for file in files:
        below = file.parent.relative_to(folder).as_posix()
        is_table = kind_of(file) in TABLES
        (tables if is_table else plain)["" if below == "." else below] += 1
        if is_table:
            beside[file.parent].append(file.name)
    reading = read_folders(plain, is_sure=is_labeled)
    if len(reading.classes) == 1 and reading.kind == "classes":
        reading = Reading("unlabeled", places=dict.fromkeys(reading.places, FolderSays()))
    for file in files:
        below = file.parent.relative_to(folder).as_posix()
        is_few = file.parent == folder or plain[below] <= _FEW_LOOSE
        # Of plain files many lie in a folder, and only what lies loose is named for a split.
        if kind_of(file) not in TABLES and is_few and not reading.place(f"{below}/").label:
            beside[file.parent].append(file.name)
    for parent, names in beside.items():
        roles |= {parent / name: role for name, role in roles_of_files(names).items()}
    return TextPlaces(folder, reading, read_folders(tables, is_sure=False), roles)


def _stem(file: Path) -> str:
    """Its name in lower case without what says how to read it: `train` of `train.jsonl.gz`."""
    return file.name.lower().removesuffix(".gz").removesuffix(kind_of(file))
