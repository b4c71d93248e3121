"""How a folder is meant: unlabeled, class folders, train/val/test, or a table of labels."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from core.data.manifest import counted, displayed
from core.data.tables.columns import Columns
from core.data.tables.rows import TABLE_SUFFIXES
from core.data.tables.splits import split_of_name
from core.images.data.label_tables import Tables, label_tables, tables_of_splits
from core.images.data.layout_names import SPLIT_NAMES, SPLIT_ORDER, UNLABELED_NAMES
from core.images.data.table import open_table
from core.images.data.walk import Listing, list_files
from core.system.stopping import never

Kind = Literal["unlabeled", "classes", "splits", "table"]


@dataclass(frozen=True)
class Layout:
    """One reading of a folder.

    Attributes:
        kind: What it is.
        folder: The folder that was given.
        below: POSIX path from there to where the reading starts, with a final slash, or empty.
        words: The reading in words, with counts of files that look like images.
        classes: Names of the class folders, sorted.
        splits: Name of a folder to `train`, `val` or `test`.
        tables: Path of a label table, and the split all its rows are of (None: see its rows).
    """

    kind: Kind
    folder: Path
    below: str
    words: str
    classes: tuple[str, ...] = ()
    splits: dict[str, str] = field(default_factory=dict)
    tables: tuple[tuple[Path, str | None], ...] = ()

    @property
    def is_labeled(self) -> bool:
        """Whether it says which class images belong to."""
        return self.kind != "unlabeled"

    def place(self, path: str) -> tuple[str, str | None] | None:
        """Class and split of the file at a path below `folder`, as far as folders tell."""
        if not path.startswith(self.below):
            return None
        parts = path[len(self.below) :].split("/")
        if self.kind == "classes" and len(parts) >= 2 and parts[0] in self.classes:
            return parts[0], None
        if self.kind == "splits" and len(parts) >= 3 and parts[0] in self.splits:
            return parts[1], self.splits[parts[0]]
        return None

    def split_of(self, path: str) -> str | None:
        """The split a file lies in, labeled or not; None outside of splits."""
        if not path.startswith(self.below):
            return None
        return self.splits.get(path[len(self.below) :].split("/", 1)[0])


def recognise(
    folder: Path, *, asked: Columns | None = None, stopped: Callable[[], bool] = never
) -> Layout:
    """Read what a folder (or a table) is from the names in it; nothing is decoded.

    Class folders are recognised if there are at least two, all images lie directly in them, and
    they hold two images each on average; whoever knows better says so with --labeled.

    Raises:
        RunError: `folder-not-found`, `folder-is-file`, `folder-denied`, or as `table_layout`.
    """
    folder = folder.absolute()
    if is_table(folder):
        return table_layout(folder, asked)
    return read_layout(list_files(folder, stopped=stopped), is_sure=False, asked=asked)


def is_table(path: Path) -> bool:
    """Whether `path` is a file of a kind that may hold labels."""
    return path.suffix.lower() in TABLE_SUFFIXES and path.is_file()


def table_layout(path: Path, asked: Columns | None = None) -> Layout:
    """The reading of a table that was given itself.

    Raises:
        RunError: `table-unreadable`, `table-columns`.
    """
    open_table(path, asked)
    words = f"labels in {displayed(path.name)}"
    return Layout("table", path.parent, "", words, tables=((path, None),))


def read_layout(listing: Listing, *, is_sure: bool, asked: Columns | None = None) -> Layout:
    """The reading of a listing.

    Args:
        listing: Of the folder.
        is_sure: Whether the user said that it is labeled; class folders may then be nested, hold
            one image each, or have other images beside them.
        asked: What the recipe says of tables. Where it names their columns, tables come first.
    """
    asked = asked or Columns()
    is_table_meant = asked.path is not None or asked.label is not None
    below = ""
    while True:
        paths = [f.path[len(below) :] for f in listing.files if f.path.startswith(below)]
        found = (
            (_table(listing, below, asked) if is_table_meant else None)
            or _splits(listing, below, paths)
            or _table(listing, below, asked)
            or _classes(listing, below, paths, is_sure=is_sure)
        )
        if found is not None:
            return found
        tops = {path.split("/", 1)[0] for path in paths if "/" in path}
        is_wrapped = len(tops) == 1 and all(path.count("/") >= 1 for path in paths)
        if not is_wrapped:
            break
        below += tops.pop() + "/"
    words = f"{counted(len(listing.files), 'unlabeled image')}"
    return Layout("unlabeled", listing.folder, "", words)


def _splits(listing: Listing, below: str, paths: list[str]) -> Layout | None:
    inside = [path.split("/") for path in paths if path.count("/") >= 2]
    counts = Counter((parts[0], parts[1]) for parts in inside if parts[0].lower() in SPLIT_NAMES)
    names = sorted({top for top, _ in counts})
    splits = {name: SPLIT_NAMES[name.lower()] for name in names}
    if "train" not in splits.values() and len(splits) < 2:
        return None
    classes = tuple(sorted({label for _, label in counts}))
    per_split = Counter[str]()
    for (top, _), count in counts.items():
        per_split[splits[top]] += count
    parts = [
        f"{per_split[split]:,} in {' and '.join(n + '/' for n in names if splits[n] == split)}"
        for split in SPLIT_ORDER
        if per_split[split]
    ]
    words = (
        f"{counted(sum(counts.values()), 'image')} in {counted(len(classes), 'class', 'classes')}"
        f": {', '.join(parts)}"
    )
    return Layout("splits", listing.folder, below, words, classes, splits)


def _table(listing: Listing, below: str, asked: Columns) -> Layout | None:
    tables: Tables = label_tables(listing, below, asked) or tables_of_splits(listing, below, asked)
    if not tables:
        return None
    names = [path.relative_to(listing.folder).as_posix() for path, _ in tables]
    words = f"labels in {' and '.join(map(displayed, names))}"
    tops = {file.path[len(below) :].split("/", 1)[0] for file in listing.files}
    # What the tables don't name is unlabeled; that of a test folder stays out of pre-training.
    splits = {top: split for top in tops if (split := split_of_name(top)) is not None}
    return Layout("table", listing.folder, below, words, splits=splits, tables=tables)


def _classes(listing: Listing, below: str, paths: list[str], *, is_sure: bool) -> Layout | None:
    counts = Counter(path.split("/", 1)[0] for path in paths if "/" in path)
    for name in [name for name in counts if name.lower() in UNLABELED_NAMES]:
        del counts[name]
    # A single folder is a class only if the user says so, and if nothing else can be meant.
    is_single_class = len(counts) == 1 and is_sure and all(path.count("/") == 1 for path in paths)
    if len(counts) < 2 and not is_single_class:
        return None
    if not is_sure:
        are_direct = all(path.count("/") == 1 for path in paths)
        if not are_direct or sum(counts.values()) < 2 * len(counts):
            return None
    classes = tuple(sorted(counts))
    words = f"{counted(sum(counts.values()), 'image')} in {counted(len(classes), 'class folder')}"
    return Layout("classes", listing.folder, below, words, classes)
