"""Labels that are numbers to be predicted: how a cell spells one, and when a column holds such."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Final

from core.data.labels import MISSING, Labels, spelled_labels
from core.data.number_cells import Spelling, is_currency, loosely_read, with_minus
from core.data.tables.columns import Columns
from core.errors import RunError
from core.language import _

_UNIT: Final = re.compile(r"([+-]?\d[\d.,]*)\s*([^\d\s.,+-][^\d]*)")
# Before the number stand signs and codes of currencies: `$5`, `US$ 5`, `EUR 5`.
_BEFORE: Final = re.compile(
    r"(?P<sign>[+-]?)(?P<unit>[A-Z]{0,3}\s?[^\w\s.,+-]|[A-Z]{3}\s)\s*(?P<number>[+-]?\d[\d.,]*)"
)
# Codes of classes are few, recur, and lie close together.
_FEW: Final = 20
_FEWEST: Final = 10
# Of float32, which models compute in: the largest number, half of the gap between two, as a share
# of them, and the least number.
_LARGEST: Final = 3e38
_STEP_IN_32_BITS: Final = 2.0**-24
_LEAST_STEP: Final = 2.0**-149
_STEPS_IN_RANGE: Final = 1000
_WIDE: Final = 10
# Of a column of numbers that a few slips are in.
_NEARLY_ALL: Final = 0.95
_MOSTLY: Final = 0.5
# Digits of whole numbers that name rows, as case numbers do.
_LONG: Final = 5
_OF_ONE_LENGTH: Final = 0.9


class NumberLabels:
    """Numbers of one column, each in its one spelling.

    Args:
        sample: Some of its cells, which say what a comma is.

    Attributes:
        words: What is to be said of how they are read; empty where that is plain.
    """

    def __init__(self, sample: Iterable[Any]) -> None:
        self._spelling = Spelling.of(
            label for cell in sample for label in _spelled_or_nothing(cell)
        )
        self.words = self._spelling.words

    def of(self, cell: Any) -> tuple[str, ...]:
        """No label, or one; as `float` reads it, and the shortest that it does.

        Raises:
            ValueError: It is no number, in words.
        """
        found = [label for label in spelled_labels(cell) if label.lower() not in MISSING]
        if not found:
            return ()
        if len(found) > 1:
            words = _("it has {number} labels where one number is asked for")
            raise ValueError(words.format(number=len(found)))
        return (in_one_spelling(self._number(found[0])),)

    def says_none(self, cell: Any) -> bool:
        """Whether a cell says that no label applies, which no number can."""
        del cell
        return False

    def refuse_most(self, sample: Sequence[Any], path: object) -> None:
        """Refuse a column of which most cells are no numbers, before anything is trained.

        Raises:
            RunError: `labels-no-numbers`.
        """
        bad, num_read = [], 0
        for cell in sample:
            try:
                num_read += bool(self.of(cell))
            except ValueError as error:
                bad.append(str(error))
        if len(bad) > num_read:
            raise RunError("labels-no-numbers", path=path, first=bad[0])

    def _number(self, label: str) -> float:
        number = self._spelling.read(label)
        if number is not None and math.isfinite(number):
            if abs(number) > _LARGEST:
                raise ValueError(f"its label {label} is too large: take a larger unit")
            return number
        if number is not None or label.lower().lstrip("+-") in {"inf", "infinity"}:
            raise ValueError(_("its label {label} is not finite").format(label=label))
        if (unit := _unit_of(label)) is not None:
            words = _(
                "its label {label} has a unit: write the number alone ({number}), all of them in "
                "the same unit"
            )
            raise ValueError(words.format(label=repr(label), number=unit[1]))
        raise ValueError(_("its label {label} is no number").format(label=repr(label)))


def label_reader(
    sample: Iterable[Any], asked: Columns, path: object = "the table"
) -> Labels | NumberLabels:
    """What reads the labels of one column, numbers to be predicted or classes.

    Raises:
        RunError: `labels-no-numbers`.
    """
    cells = list(sample)
    if not asked.takes_numbers:
        return Labels(cells, asked.task)
    numbers = NumberLabels(cells)
    # Several columns, or several numbers of one example, are a fault of another kind.
    if not any(isinstance(cell, list | tuple) for cell in cells):
        numbers.refuse_most(cells, path)
    return numbers


def refuse_several_columns(names: Sequence[str], asked: Columns, path: object) -> None:
    """Refuse columns that are a label each where one column of numbers is asked for.

    Raises:
        RunError: `numbers-one-column`.
    """
    if names and asked.takes_numbers:
        raise RunError("numbers-one-column", path=path, columns=", ".join(names))


def number_of_folder(name: str, path: object) -> str:
    """The number that a class folder is called, where that was asked for.

    Raises:
        RunError: `labels-no-numbers`.
    """
    try:
        (label,) = NumberLabels([name]).of(name) or (None,)
    except ValueError:
        label = None
    if label is None:
        raise RunError(
            "labels-no-numbers", path=path, first=_("the folder {name}").format(name=name)
        )
    return label


def in_one_spelling(number: float) -> str:
    """`3.5`, `12`: as short as it can be without being another number."""
    # What is no more than 0 has no sign.
    number = number or 0.0
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)


def numbers_differ_in_32_bits(numbers: Sequence[float]) -> bool:
    """Whether ascending numbers, as a model computes with them, keep a thousandth of their range.

    Args:
        numbers: At least one; where all are the same there is nothing to keep.
    """
    step = max(_STEP_IN_32_BITS * max(abs(numbers[0]), abs(numbers[-1])), _LEAST_STEP)
    return step <= (numbers[-1] - numbers[0]) / _STEPS_IN_RANGE


def look_like_numbers(labels: Sequence[str]) -> bool:
    """Whether labels are numbers to be predicted rather than codes of classes.

    They are if nearly all of them are numbers, and of these many differ: more than twenty, or more
    than half of ten rows or more. Some have fractions; whole numbers recur in less than half of the
    rows and lie in a range ten times as wide as they are many, as no codes do. Whole numbers
    of five digits or more, nearly all of one length and none twice, may be names of rows: they are
    numbers only if that is asked for.

    Args:
        labels: One of each row, in its one spelling.
    """
    numbers = [number for label in labels if (number := loosely_read(label)) is not None]
    if len(labels) < _FEWEST or len(numbers) < _NEARLY_ALL * len(labels):
        return False
    different = set(numbers)
    are_rare = len(different) > _MOSTLY * len(numbers)
    if not are_rare and len(different) <= _FEW:
        return False
    if any(not number.is_integer() for number in different):
        return True
    digits, how_often = Counter(len(str(int(abs(number)))) for number in numbers).most_common(1)[0]
    are_alike = digits >= _LONG and how_often >= _OF_ONE_LENGTH * len(numbers)
    if are_alike and len(different) == len(numbers):
        return False
    width = max(different) - min(different) + 1
    return are_rare and width >= _WIDE * len(different)


def units_in(labels: Sequence[str]) -> str:
    """The first label that is a number with a unit, where most are, and differ; else empty."""
    found = {label: unit[0] for label in labels if (unit := _unit_of(label)) is not None}
    num_found = sum(label in found for label in labels)
    if len(labels) < _FEWEST or num_found < _NEARLY_ALL * len(labels):
        return ""
    are_rare = len(found) > _MOSTLY * num_found
    return next(iter(found)) if are_rare and len(set(found.values())) == 1 else ""


def _unit_of(label: str) -> tuple[str, str] | None:
    """The unit of a label that is a number with one, and the number."""
    label = with_minus(label)
    if (after := _UNIT.fullmatch(label)) is not None:
        return after[2].strip(), after[1]
    before = _BEFORE.fullmatch(label)
    if before is None or not (before["unit"].isupper() or is_currency(before["unit"][-1])):
        return None
    return before["unit"].strip(), f"{before['sign']}{before['number']}"


def _spelled_or_nothing(cell: Any) -> list[str]:
    try:
        return spelled_labels(cell)
    except ValueError:
        return []
