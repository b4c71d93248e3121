"""One row of predictions: an example with its answer, and what stands in its columns."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from core.language import _
from core.recipe.tasks import number_in_words
from gui.words.numbers import percent
from gui.words.sentences import any_of

UNKNOWN, UNREADABLE = _("unknown"), _("can't be read")
# Of several labels, where none is above its threshold.
NO_LABEL = _("none of the labels")


class Column(IntEnum):
    """What stands where."""

    EXAMPLE = 0
    CLASS = 1
    PROBABILITY = 2


@dataclass(frozen=True, slots=True)
class Predicted:
    """One example with its answer; slim, because there may be a million.

    Attributes:
        file: Where it is.
        name: As it is shown: of a text its first words.
        label: The most likely class, or all labels that are said; empty where it can't be read, and
            of numbers.
        probability: Of that one; of several that of the least likely.
        problem: Why it can't be read.
        is_unknown: Whether several classes may be it, or none.
        candidates: Those.
    """

    file: str
    name: str
    label: str
    probability: float
    problem: str = ""
    is_unknown: bool = False
    candidates: tuple[str, ...] = ()
    place: str = ""
    number: float | None = None
    margin: float | None = None

    @classmethod
    def of(cls, row: dict[str, Any]) -> "Predicted":
        """A row as the process sends it."""
        text = row.get("text")
        place = str(row["path"])
        return cls(
            row["file"],
            str(text) if text else place.replace("\\", "/").rpartition("/")[2],
            *_answer_in(row),
            row["problem"] or "",
            bool(row.get("is_unknown")),
            tuple(row.get("candidates") or ()),
            place,
            *_number_in(row),
        )

    @property
    def answer(self) -> str:
        """What stands in the column of classes."""
        if self.problem:
            return UNREADABLE
        return UNKNOWN if self.is_unknown else self.label

    @property
    def is_number(self) -> bool:
        """Whether the answer is a number."""
        return self.number is not None


def text_of(row: Predicted, column: int) -> str:
    """What stands in a column."""
    if column == Column.EXAMPLE:
        return row.name
    if row.number is not None:
        value = row.number if column == Column.CLASS else row.margin
        return "" if value is None else number_in_words(value)
    if column == Column.CLASS:
        return row.answer
    return "" if row.problem else percent(row.probability)


def tip_of(row: Predicted, column: int) -> str:
    """The same, in full."""
    if column == Column.EXAMPLE:
        return row.place
    if column == Column.CLASS and row.problem:
        return row.problem
    if column == Column.CLASS and row.is_unknown:
        fits = any_of(row.candidates) if row.candidates else _("no class fits")
        return _("unknown: {candidates}").format(candidates=fits)
    return text_of(row, column)


def _answer_in(row: dict[str, Any]) -> tuple[str, float]:
    """The answer of a row and how sure it is; of several labels all, as sure as the last one."""
    if "prediction" in row:
        return "", 0.0
    if "labels" not in row:
        return row["label"] or "", float(row["probability"] or 0.0)
    shares = {str(name): float(share) for name, share in row["probabilities"] or ()}
    said = [str(name) for name in row["labels"] or ()]
    if not said:
        return NO_LABEL, 1 - max(shares.values(), default=0.0)
    return ", ".join(said), min(shares[name] for name in said)


def _number_in(row: dict[str, Any]) -> tuple[float | None, float | None]:
    """The number of a row, and how far off it may be."""
    if (value := row.get("prediction")) is None:
        return None, None
    high = row.get("high")
    return float(value), None if high is None else float(high) - float(value)
