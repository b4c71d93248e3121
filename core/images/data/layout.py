"""How a folder is meant: unlabeled, class folders, train/val/test, or a table of labels."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from core.data.folder_tree import Folder, folder_tree, only_child
from core.data.folders import (
    read_classes,
    read_flat_splits,
    read_folders,
    read_splits,
)
from core.data.manifest import counted, displayed
from core.data.readings import FolderSays, Reading
from core.data.splits import SPLIT_ORDER
from core.data.tables.columns import Columns
from core.data.tables.rows import TABLE_SUFFIXES
from core.images.data.label_tables import (
    Tables,
    label_tables,
    tables_elsewhere,
    tables_of_splits,
)
from core.images.data.masks import without_masks
from core.images.data.table import open_table
from core.images.data.walk import Listing, list_files
from core.language import _, ngettext
from core.system.stopping import never

LayoutKind = Literal["unlabeled", "classes", "splits", "table"]


@dataclass(frozen=True)
class Layout:
    """One reading of a folder.

    Attributes:
        kind: What it is.
        folder: The folder that was given.
        below: POSIX path from there to where the reading starts, with a final slash, or empty.
        words: The reading in words, with counts of files that look like images.
        tables: Path of a label table, and the split all its rows are of (None: see its rows).
        reading: What its folders say.
    """

    kind: LayoutKind
    folder: Path
    below: str
    words: str
    tables: tuple[tuple[Path, str | None], ...] = ()
    reading: Reading = field(default_factory=lambda: Reading("unlabeled"))

    @property
    def is_labeled(self) -> bool:
        """Whether it says which class images belong to."""
        return self.kind != "unlabeled"

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the class folders, sorted."""
        return self.reading.classes

    def place(self, path: str) -> FolderSays:
        """What folders say of the file at a path below `folder`."""
        return self.reading.place(path)


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
    listing = without_masks(list_files(folder, stopped=stopped))
    return read_layout(listing, is_sure=False, asked=asked)


def is_table(path: Path) -> bool:
    """Whether `path` is a file of a kind that may hold labels."""
    return path.suffix.lower() in TABLE_SUFFIXES and path.is_file()


def table_layout(path: Path, asked: Columns | None = None) -> Layout:
    """The reading of a table that was given itself.

    Raises:
        RunError: `table-unreadable`, `table-columns`.
    """
    open_table(path, asked)
    words = _("labels in {name}").format(name=displayed(path.name))
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
    counts = folder_counts(listing)
    folder: Folder | None = folder_tree(counts)
    while folder is not None:
        below = f"{folder.path}/" if folder.path else ""
        if is_table_meant and (table := _table(listing, below, asked)) is not None:
            return table
        if (found := read_splits(folder)) is not None:
            return _of_folders(listing, "splits", found, counts)
        if (table := _table(listing, below, asked)) is not None:
            return table
        if (found := read_flat_splits(folder)) is not None:
            elsewhere = _of_tables(listing, "", tables_elsewhere(listing, asked))
            return elsewhere or _flat(listing, found, counts)
        around = only_child(folder)
        # A single folder around everything is no class where it holds a table.
        is_wrapped = around is not None and _has_table_inside(listing, around, asked)
        if not is_wrapped and (found := read_classes(folder, is_sure=is_sure)) is not None:
            return _of_folders(listing, "classes", found, counts)
        folder = around
    words = f"{counted(len(listing.files), 'unlabeled image')}"
    elsewhere = _of_tables(listing, "", tables_elsewhere(listing, asked))
    return elsewhere or Layout("unlabeled", listing.folder, "", words)


def _has_table_inside(listing: Listing, folder: Folder | None, asked: Columns) -> bool:
    while folder is not None:
        if _table(listing, f"{folder.path}/", asked) is not None:
            return True
        folder = only_child(folder)
    return False


def folder_counts(listing: Listing) -> Counter[str]:
    """How many images lie directly in each folder."""
    return Counter(file.path.rpartition("/")[0] for file in listing.files)


def _of_folders(
    listing: Listing, kind: LayoutKind, reading: Reading, counts: Counter[str]
) -> Layout:
    if reading.kind == "sets":
        words = _("{num_images} of several data sets").format(
            num_images=counted(len(listing.files), "unlabeled image")
        )
        return Layout("unlabeled", listing.folder, reading.below, words, reading=reading)
    found = reading.counts(counts)
    labeled = {place: count for place, count in found.items() if place[0] is not None}
    total, num_classes = sum(labeled.values()), len(reading.classes)
    words = ngettext(
        "{num_images} in {number:,} class folder",
        "{num_images} in {number:,} class folders",
        num_classes,
    )
    if kind == "splits":
        words = ngettext(
            "{num_images} in {number:,} class: {parts}",
            "{num_images} in {number:,} classes: {parts}",
            num_classes,
        )
    parts = _per_split(reading, labeled)
    words = words.format(num_images=counted(total, "image"), number=num_classes, parts=parts)
    return Layout(kind, listing.folder, reading.below, words, reading=reading)


def _per_split(reading: Reading, counts: Mapping[tuple[str | None, str | None], int]) -> str:
    """`12 in train/, 4 in valid/`."""
    names = {
        split: " and ".join(
            f"{displayed(n)}/" for n, s in sorted(reading.splits.items()) if s == split
        )
        for split in SPLIT_ORDER
    }
    per_split = Counter[str]()
    for (_label, split), count in counts.items():
        per_split[split or "train"] += count
    return ", ".join(
        f"{per_split[split]:,} in {names[split]}" for split in SPLIT_ORDER if per_split[split]
    )


def _flat(listing: Listing, reading: Reading, counts: Counter[str]) -> Layout:
    parts = _per_split(reading, reading.counts(counts))
    words = _("{num_images} in splits without classes: {parts}").format(
        num_images=counted(len(listing.files), "unlabeled image"), parts=parts
    )
    return Layout("unlabeled", listing.folder, reading.below, words, reading=reading)


def _table(listing: Listing, below: str, asked: Columns) -> Layout | None:
    tables = label_tables(listing, below, asked) or tables_of_splits(listing, below, asked)
    return _of_tables(listing, below, tables)


def _of_tables(listing: Listing, below: str, tables: Tables) -> Layout | None:
    if not tables:
        return None
    names = [path.relative_to(listing.folder).as_posix() for path, _split in tables]
    words = _("labels in {tables}").format(tables=" and ".join(map(displayed, names)))
    # What the tables don't name is unlabeled; that of a test folder stays out of pre-training.
    folders = read_folders(folder_counts(listing), is_sure=False)
    reading = Reading("unlabeled")
    if folders.kind == "flat splits":
        reading = folders
        named = ", ".join(f"{displayed(name)}/" for name in sorted(folders.splits))
        reading.notes = [_("what no table names in {named} has no label").format(named=named)]
    return Layout("table", listing.folder, below, words, tables, reading)
