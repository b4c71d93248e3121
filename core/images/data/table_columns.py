"""Which columns of a table of labels say what."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from core.data.file_types import IMAGE_SUFFIXES, suffix_of

_PATH_NAMES: Final = (
    *("path", "file_path", "filepath", "image_path", "imagepath", "img_path", "file", "file_name"),
    *("filename", "image_file", "image_name", "image_filename", "image", "img", "images", "fname"),
)
_LABEL_NAMES: Final = (
    *("label", "class", "category", "target", "labels", "class_name", "classname", "label_name"),
    *("species", "y", "class_id", "label_id"),
)
_SPLIT_NAMES: Final = ("split", "subset", "partition", "set")


@dataclass(frozen=True, slots=True)
class Columns:
    """Positions of the columns; `has_header` tells whether the first row names them."""

    path: int
    label: int
    split: int | None
    has_header: bool = True


def find_columns(names: Sequence[str]) -> tuple[int | None, int | None, int | None]:
    """Positions of the path, label and split column among `names`; None for one not found."""
    plain = [name.strip().lower().replace(" ", "_").replace("-", "_") for name in names]

    def first(known: Sequence[str]) -> int | None:
        return next((plain.index(name) for name in known if name in plain), None)

    return first(_PATH_NAMES), first(_LABEL_NAMES), first(_SPLIT_NAMES)


def without_header(first_row: Sequence[str]) -> Columns | None:
    """The columns of a table whose first row already is an image and its label."""
    are_paths = [suffix_of(value.strip()) in IMAGE_SUFFIXES for value in first_row]
    if len(first_row) != 2 or sum(are_paths) != 1:
        return None
    path = are_paths.index(True)
    return Columns(path, 1 - path, None, has_header=False)
