"""A map of a run's examples, as a table: what lays it out writes it, whoever shows it reads it."""

import json
import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.data.manifest import displayed
from core.data.tags import shown_tags
from core.errors import RunError
from core.language import _
from core.readers.point_tags import Tags
from core.recipe.tasks import number_in_words
from core.system.atomic import write_atomically

# Of more examples some are drawn: a screen has no more room, and a projection takes its time.
MOST_POINTS: Final = 100_000
# What stands for no split, and the splits.
SPLITS: Final = ("unlabeled", "train", "val", "test")
# How like another example one is: not at all, the same, nearly the same.
LIKENESS: Final = ("", "identical", "nearly identical")
_ABOUT: Final = b"redistill-map"
_TITLES: Final = {
    "initial": _("Initial"),
    "further": _("Further pre-trained"),
    "distilled": _("Self-distilled"),
}
_TAGS: Final = "tags"
_NUMBER: Final = "number"
_COLUMNS: Final = ("split", "label", "row", "likeness", "suggested")


@dataclass(frozen=True, eq=False, kw_only=True)
class Atlas:
    """N examples as points, once for each of S encoders.

    Attributes:
        kind: Name of the modality.
        encoders: Names of the encoders, in the order in which they were made.
        places: (S, N, 2) float32, most between -1 and 1.
        classes: Names of the classes.
        names: What each example is called.
        files: Where it is; of a text with its line.
        texts: The beginning of each text; empty where examples are no texts.
        split: (N,) index into `SPLITS`.
        label: (N,) index into `classes`; -1 for none, and where each may have several, or a number.
        row: (N,) which of its split it is; -1 for unlabeled ones.
        likeness: (N,) index into `LIKENESS`.
        suggested: (N,) the class that a suspected label should be; -1 for all others.
        num_left_out: Examples that are not on it: there are too many, or they can't be read.
        tags: Where each may have several labels, these; none of unlabeled ones.
        number: (N,) where labels are numbers, these; NaN of unlabeled ones.
        mark: Tells what it was made of; another mark, another map.
    """

    kind: str
    encoders: tuple[str, ...]
    places: NDArray[np.float32]
    classes: tuple[str, ...]
    names: Sequence[str]
    files: Sequence[str]
    texts: Sequence[str]
    split: NDArray[np.int8]
    label: NDArray[np.int32]
    row: NDArray[np.int64]
    likeness: NDArray[np.int8]
    suggested: NDArray[np.int32]
    num_left_out: int = 0
    tags: Tags | None = None
    number: NDArray[np.float64] | None = None
    mark: str = ""

    def __len__(self) -> int:
        return len(self.split)

    def between(self, at: float) -> NDArray[np.float32]:
        """(N, 2) places between two encoders: 0 is the first one, 1 the second, and so on."""
        last = len(self.encoders) - 1
        at = min(max(at, 0.0), float(last))
        before = min(int(at), max(0, last - 1))
        share = np.float32(at - before)
        if not share:
            here: NDArray[np.float32] = self.places[before]
            return here
        found: NDArray[np.float32] = (
            self.places[before] * (1 - share) + self.places[before + 1] * share
        )
        return found

    def labels_of(self, row: int) -> list[str]:
        """The labels of a point as they can be printed: one, several or none."""
        if self.tags is not None:
            return self.tags.names(row, self.classes)
        if self.number is not None:
            value = float(self.number[row])
            return [] if math.isnan(value) else [number_in_words(value)]
        own = int(self.label[row])
        return [displayed(self.classes[own])] if own >= 0 else []

    def class_of(self, index: int) -> str:
        """The name of a class; empty for none."""
        return self.classes[index] if index >= 0 else ""


def in_words(atlas: Atlas, row: int) -> str:
    """The labels of a point and its split; `unlabeled` alone."""
    split = SPLITS[atlas.split[row]]
    if not atlas.split[row]:
        return split
    return f"{shown_tags(atlas.labels_of(row))}, {split}"


def encoder_title(name: str) -> str:
    """An encoder in words."""
    return _TITLES.get(name, name)


def write_atlas(file: Path, atlas: Atlas) -> None:
    """Write a map as Parquet, whole or not at all.

    Raises:
        OSError: As the file system says.
    """
    # Late, like below: it takes a moment, and the command line asks this module for numbers.
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.table(
        {
            "name": pa.array(list(atlas.names), pa.string()),
            "file": pa.array([os.fsencode(each) for each in atlas.files], pa.binary()),
            "text": pa.array(list(atlas.texts) or [""] * len(atlas), pa.string()),
            **{name: getattr(atlas, name) for name in _COLUMNS},
            **{
                f"{axis}_{number}": atlas.places[number, :, which]
                for number in range(len(atlas.encoders))
                for which, axis in enumerate("xy")
            },
        }
    )
    if atlas.tags is not None:
        offsets = pa.array([0, *atlas.tags.ends.tolist()], pa.int32())
        lists = pa.ListArray.from_arrays(offsets, pa.array(atlas.tags.of, pa.int32()))
        table = table.append_column(_TAGS, lists)
    if atlas.number is not None:
        table = table.append_column(_NUMBER, pa.array(atlas.number))
    about = {
        "kind": atlas.kind,
        "encoders": atlas.encoders,
        "classes": [os.fsencode(name).hex() for name in atlas.classes],
        "num_left_out": atlas.num_left_out,
        "has_texts": bool(atlas.texts),
        "mark": atlas.mark,
    }
    table = table.replace_schema_metadata({_ABOUT: json.dumps(about)})
    write_atomically(file, partial(pq.write_table, table))


def read_atlas(file: Path) -> Atlas:
    """Read a map that `write_atlas` wrote.

    Raises:
        RunError: `map-damaged`.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(file)
        about = json.loads(table.schema.metadata[_ABOUT])
        places = [
            [table[f"{axis}_{number}"].to_numpy() for axis in "xy"]
            for number in range(len(about["encoders"]))
        ]
        found = Atlas(
            kind=about["kind"],
            encoders=tuple(about["encoders"]),
            places=np.asarray(places, dtype=np.float32).transpose(0, 2, 1),
            classes=tuple(os.fsdecode(bytes.fromhex(name)) for name in about["classes"]),
            names=table["name"].to_pylist(),
            files=[os.fsdecode(each) for each in table["file"].to_pylist()],
            texts=table["text"].to_pylist() if about["has_texts"] else (),
            num_left_out=int(about["num_left_out"]),
            tags=Tags.of_lists(table[_TAGS].to_pylist()) if _TAGS in table.column_names else None,
            number=table[_NUMBER].to_numpy() if _NUMBER in table.column_names else None,
            mark=about["mark"],
            **{name: table[name].to_numpy() for name in _COLUMNS},
        )
    except (OSError, ValueError, KeyError, TypeError, pa.ArrowException) as error:
        raise RunError("map-damaged", path=file, reason=error) from error
    return found
