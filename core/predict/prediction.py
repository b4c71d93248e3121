"""What a classifier says of one example, whatever its kind."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from core.recipe.tasks import in_digits, number_in_words


@dataclass(frozen=True)
class Number:
    """What a model that predicts numbers says of an example.

    Attributes:
        value: In the unit of the labels.
        margin: How near nine of ten predictions come to the truth; None: not known.
    """

    value: float
    margin: float | None = None

    @property
    def words(self) -> str:
        """`12.3 ± 1.4`."""
        shown = number_in_words(self.value)
        return shown if self.margin is None else f"{shown} ± {in_digits(self.margin)}"


# (class, probability).
Shares = tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Prediction:
    """What a classifier says of one example.

    Attributes:
        path: As it was given; `FILE:LINE` in a table; None of a text that is in no file.
        probabilities: (class, probability), the most likely first; empty when unreadable.
        problem: Why the image can't be read; empty when it can.
        embedding: (D,) float32 representation that the classes were told from; None unless asked
            for.
        text: The text itself where it is in no file: as a path it would lose slashes.
        candidates: The classes that it may be, at the level that was asked for; None: not asked.
        file: The file that it is in, where `path` names a place in it.
        read: The text that was read, of modalities that read texts.
        said: Of several labels those above their thresholds, the most likely first; None where the
            answer is one class.
        number: Of a model that predicts one, else None; then there are no probabilities.
    """

    path: Path | None
    probabilities: Shares
    problem: str = ""
    embedding: np.ndarray | None = field(default=None, compare=False)
    text: str = ""
    candidates: tuple[str, ...] | None = None
    file: Path | None = field(default=None, compare=False)
    read: str = field(default="", compare=False)
    said: tuple[str, ...] | None = None
    number: Number | None = None

    @property
    def source(self) -> Path:
        """The file that was read for it; of a text in no file it is empty."""
        return self.file or self.path or Path()

    @property
    def is_unknown(self) -> bool:
        """Whether the candidates are several, or none."""
        return self.candidates is not None and len(self.candidates) != 1

    @property
    def name(self) -> str:
        """What the example is called: its path, or the text itself."""
        return self.text if self.path is None else str(self.path)


def ranked(row: np.ndarray, classes: Sequence[str]) -> Shares:
    """(class, probability), the most likely first."""
    return tuple((classes[index], float(row[index])) for index in np.argsort(-row, kind="stable"))
