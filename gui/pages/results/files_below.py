"""What somebody means who drops a folder where examples are tried: the files in it."""

import os
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from core.recipe.modality import Modality


def files_below(paths: Sequence[Path], modality: Modality, most: int) -> list[Path]:
    """The files given and those below folders given, at most so many; sorted within a folder.

    Of a folder, files that look like examples; where none does, all of them, and those that
    can't be read are said to be so. Hidden ones are passed over.
    """
    return list(islice(_files(paths, modality), most))


def _files(paths: Sequence[Path], modality: Modality) -> Iterator[Path]:
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        likely = (file for file in _below(path) if file.suffix.lower() in modality.suffixes)
        first = next(likely, None)
        if first is None:
            yield from _below(path)
        else:
            yield first
            yield from likely


def _below(folder: Path) -> Iterator[Path]:
    for where, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if not name.startswith("."):
                yield Path(where, name)
