"""What a cell of a table says about the class of its row: one spelling of each label."""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from typing import Any, Final

from core.data.cell_lists import brackets_of, listed, places_on, unbracketed, width_of_flags
from core.data.marks import in_words, marks_between, parts_of, seldom_mark
from core.data.number_cells import with_minus
from core.errors import RunError
from core.language import _
from core.recipe.tasks import MULTI
from core.system.table_cells import NUMBER

_WHOLE: Final = re.compile(r"([+-]?\d+)\.0*")
# As spreadsheets, R and pandas write that there is nothing.
MISSING: Final = frozenset(
    {
        *("nan", "-nan", "none", "na", "n/a", "n.a.", "null", "nil", "<na>", "?", "-", "--", "."),
        *("\u2013", "\u2014", "#n/a", "#na", "#n/a n/a", "#null!", "#value!", "#div/0!", "#num!"),
        *("#ref!", "#name?", "1.#ind", "-1.#ind", "1.#qnan", "-1.#qnan"),
    }
)
_TRUTHS: Final = frozenset({"true", "false"})
_CONTAINERS: Final = (dict, bytes, bytearray)
# Fewer examples may well have a class each.
_FEW: Final = 10
_MANY_NUMBERS: Final = 20
_NEARLY_ALL: Final = 0.9


class Labels:
    """Labels of one column.

    In a column of numbers, or of true and false, -1 and words such as NaN or NA stand for no
    label; among other words they are classes like any other.

    Args:
        sample: Some of its cells.
        task: As `data.task` was asked for. Of `single-label` a cell that is no list is one label,
            whatever marks are in it; of `multi-label` the first mark with parts that recur joins.
    """

    def __init__(self, sample: Iterable[Any], task: str = "auto") -> None:
        cells = [listed(cell) for cell in sample]
        self._width = width_of_flags(cells)
        self._brackets = brackets_of(cells)
        cells = [unbracketed(cell, self._brackets) for cell in cells]
        spelled = [label for cell in cells for label in _spelled_or_nothing(cell)]
        missing = {label for label in spelled if label.lower() in MISSING}
        numbers = {label for label in spelled if NUMBER.fullmatch(label)}
        truths = {label for label in spelled if label in _TRUTHS}
        is_wordless = not set(spelled) - missing - numbers - truths
        self._is_numeric = bool(numbers) and is_wordless
        # Several spellings side by side are names of classes.
        is_plain = bool(numbers or truths) or len(missing) == 1
        self._is_missing = is_wordless and is_plain
        self._is_minus_missing = self._is_numeric and numbers != {"-1", "1"}
        self._marks = marks_between(spelled, task)
        self._seldom = ""
        if not self._marks and not any(isinstance(cell, list) for cell in cells):
            self._seldom = seldom_mark(set(spelled))
        if task == MULTI:
            self._marks += self._seldom

    @property
    def words(self) -> str:
        """What is to be said of how they are read; empty where that is plain."""
        if self._width:
            return _(
                "its labels are lists of 0 and 1, a place for each label: the labels are "
                "called 0 to {width}"
            ).format(width=self._width - 1)
        if self._seldom and not self._marks:
            return _(
                "its labels look like several joined by {seldom}: each is one class "
                "(data.task multi-label takes them apart)"
            ).format(seldom=in_words(self._seldom))
        if len(self._marks) > 1 or self._seldom:
            return _("its labels are taken apart at each of these: {marks}").format(
                marks=in_words(self._marks)
            )
        return ""

    def of(self, cell: Any) -> tuple[str, ...]:
        """No label, one, or several.

        Raises:
            ValueError: It is nothing that can be a label, in words.
        """
        cell = unbracketed(listed(cell), self._brackets)
        if self._width:
            return places_on(cell, self._width)
        found = dict.fromkeys(spelled_labels(cell))
        if self._marks:
            found = dict.fromkeys(part for own in found for part in parts_of(own, self._marks))
        return tuple(label for label in found if not self._says_none(label))

    def says_none(self, cell: Any) -> bool:
        """Whether a cell without a label says that none applies: an empty list, or one of 0."""
        cell = unbracketed(listed(cell), self._brackets)
        return isinstance(cell, list) and (bool(self._width) or not cell)

    def _says_none(self, label: str) -> bool:
        if label == "-1":
            return self._is_minus_missing
        return self._is_missing and label.lower() in MISSING


def label_in_words(labels: tuple[str, ...]) -> str:
    """Why a row of several labels is left out."""
    return _("it has several labels ({labels})").format(labels=", ".join(labels))


def group_of_cell(cell: Any) -> str | None:
    """What a cell of a column of groups says, in its one spelling; None if it is empty."""
    found = [name for name in _spelled_or_nothing(cell) if name.lower() not in MISSING]
    return ", ".join(found) or None


def refuse_numbers(labels: Iterable[str], *, path: object, examples: str) -> None:
    """Refuse labels that are scores or ids, before anything is trained on them.

    Args:
        labels: One of each labeled example.
        path: Where they come from.
        examples: What they are of: `texts`.

    Raises:
        RunError: `labels-are-numbers`.
    """
    counts = Counter(labels)
    total = counts.total()
    numbers = [label for label in counts if NUMBER.fullmatch(label)]
    fractions = sum("." in label or "e" in label.lower() for label in numbers)
    are_numbers = len(numbers) > _MANY_NUMBERS and len(numbers) >= _NEARLY_ALL * len(counts)
    are_scores = are_numbers and (2 * len(counts) > total or fractions)
    if are_scores or (len(counts) >= _NEARLY_ALL * total and total >= _FEW):
        shown = ", ".join(list(counts)[:4])
        what = "numbers" if 2 * len(numbers) > len(counts) else "ids"
        raise RunError(
            "labels-are-numbers",
            path=path,
            labels=len(counts),
            total=total,
            examples=examples,
            what=what,
            shown=shown,
        )


def _spelled_or_nothing(cell: Any) -> list[str]:
    try:
        return spelled_labels(cell)
    except ValueError:
        return []


def spelled_labels(cell: Any) -> list[str]:
    """The labels of a cell, each in its one spelling.

    Raises:
        ValueError: It holds nothing that can be a label, in words.
    """
    cell = listed(cell)
    if isinstance(cell, list):
        return [label for value in cell if (label := _one(value)) is not None]
    label = _one(cell)
    return [] if label is None else [label]


def _one(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        if math.isnan(value):
            return None
        value = str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, _CONTAINERS) or (
        hasattr(value, "__iter__") and not isinstance(value, str)
    ):
        words = _("its label is no single value but {label}")
        raise ValueError(words.format(label=_container(value)))
    label = with_minus(unicodedata.normalize("NFC", str(value)).strip())
    if whole := _WHOLE.fullmatch(label):
        label = whole[1]
    if label.lower() in _TRUTHS:
        label = label.lower()
    return label or None


def _container(value: Any) -> str:
    if isinstance(value, dict):
        return _("an object ({keys})").format(keys=", ".join(map(str, list(value)[:5])))
    return "bytes" if isinstance(value, bytes | bytearray) else _("a list of lists")
