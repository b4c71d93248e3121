"""What a cell of a table says about the class of its row: one spelling of each label."""

import ast
import json
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from typing import Any, Final

from core.errors import RunError
from core.system.table_cells import NUMBER

_WHOLE: Final = re.compile(r"([+-]?\d+)\.0*")
MISSING: Final = frozenset({"nan", "none", "na", "n/a", "null", "<na>", "?"})
_CONTAINERS: Final = (dict, bytes, bytearray)
# Fewer examples may well have a class each.
_FEW: Final = 10
# Between the labels of one cell, where half of them also stand alone: `Edema|Effusion`.
_BETWEEN: Final = "|#;,"
# Marks that hardly stand in names: many cells made of few parts that recur hold several labels,
# even where no part stands alone.
_RARE: Final = "|;"
_FEWEST_CELLS: Final = 6
_RECURS: Final = 3
_DECIMAL: Final = re.compile(r"[+-]?\d*,\d+")
# As Label Studio writes several labels of one text or image.
_CHOICES: Final = "choices"
_MANY_NUMBERS: Final = 20


class Labels:
    """Labels of one column.

    In a column of numbers -1 and words such as NaN or NA stand for no label; among other words
    they are classes like any other.

    Args:
        sample: Some of its cells.
        task: As `data.task` was asked for. Of `single-label` a cell that is no list is one label,
            whatever marks are in it; of `multi-label` the first mark with parts that recur joins.
    """

    def __init__(self, sample: Iterable[Any], task: str = "auto") -> None:
        spelled = [label for cell in sample for label in _spelled_or_nothing(cell)]
        missing = {label for label in spelled if label.lower() in MISSING}
        numbers = {label for label in spelled if NUMBER.fullmatch(label)}
        is_wordless = not set(spelled) - missing - numbers
        self._is_numeric = bool(numbers) and is_wordless
        # Several spellings side by side are names of classes.
        self._is_missing = self._is_numeric or (is_wordless and len(missing) == 1)
        self._is_minus_missing = self._is_numeric and numbers != {"-1", "1"}
        is_between = _JOINS[task]
        self._mark = next((m for m in _BETWEEN if is_between(m, set(spelled))), None)

    def of(self, cell: Any) -> tuple[str, ...]:
        """No label, one, or several.

        Raises:
            ValueError: It is nothing that can be a label, in words.
        """
        found = dict.fromkeys(spelled_labels(cell))
        if self._mark is not None:
            found = dict.fromkeys(part for label in found for part in _parts(label, self._mark))
        return tuple(label for label in found if not self._says_none(label))

    def _says_none(self, label: str) -> bool:
        if label == "-1":
            return self._is_minus_missing
        return self._is_missing and label.lower() in MISSING


def _parts(label: str, mark: str) -> list[str]:
    """The labels that a mark joins; of a name such as `C#` itself."""
    parts = [part.strip() for part in label.split(mark) if part.strip()]
    return parts if len(parts) > 1 and not _DECIMAL.fullmatch(label) else [label]


def _cells_of_parts(mark: str, labels: set[str]) -> list[list[str]]:
    """The parts of the cells that a mark cuts."""
    cut = (_parts(label, mark) for label in labels if mark in label)
    return [parts for parts in cut if len(parts) > 1]


def _is_between(mark: str, labels: set[str]) -> bool:
    """Whether some cells hold several labels, of which half stand alone in others.

    Commas and semicolons are in names of classes, too: more than half have to. Of marks that are
    rare in names it is enough that many cells are made of few parts.
    """
    cells = _cells_of_parts(mark, labels)
    joined = {part for parts in cells for part in parts}
    num_alone = len(joined & labels)
    if num_alone > 0 and 2 * num_alone >= len(joined) + (mark in ";,"):
        return True
    num_parts = sum(map(len, cells))
    return mark in _RARE and len(cells) >= _FEWEST_CELLS and num_parts >= _RECURS * len(joined)


def _recurs(mark: str, labels: set[str]) -> bool:
    """Whether a part of a cut cell stands in another cell, too."""
    cells = _cells_of_parts(mark, labels)
    joined = {part for parts in cells for part in parts}
    return sum(map(len, cells)) > len(joined) or bool(joined & labels)


def _joins_nothing(mark: str, labels: set[str]) -> bool:
    del mark, labels
    return False


# By `data.task`.
_JOINS: Final = {"auto": _is_between, "single-label": _joins_nothing, "multi-label": _recurs}


def label_in_words(labels: tuple[str, ...]) -> str:
    """Why a row of several labels is left out."""
    return f"it has several labels ({', '.join(labels)})"


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
    are_scores = len(numbers) == len(counts) > _MANY_NUMBERS and (
        2 * len(counts) > total or fractions
    )
    if are_scores or (len(counts) == total and total >= _FEW):
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
    if isinstance(cell, str):
        cell = _listed(cell)
    if isinstance(cell, dict) and set(cell) == {_CHOICES}:
        cell = cell[_CHOICES]
    if isinstance(cell, list | tuple):
        return [label for value in cell if (label := _one(value)) is not None]
    label = _one(cell)
    return [] if label is None else [label]


def _listed(text: str) -> Any:
    """The list that a text spells, as a spreadsheet keeps one; any other text as it is."""
    text = text.strip()
    is_list = text.startswith("[") and text.endswith("]")
    if not is_list and not (text.startswith("{") and _CHOICES in text):
        return text
    for read in (json.loads, ast.literal_eval):
        try:
            value = read(text)
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            continue
        return value if isinstance(value, list | dict) else text
    return text


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
        raise ValueError(f"its label is no single value but {_container(value)}")
    label = unicodedata.normalize("NFC", str(value)).strip()
    if whole := _WHOLE.fullmatch(label):
        label = whole[1]
    if label.lower() in {"true", "false"}:
        label = label.lower()
    return label or None


def _container(value: Any) -> str:
    if isinstance(value, dict):
        return f"an object ({', '.join(map(str, list(value)[:5]))})"
    return "bytes" if isinstance(value, bytes | bytearray) else "a list of lists"
