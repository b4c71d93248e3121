"""Which tables of a folder say what its images show, and why the others don't."""

from collections.abc import Iterable
from pathlib import Path

from core.data.manifest import counted, displayed
from core.data.splits import split_of_file
from core.data.tables.columns import Columns, has_boxes
from core.data.tables.rows import UNREADABLE, is_submission, read_rows, sample_rows
from core.errors import RunError
from core.images.data.row_files import name_before_upload, relative
from core.images.data.table import open_table, path_in
from core.images.data.walk import Listing, stem_of
from core.language import _

Tables = tuple[tuple[Path, str | None], ...]
# Tables that are looked into, and rows of each whose files are looked for.
_TRIED = 50
_ROWS = 200
_LISTED = 10
_OTHERWISE = _(
    "the folders or other tables are read instead, or were given as unlabeled; "
    "see data.label_column"
)


def label_tables(listing: Listing, below: str, asked: Columns) -> Tables:
    """Tables that lie in one folder and name images, with the split that their names tell."""
    here = [path for path in _tables(listing, below) if "/" not in path[len(below) :]]
    usable = [path for path in here[:_TRIED] if not _reason(listing, path, asked)]
    if len(usable) > 1:
        without = [path for path in usable if not _marks_boxes(listing.folder / path, asked)]
        usable = without or usable
    splits = {path: split_of_file(path) for path in usable}
    told = {path: split for path, split in splits.items() if split is not None}
    if len(told) > 1 and len(set(told.values())) == len(told) and "train" in told.values():
        # What is no split beside them says something else, as of classes.
        splits = dict(told)
    return tuple((listing.folder / path, split) for path, split in splits.items())


def tables_of_splits(listing: Listing, below: str, asked: Columns) -> Tables:
    """A table in the folder of each split, as `train/metadata.csv`; empty if there are others."""
    deeper = [path for path in _tables(listing, below) if "/" in path[len(below) :]]
    found = []
    for path in deeper[:_TRIED]:
        split = split_of_file(path[len(below) :].split("/", 1)[0])
        if split is not None and not _reason(listing, path, asked):
            found.append((listing.folder / path, split))
    splits = [split for _path, split in found]
    return tuple(found) if "train" in splits and len(set(splits)) == len(splits) else ()


def tables_elsewhere(listing: Listing, asked: Columns) -> Tables:
    """Tables in a folder of their own, as `annotations/train.csv`; empty if several have some."""
    with_images = {file.path.rpartition("/")[0] for file in listing.files}
    folders = {path.rpartition("/")[0] for path in _tables(listing, "")} - with_images - {""}
    found = [label_tables(listing, f"{folder}/", asked) for folder in sorted(folders)[:_TRIED]]
    usable = [tables for tables in found if tables]
    return usable[0] if len(usable) == 1 else ()


def unused_tables(listing: Listing, used: Iterable[Path], asked: Columns) -> list[str]:
    """Tables that are not read, each with the reason, in words."""
    read = set(used)
    words = []
    unused = [path for path in _tables(listing, "") if listing.folder / path not in read]
    for path in unused[:_LISTED]:
        reason = _reason(listing, path, asked)
        if not reason and _marks_boxes(listing.folder / path, asked):
            reason = _("it marks boxes in images")
        reason = reason or _OTHERWISE
        words.append(_("{path}: not used: {reason}").format(path=displayed(path), reason=reason))
    if len(unused) > _LISTED:
        words.append(
            _("{num_tables}: not used").format(
                num_tables=counted(len(unused) - _LISTED, "more table")
            )
        )
    beside = len(listing.tables) - len(_tables(listing, ""))
    if beside:
        words.append(
            _(
                "{num_files} beside an image of the same name: not used, since only tables "
                "of several images are read"
            ).format(num_files=counted(beside, "JSON file"))
        )
    return words


def _tables(listing: Listing, below: str) -> list[str]:
    """Tables below a folder; JSON files that belong to one image are none."""
    stems = {file.path.rpartition(".")[0] for file in listing.files}
    return [
        path
        for path in listing.tables
        if path.startswith(below)
        and not (path.lower().endswith(".json") and path.rpartition(".")[0] in stems)
    ]


def _reason(listing: Listing, path: str, asked: Columns) -> str:
    """Why a table says nothing of the images; empty if it does."""
    if is_submission(path.rsplit("/", 1)[-1]):
        return _("it is a sample submission")
    file = listing.folder / path
    try:
        table = open_table(file, asked)
        named = []
        for _number, row in read_rows(file, asked, lambda *_: None, lambda _: None):
            name = path_in(row.get(table.columns.path or ""))
            if name is not None:
                named.append(name)
            if len(named) == _ROWS:
                break
    except RunError as error:
        return _short(error)
    except UNREADABLE as error:
        return str(error)
    if not named or any(_is_here(listing, file, name) for name in named):
        return ""
    return _("none of the files it names is here (first: {named}); see data.path_column").format(
        named=displayed(named[0])
    )


def _marks_boxes(table: Path, asked: Columns) -> bool:
    return any(has_boxes(list(row)) for row in sample_rows(table, asked)[:1])


def _short(error: RunError) -> str:
    if error.id != "table-columns":
        return str(error.details.get("reason", error.what))
    settings = "data.path_column" if "path" in str(error.details["missing"]) else ""
    settings += " and " if " and " in str(error.details["missing"]) else ""
    settings += "data.label_column" if "label" in str(error.details["missing"]) else ""
    return _("no column for {missing} among {columns}; name it with {settings}").format(
        missing=error.details["missing"], columns=error.details["columns"], settings=settings
    )


def _is_here(listing: Listing, table: Path, name: str) -> bool:
    """Whether a file of that name, with or without its suffix, is there."""
    plain = name.replace("\\", "/")
    if Path(table.parent, plain).is_file():
        return True
    stem = stem_of(relative(plain, listing.folder))
    return not {stem, name_before_upload(stem)}.isdisjoint(_stems(listing))


def _stems(listing: Listing) -> set[str]:
    if not listing.stems:
        listing.stems.update(stem_of(file.path) for file in listing.files)
    return listing.stems
