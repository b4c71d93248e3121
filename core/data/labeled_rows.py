"""The labeled examples of one split as arrays: quickly read out of a manifest of any size.

A hundred thousand images as objects take seconds to make and to clean up, and meanwhile hold up a
window; as arrays they take a moment and a few megabytes.
"""

import json
import os
from array import array
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from core.data.manifest_file import read_header
from core.data.manifest_rows import EXAMPLE_ROW
from core.data.places import is_sealed, place_in
from core.errors import RunError
from core.recipe.tasks import lacking, task_named


@dataclass(frozen=True, eq=False)
class LabeledRows:
    """Labeled examples in the order of `Manifest.labeled_split`.

    Attributes:
        roots: Folders.
        classes: Names of all classes.
        names: Paths of all of them in one block of bytes.
        ends: (N,) where each path ends in it.
        root: (N,) index into `roots`.
        label: (N,) index into `classes`.
        is_own: Whether the manifest was made on this machine; see `core.data.places`.
    """

    roots: tuple[str, ...]
    classes: tuple[str, ...]
    names: bytes
    ends: NDArray[np.int64]
    root: NDArray[np.int64]
    label: NDArray[np.int64]
    is_own: bool = False

    def __len__(self) -> int:
        return len(self.ends)

    def path(self, index: int) -> Path:
        """Where an example is (or was), as the manifest names it."""
        start = int(self.ends[index - 1]) if index else 0
        name = os.fsdecode(self.names[start : int(self.ends[index])])
        return place_in(self.roots[int(self.root[index])], name, is_own=self.is_own)

    def chosen(self, rows: NDArray[np.int64]) -> "LabeledRows":
        """Some of the examples, by their places.

        Raises:
            IndexError: There is no such place.
        """
        starts = np.concatenate([[0], self.ends[:-1]]).astype(np.int64)
        names = [self.names[int(starts[row]) : int(self.ends[row])] for row in rows]
        return replace(
            self,
            names=b"".join(names),
            ends=np.cumsum([len(name) for name in names], dtype=np.int64),
            root=self.root[rows],
            label=self.label[rows],
        )


def read_labeled_rows(path: Path, split: str) -> LabeledRows:
    """Read the labeled examples of a split from a manifest.

    Raises:
        RunError: `manifest-damaged`, `manifest-newer`.
    """
    try:
        with path.open("rb") as file:
            return _parse(file, path, split)
    except (OSError, ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        raise RunError("manifest-damaged", path=path, reason=error) from error


def _parse(file: IO[bytes], path: Path, split: str) -> LabeledRows:
    header = read_header(file.readline(), path)
    task = task_named(header.get("task"))
    if not task.is_single:
        raise lacking(task, task.lacks["single-answers"])
    index = {name: number for number, name in enumerate(header["classes"])}
    names, ends, root, label = bytearray(), array("q"), array("q"), array("q")
    start, end = b'["%s",' % EXAMPLE_ROW.encode("ascii"), b'"%s"]\n' % split.encode("ascii")
    num_rows = num_lines = 0
    for line in file:
        num_lines += 1
        if not line.startswith(start):
            continue
        num_rows += 1
        if not line.endswith(end):
            continue
        values = json.loads(line)
        name, number, class_name = str(values[1]), int(values[2]), values[9]
        if class_name is None:
            continue
        names += os.fsencode(name)
        ends.append(len(names))
        root.append(number)
        label.append(index[class_name])
    counts = header["counts"]
    if num_rows != counts[EXAMPLE_ROW] or num_lines != sum(counts.values()):
        raise ValueError("it is cut short")
    roots, is_own = tuple(header["roots"]), is_sealed(header["roots"], header.get("seal"))
    return LabeledRows(
        roots=roots,
        classes=tuple(index),
        names=bytes(names),
        ends=np.array(ends, dtype=np.int64),
        root=np.array(root, dtype=np.int64),
        label=np.array(label, dtype=np.int64),
        is_own=is_own,
    )
