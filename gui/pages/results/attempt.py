"""An example that was tried, and what became of it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.language import _
from core.predict.prediction import Number
from core.recipe.tasks import number_in_words
from gui.outcome.table import Bar, Row
from gui.words.numbers import percent
from gui.words.sentences import any_of

_LETTERS = 40
COLUMNS = (_("Class"), _("Probability"))
# Of several labels: those above their thresholds.
_SAID = _("Above its threshold")
_OF_NUMBERS = (_("What"), _("Number"))


@dataclass
class Attempt:
    """An image, a text file, or a text itself."""

    path: Path | None
    probabilities: list[tuple[str, float]]
    problem: str = ""
    is_answered: bool = False
    text: str = ""
    candidates: list[str] | None = None
    said: list[str] | None = None
    number: Number | None = None

    def take(self, message: dict[str, Any]) -> None:
        """Take what the helper answered."""
        self.probabilities = [(str(name), float(share)) for name, share in message["probabilities"]]
        self.problem, self.is_answered = message["problem"], True
        self.text = self.text or str(message["text"])
        candidates = message["candidates"]
        self.candidates = None if candidates is None else [str(name) for name in candidates]
        said = message.get("said")
        self.said = None if said is None else [str(name) for name in said]
        number = message.get("number")
        self.number = None if number is None else Number(**number)

    @property
    def is_unknown(self) -> bool:
        """Whether several classes may be it, or none, where that was asked for."""
        return self.candidates is not None and len(self.candidates) != 1

    @property
    def may_be(self) -> str:
        """The candidates of what is unknown, in words; empty for what is not."""
        if not self.is_answered or self.problem or not self.is_unknown:
            return ""
        return _("Unknown: {candidates}.").format(
            candidates=any_of(self.candidates) if self.candidates else _("no class fits")
        )

    @property
    def name(self) -> str:
        """The name of its file, or its first letters."""
        if self.path is not None:
            return self.path.name
        start = " ".join(self.text.split())
        return f"“{start[:_LETTERS]}{'…' if len(start) > _LETTERS else ''}”"

    @property
    def words(self) -> str:
        """As it stands in the list."""
        if not self.is_answered:
            return f"{self.name}: …"
        if self.problem:
            return f"{self.name}: {self.problem}"
        if self.is_unknown:
            return _("{name}: unknown").format(name=self.name)
        if self.said is not None:
            said = ", ".join(self.said) or _("none of the labels")
            return f"{self.name}: {said}"
        if self.number is not None:
            return f"{self.name}: {self.number.words}"
        name, share = self.probabilities[0]
        return f"{self.name}: {name}, {percent(share, 0)}"

    def is_asked_by(self, path: str, text: str) -> bool:
        """Whether an answer to this path, or else to this text, is about it."""
        if self.path is not None:
            return str(self.path) == path
        return not path and self.text.startswith(text)


def _rows_of_number(number: Number) -> list[Row]:
    rows: list[Row] = [(_("Prediction"), number_in_words(number.value))]
    if number.margin is not None:
        low, high = number.value - number.margin, number.value + number.margin
        span = _("{low} to {high}").format(low=number_in_words(low), high=number_in_words(high))
        rows.append((_("Nine of ten true numbers"), span))
    return rows


def rows_of(tried: Attempt) -> tuple[list[Row], tuple[str, ...]]:
    """The classes of an example, the likeliest first, or its number; the names of the columns."""
    if tried.number is not None:
        return _rows_of_number(tried.number), _OF_NUMBERS
    rows: list[Row] = [(name, Bar(percent(share), share)) for name, share in tried.probabilities]
    if tried.said is None:
        return rows, COLUMNS
    said = ["said" if name in tried.said else "" for name, _ in tried.probabilities]
    return [(*cells, word) for cells, word in zip(rows, said, strict=True)], (*COLUMNS, _SAID)
