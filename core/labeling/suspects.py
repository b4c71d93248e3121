"""Labels to doubt, as a table to decide in: it is read back as corrections.

Each row has the columns of corrections, and beside them what the probe says. Decisions that stand
in the table already stay there, also of examples that are no longer suspect.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from core.data.corrections import (
    COLUMNS,
    CONTENT,
    SUGGESTED,
    content_of,
    moved,
    read_corrections,
    shown_name,
)
from core.data.decision import Correction
from core.data.manifest import Example, Manifest, displayed
from core.data.modality import DataModality
from core.data.splits import SPLIT_ORDER
from core.errors import RunError
from core.labeling.examples import Looked, labeled_only, positions_of
from core.labeling.features import features_of
from core.recipe import DataRecipe
from core.system.atomic import write_bytes
from core.system.table_cells import plain_cell

MORE_COLUMNS: Final = (SUGGESTED, "probability", "given_probability", "split", "file", CONTENT)
TEXT_COLUMN: Final = "text"
_LONGEST = 500
# Agreement below which most of what is suspected is right (`tests/benchmarks/README.md`).
_WEAK = 0.8


@dataclass(frozen=True)
class Suspect:
    """An example whose label is probably wrong.

    Attributes:
        example: Which.
        name: As tables of corrections call it.
        given: Its label.
        suggested: The label that the probe thinks likelier.
        probability: Of that, by the probe.
        given_probability: Of its own label.
        file: Where it is.
        text: What it says, where it is a text: its beginning.
    """

    example: Example
    name: str
    given: str
    suggested: str
    probability: float
    given_probability: float
    file: str
    text: str = ""


@dataclass(frozen=True)
class Suspects:
    """What was found.

    Attributes:
        found: The most suspect first.
        num_judged: Of how many labels something could be said.
        num_untold: Of how many others nothing could be: too few others have their class.
        accuracy: Share of those judged that the probe agrees with.
    """

    found: tuple[Suspect, ...]
    num_judged: int
    num_untold: int
    accuracy: float

    @property
    def is_weak(self) -> bool:
        """Whether most of what was found is probably a mistake of the probe."""
        return self.accuracy < _WEAK


def splits_to_judge(*, with_test: bool) -> frozenset[str]:
    """The splits whose labels are looked at: test labels only where that is wanted."""
    return frozenset(SPLIT_ORDER if with_test else SPLIT_ORDER[:-1])


def find_suspects(looked: Looked, part: DataModality, data: DataRecipe, seed: int) -> Suspects:
    """Look at every labeled example of the manifest.

    Args:
        looked: Examples and encoder; see `labeled_only`.
        part: What reads their files.
        data: How they are read.
        seed: Of the folds.

    Raises:
        RunError: `labels-too-few`: nothing can be said of so few; memory ran out.
        Interrupted: Asked to end; features that were computed are kept.
    """
    manifest = looked.manifest
    examples, targets = positions_of(looked, SPLIT_ORDER)
    listed = [each for split in SPLIT_ORDER for each in manifest.used_split(split)]
    told = None
    if len(np.unique(targets)) > 1:
        told = judged(manifest, listed, features_of(looked, examples), targets, seed)
    if told is None or not told.is_told.any():
        raise RunError("labels-too-few", count=len(targets), classes=len(np.unique(targets)))
    rows, likelier, probabilities = told.rows, told.likelier, told.probabilities
    texts, _ = part.texts_again(manifest, [listed[row] for row in rows], data)
    found = tuple(
        Suspect(
            listed[row],
            shown_name(manifest, listed[row]),
            displayed(listed[row].label or ""),
            displayed(manifest.classes[likelier[row]]),
            float(probabilities[row, likelier[row]]),
            float(probabilities[row, targets[row]]),
            displayed(str(manifest.absolute(listed[row]))),
            texts.get((listed[row].root, listed[row].path), "")[:_LONGEST],
        )
        for row in rows
    )
    agrees = (probabilities.argmax(axis=1) == targets)[told.is_told]
    return Suspects(found, len(agrees), len(targets) - len(agrees), float(agrees.mean()))


@dataclass(frozen=True, eq=False)
class Judged:
    """What a probe says of N labels that it never saw with their examples.

    Attributes:
        rows: (S,) the suspect ones, the most suspect first.
        likelier: (N,) the most likely class beside the own one.
        probabilities: (N, C) of the classes.
        is_told: (N,) whether anything could be said.
    """

    rows: NDArray[np.intp]
    likelier: NDArray[np.integer[Any]]
    probabilities: NDArray[np.float64]
    is_told: NDArray[np.bool_]


def judged(
    manifest: Manifest,
    listed: Sequence[Example],
    features: np.ndarray,
    targets: np.ndarray,
    seed: int,
) -> Judged | None:
    """Judge labels by features; None where nothing can be said.

    Args:
        manifest: Says what belongs together.
        listed: N labeled examples of it.
        features: (N, D) what the encoder makes of them.
        targets: (N,) their classes.
        seed: Of the folds.
    """
    # Late: scikit-learn takes seconds.
    from core.evaluate.label_errors import (
        folds_apart,
        held_out_probabilities,
        suggested,
        suspected,
    )

    _, copies = np.unique([each.sha256 for each in listed], return_inverse=True)
    fold = folds_apart(targets, copies, _groups(manifest, listed), seed)
    told = held_out_probabilities(features, targets, len(manifest.classes), fold, seed=seed)
    if told is None:
        return None
    rows = suspected(targets, *told)
    return Judged(rows, suggested(targets, told[0]), *told)


def judged_only(manifest: Manifest, *, with_test: bool) -> Manifest:
    """What `find_suspects` is to look at.

    Raises:
        RunError: `labels-too-few`: nothing is labeled.
    """
    found = labeled_only(manifest, splits_to_judge(with_test=with_test))
    if len({each.label for each in found.labeled}) < 2:
        classes = len({each.label for each in found.labeled})
        raise RunError("labels-too-few", count=len(found.labeled), classes=classes)
    return found


def decided_before(manifest: Manifest, table: Path) -> list[Correction]:
    """Decisions that stand: in the table already, or applied when the data were read.

    Raises:
        RunError: There is a table, and it can't be read as one of corrections.
    """
    known = {each.name: each for each in manifest.corrections}
    if table.exists():
        before = moved(manifest, read_corrections(table))
        known |= {each.name: each for each in before if each.decision and each.name}
    return list(known.values())


def write_suspects(table: Path, suspects: Iterable[Suspect], decided: Sequence[Correction]) -> None:
    """Write a table of suspects, each with what was decided of it already.

    Raises:
        OSError: As the file system says.
    """
    suspects = list(suspects)
    known = {each.name: each for each in decided}
    has_texts = any(each.text for each in suspects)
    columns = (*COLUMNS, *MORE_COLUMNS, *([TEXT_COLUMN] if has_texts else []))
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(columns)
    for each in suspects:
        old = known.pop(each.name, Correction(each.name, each.given, ""))
        cells = [
            *(old.name, old.given, old.decision, old.new),
            *(each.suggested, f"{each.probability:.4f}", f"{each.given_probability:.4f}"),
            *(each.example.split or "", each.file, content_of(each.example)),
            *([" ".join(each.text.split())] if has_texts else []),
        ]
        writer.writerow(map(plain_cell, cells))
    for old in known.values():
        first = dict(zip((*COLUMNS, CONTENT), astuple(old), strict=True))
        writer.writerow(plain_cell(first.get(name, "")) for name in columns)
    write_bytes(table, out.getvalue().encode())


def _groups(manifest: Manifest, listed: Sequence[Example]) -> np.ndarray | None:
    """(N,) numbers of what belongs together; None where nothing was said of any."""
    if not any(group is not None for group in manifest.groups):
        return None
    pairs = zip(manifest.labeled, manifest.groups, strict=True)
    of = {(each.root, each.path): group for each, group in pairs}
    own = 1 + max(group for group in manifest.groups if group is not None)
    found = [of[each.root, each.path] for each in listed]
    numbers = [own + row if group is None else group for row, group in enumerate(found)]
    return np.asarray(numbers, dtype=np.int64)
