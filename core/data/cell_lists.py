"""Lists in the cells of tables, in all the ways in which JSON, Python and numpy spell them."""

import ast
import csv
import json
import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

from core.language import _

# As Label Studio writes several labels of one text or image.
_CHOICES: Final = "choices"
_AROUND: Final = ("[]", "{}", "()")
_QUOTED: Final = r"""(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
_NUMBER: Final = r"[+-]?\d+(?:\.\d*)?"
# As numpy and pandas write an array; for Python two words side by side are one.
_ARRAYS: Final = tuple(
    (re.compile(rf"\[\s*{item}(?:\s+{item})*\s*\]"), re.compile(item))
    for item in (_QUOTED, _NUMBER)
)
_EMPTY: Final = frozenset({"set()", "frozenset()", "{}"})
_ON: Final = frozenset({"1", "1.0", "1.", "True", "true"})
_OFF: Final = frozenset({"0", "0.0", "0.", "False", "false"})


def listed(cell: Any) -> Any:
    """What a cell lists, as a list; any other cell as it is.

    An object whose values are all 0 or 1 lists the names that have 1.
    """
    if isinstance(cell, str):
        cell = _read(cell.strip())
    if isinstance(cell, dict) and set(cell) == {_CHOICES}:
        cell = cell[_CHOICES]
    if isinstance(cell, dict) and len(cell) > 1 and all(_is_flag(value) for value in cell.values()):
        return [name for name, value in cell.items() if str(value) in _ON]
    if isinstance(cell, set | frozenset):
        return sorted(cell, key=str)
    return list(cell) if isinstance(cell, tuple) else cell


def brackets_of(cells: Iterable[Any]) -> str:
    """The brackets that are around all cells of a column that are texts: `[cat, dog]`.

    Args:
        cells: What `listed` made of them.
    """
    texts = [cell.strip() for cell in cells if isinstance(cell, str) and cell.strip()]
    if not any("," in text for text in texts):
        return ""
    around = ("[]", "{}")
    return next((p for p in around if all(t[0] == p[0] and t[-1] == p[1] for t in texts)), "")


def unbracketed(cell: Any, brackets: str) -> Any:
    """What stands between brackets, as a list; any other cell as it is."""
    if not brackets or not isinstance(cell, str):
        return cell
    text = cell.strip()
    if not (text.startswith(brackets[0]) and text.endswith(brackets[1]) and len(text) > 1):
        return cell
    return [part for part in next(csv.reader([text[1:-1]], skipinitialspace=True), []) if part]


def width_of_flags(cells: Sequence[Any]) -> int:
    """How long lists of 0 and 1 are that have a place for each label; 0 if they are none.

    Lists of the labels 0 and 1 would all be the same: none names a label twice.

    Args:
        cells: What `listed` made of the cells of a column.
    """
    lists = [cell for cell in cells if isinstance(cell, list)]
    others = [cell for cell in cells if not isinstance(cell, list) and str(cell or "").strip()]
    widths = {len(own) for own in lists}
    if others or len(lists) < 2 or len(widths) != 1 or not all(map(_is_flag, _all(lists))):
        return 0
    width = widths.pop()
    return width if width > 1 else 0


def places_on(cell: Any, width: int) -> tuple[str, ...]:
    """The numbers of the places that have 1, counted from 0.

    Raises:
        ValueError: It is no such list, in words.
    """
    if not isinstance(cell, list):
        if not str(cell if cell is not None else "").strip():
            return ()
        words = _("its label {label} is no list of 0 and 1, as others are")
        raise ValueError(words.format(label=repr(cell)))
    if len(cell) != width or not all(map(_is_flag, cell)):
        words = _("its label {label} is no list of {width} numbers that are 0 or 1")
        raise ValueError(words.format(label=repr(cell), width=width))
    return tuple(str(place) for place, value in enumerate(cell) if str(value) in _ON)


def _read(text: str) -> Any:
    if text in _EMPTY:
        return []
    if not any(text.startswith(pair[0]) and text.endswith(pair[1]) for pair in _AROUND):
        return text
    for array, item in _ARRAYS:
        if array.fullmatch(text) and "," not in item.sub("", text):
            return [_unquoted(own) for own in item.findall(text)]
    for read in (json.loads, ast.literal_eval):
        try:
            value = read(text)
        except (ValueError, SyntaxError, RecursionError, MemoryError, TypeError):
            continue
        return value if isinstance(value, list | dict | tuple | set) else text
    return text


def _unquoted(own: str) -> str:
    return str(ast.literal_eval(own)) if own[0] in "'\"" else own


def _is_flag(value: Any) -> bool:
    return str(value) in _ON | _OFF


def _all(lists: Iterable[list[Any]]) -> list[Any]:
    return [value for own in lists for value in own]
