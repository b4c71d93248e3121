"""How many files of which kind a folder holds, from names alone where they tell: quick."""

import os
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from core.data.file_types import (
    HEADER_BYTES,
    IMAGE_SUFFIXES,
    OTHER_IMAGE_SUFFIXES,
    PACKED,
    PLAIN,
    is_about,
    is_image_header,
    is_text_head,
    may_be_plain_text,
    suffix_of,
    system_reason,
)
from core.language import _

PICTURES = IMAGE_SUFFIXES | OTHER_IMAGE_SUFFIXES
_HEAD_BYTES = 4096
# Files without a suffix that are looked into; of more, they speak for the others.
_MOST_SNIFFED = 500
_FEW_NAMED = 5
# What is not read, and how it becomes something that is.
_WAYS_OUT: Final = (
    (PACKED, _("unpack what is packed first")),
    (
        frozenset({".pdf", ".doc", ".docx", ".odt", ".rtf", ".epub", ".ppt", ".pptx", ".ps"}),
        _("save documents as plain text (.txt) first, or their pages as pictures"),
    ),
    (
        frozenset({".db", ".db3", ".sqlite", ".sqlite3", ".mdb", ".accdb", ".dta", ".sav", ".rds"}),
        _("save tables of databases as CSV first"),
    ),
    (
        frozenset({".npy", ".npz", ".h5", ".hdf5", ".mat", ".pkl", ".pickle", ".joblib", ".pt"})
        | {".pth", ".tfrecord", ".tfrecords", ".lmdb", ".rec"},
        _("write arrays out first: pictures as PNG, texts as CSV or Parquet"),
    ),
    (
        frozenset({".mp4", ".avi", ".mov", ".mkv", ".webm", ".mpg", ".mpeg", ".wmv", ".m4v"}),
        _("write the pictures of films out first, a folder each"),
    ),
)


@dataclass
class Census:
    """Files of a folder.

    Attributes:
        num_pictures: By their suffix, or by content where they have none.
        pictures: Paths of the first few, below the folder.
        num_texts: Plain texts, by their suffix, or by content where they have none. What is named
            like a picture (`labels/1.txt` of `images/1.jpg`) belongs to that one and isn't counted.
        texts: Paths of the first few.
        others: Number of other files by suffix.
    """

    num_pictures: int = 0
    pictures: list[str] = field(default_factory=list)
    num_texts: int = 0
    texts: list[str] = field(default_factory=list)
    others: Counter[str] = field(default_factory=Counter)


def census(folder: Path) -> Census:
    """Count the files of a folder; hidden and system ones are left out, what can't be read too."""
    found = Census()
    stems: set[str] = set()
    plain: list[str] = []
    nameless: list[str] = []
    for path in _files(folder):
        suffix = suffix_of(path.rsplit("/", 1)[-1])
        if suffix in PICTURES:
            found.num_pictures += 1
            found.pictures = sorted([*found.pictures, path])[:_FEW_NAMED]
            stems.add(_stem(path))
        elif suffix in PLAIN or (suffix == ".gz" and suffix_of(path[:-3]) in PLAIN):
            plain.append(path)
        elif may_be_plain_text(path.rsplit("/", 1)[-1]):
            nameless.append(path)
        else:
            found.others[suffix] += 1
    texts = [path for path in plain if _stem(path) not in stems and not _is_about(path)]
    sniffed = sorted(nameless)[:: max(1, len(nameless) // _MOST_SNIFFED)]
    named = [path for path in sniffed if is_text_file(folder / path) and not _is_about(path)]
    pictures = [path for path in sniffed if _is_picture_file(folder / path)]
    share = len(nameless) / max(1, len(sniffed))
    found.num_pictures += round(len(pictures) * share)
    found.pictures = sorted([*found.pictures, *pictures])[:_FEW_NAMED]
    found.num_texts = len(texts) + round(len(named) * share)
    found.texts = sorted([*texts, *named])[:_FEW_NAMED]
    return found


def others_in_words(folder: Path, besides: Collection[str] = ()) -> str:
    """What lies in a folder that is neither picture nor text, and how to get at it, in words."""
    others = census(folder).others if folder.is_dir() else Counter[str]()
    others = Counter({suffix: n for suffix, n in others.items() if suffix not in besides})
    without = _("without suffix")
    shown = [f"{count:,} {suffix or without}" for suffix, count in others.most_common(3)]
    way_out = [words for kind, words in _WAYS_OUT if not kind.isdisjoint(others)]
    return "; ".join([", ".join(shown), *way_out])


def is_text_file(file: Path) -> bool:
    """Whether the content of a file is text, whatever its name."""
    try:
        with file.open("rb") as raw:
            return is_text_head(raw.read(_HEAD_BYTES))
    except OSError:
        return False


def _is_picture_file(file: Path) -> bool:
    """Whether the content of a file is a picture, as of DICOM files without a suffix."""
    try:
        with file.open("rb") as raw:
            return is_image_header(raw.read(HEADER_BYTES))
    except OSError:
        return False


def _is_about(path: str) -> bool:
    return is_about(path.rsplit("/", 1)[-1])


def _stem(path: str) -> str:
    return path.rsplit("/", 1)[-1].rsplit(".", 1)[0]


def _files(folder: Path) -> Iterator[str]:
    """Paths of all files below; links to folders are followed, each folder once."""
    todo = [""]
    seen: set[tuple[int, int]] = set()
    while todo:
        below = todo.pop()
        where = folder / below
        try:
            status = where.stat()
            if (status.st_dev, status.st_ino) in seen:
                continue
            seen.add((status.st_dev, status.st_ino))
            with os.scandir(where) as entries:
                for entry in entries:
                    if system_reason(entry.name) is not None:
                        continue
                    path = f"{below}/{entry.name}" if below else entry.name
                    if entry.is_dir():
                        todo.append(path)
                    elif entry.is_file():
                        yield path
        except OSError:
            continue
