"""Labels that are numbers to be predicted: how a cell spells one, and when a column holds such."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Final

from core.data.labels import MISSING, Labels, spelled_labels
from core.data.tables.columns import Columns
from core.errors import RunError
from core.system.table_cells import NUMBER

# A comma before the last digits of a number that has no point: `3,5`.
_COMMA: Final = re.compile(r"([+-]?\d*),(\d+)([eE][+-]?\d+)?")
# So may a comma between thousands stand.
_THOUSANDS: Final = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")
_UNIT: Final = re.compile(r"([+-]?\d[\d.,]*)\s*([^\d\s.,+-][^\d]*)")
# Codes of classes are few, recur, and lie close together.
_FEW: Final = 20
_FEWEST: Final = 10
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
    """

    def __init__(self, sample: Iterable[Any]) -> None:
        self._has_commas = has_decimal_commas(
            label for cell in sample for label in _spelled_or_nothing(cell)
        )

    def of(self, cell: Any) -> tuple[str, ...]:
        """No label, or one; as `float` reads it, and the shortest that it does.

        Raises:
            ValueError: It is no number, in words.
        """
        found = [label for label in spelled_labels(cell) if label.lower() not in MISSING]
        if not found:
            return ()
        if len(found) > 1:
            raise ValueError(f"it has {len(found)} labels where one number is asked for")
        return (in_one_spelling(self._number(found[0])),)

    def _number(self, label: str) -> float:
        if (comma := _COMMA.fullmatch(label)) is not None:
            if not self._has_commas and _THOUSANDS.fullmatch(label):
                raise ValueError(
                    f"its label {label} may be {label.replace(',', '')} or "
                    f"{label.replace(',', '.')}: write it without a comma"
                )
            label = f"{comma[1]}.{comma[2]}{comma[3] or ''}"
        if NUMBER.fullmatch(label):
            number = float(label)
            if math.isfinite(number):
                return number
        if label.lower().lstrip("+-") in {"inf", "infinity"} or NUMBER.fullmatch(label):
            raise ValueError(f"its label {label} is not finite")
        if (unit := _UNIT.fullmatch(label)) is not None:
            raise ValueError(
                f"its label {label!r} has a unit: write the number alone ({unit[1]}), all of them "
                "in the same unit"
            )
        raise ValueError(f"its label {label!r} is no number")


def label_reader(sample: Iterable[Any], asked: Columns) -> Labels | NumberLabels:
    """What reads the labels of one column, numbers to be predicted or classes."""
    return NumberLabels(sample) if asked.takes_numbers else Labels(sample, asked.task)


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
        raise RunError("labels-no-numbers", path=path, first=f"the folder {name}")
    return label


def in_one_spelling(number: float) -> str:
    """`3.5`, `12`: as short as it can be without being another number."""
    # What is no more than 0 has no sign.
    number = number or 0.0
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)


def has_decimal_commas(labels: Iterable[str]) -> bool:
    """Whether commas in labels stand before fractions: one can't stand between thousands."""
    commas = [label for label in labels if _COMMA.fullmatch(label)]
    return any(not _THOUSANDS.fullmatch(label) for label in commas)


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
    numbers = [number for label in labels if (number := _read(label)) is not None]
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
    found = [label for label in labels if _UNIT.fullmatch(label)]
    if len(labels) < _FEWEST or len(found) < _NEARLY_ALL * len(labels):
        return ""
    units = {match[2].strip() for label in found if (match := _UNIT.fullmatch(label))}
    are_rare = len(set(found)) > _MOSTLY * len(found)
    return found[0] if are_rare and len(units) == 1 else ""


def _read(label: str) -> float | None:
    if comma := _COMMA.fullmatch(label):
        label = f"{comma[1]}.{comma[2]}{comma[3] or ''}"
    number = float(label) if NUMBER.fullmatch(label) else math.nan
    return number if math.isfinite(number) else None


def _spelled_or_nothing(cell: Any) -> list[str]:
    try:
        return spelled_labels(cell)
    except ValueError:
        return []
