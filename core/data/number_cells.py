"""Numbers as people write them: `3,5`, `1,234.50`, `1.234,50`, `1 234`."""

import math
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Self

from core.language import _
from core.system.table_cells import NUMBER

# A comma before the last digits of a number that has no point: `3,5`.
_COMMA: Final = re.compile(r"([+-]?\d*),(\d+)([eE][+-]?\d+)?")
_COMMA_GROUPS: Final = re.compile(r"[+-]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d*)?")
_POINT_GROUPS: Final = re.compile(r"[+-]?[1-9]\d{0,2}(?:\.\d{3})+(?:,\d*)?")
_BLANKS: Final = " \u00a0\u2009\u202f'\u2019"
_SPACED: Final = re.compile(rf"[+-]?[1-9]\d{{0,2}}(?:[{_BLANKS}]\d{{3}})+(?:[.,]\d*)?")
_MINUS: Final = "\u2212\u2013\ufe63\uff0d"
_SIGNED: Final = re.compile(rf"[{_MINUS}]\s?[\d.,][\d.,eE+-]*")


@dataclass(frozen=True)
class Spelling:
    """What commas and points in the numbers of a column are, from those that leave no choice.

    Attributes:
        has_commas: Commas stand before fractions.
        has_points: Points do.
        groups_by_comma: Commas stand between thousands.
        groups_by_point: Points do.
    """

    has_commas: bool
    has_points: bool
    groups_by_comma: bool
    groups_by_point: bool

    @classmethod
    def of(cls, labels: Iterable[str]) -> Self:
        """That of some cells."""
        cells = [with_minus(label) for label in labels]
        commas = [c for c in cells if _COMMA.fullmatch(c) and not _COMMA_GROUPS.fullmatch(c)]
        points = [c for c in cells if NUMBER.fullmatch(c) and "." in c]
        return cls(
            bool(commas),
            any(not _POINT_GROUPS.fullmatch(cell) for cell in points),
            any(_COMMA_GROUPS.fullmatch(cell) and _is_sure(cell) for cell in cells),
            any(_POINT_GROUPS.fullmatch(cell) and _is_sure(cell) for cell in cells),
        )

    @property
    def words(self) -> str:
        """What is to be said of them; empty where points alone stand before fractions."""
        groups = "commas" if self.groups_by_comma else "points" if self.groups_by_point else ""
        found = [_("{groups} stand between thousands").format(groups=groups)] if groups else []
        found += [_("commas stand before fractions")] if self.has_commas else []
        return _("in its numbers {found}").format(found=" and ".join(found)) if found else ""

    def read(self, label: str) -> float | None:
        """The number that a cell spells, which may be infinite; None if it spells none.

        Raises:
            ValueError: It may be two numbers, in words.
        """
        label = with_minus(label)
        if _SPACED.fullmatch(label):
            label = re.sub(f"[{_BLANKS}]", "", label)
            return float(label.replace(",", "."))
        if _COMMA_GROUPS.fullmatch(label):
            if _is_sure(label) or (self.groups_by_comma and not self.has_commas):
                return float(label.replace(",", ""))
            if not self.has_commas or self.groups_by_comma:
                raise _unsure(label, ",", "comma")
        elif _POINT_GROUPS.fullmatch(label):
            if _is_sure(label) or (self.groups_by_point and not self.has_points):
                return float(label.replace(".", "").replace(",", "."))
            if not self.has_points and self.has_commas:
                raise _unsure(label, ".", "point")
        return _plain(label)


def loosely_read(label: str) -> float | None:
    """A number that a cell may spell; None if it spells none, or none that is finite."""
    try:
        number = Spelling(True, True, False, False).read(label)
    except ValueError:
        return None
    return number if number is not None and math.isfinite(number) else None


def with_minus(label: str) -> str:
    """A label whose number has the sign that typesetters use, with the one that `float` reads."""
    return f"-{label[1:].lstrip()}" if _SIGNED.fullmatch(label) else label


def is_currency(character: str) -> bool:
    """Whether it is a sign such as `$`."""
    return unicodedata.category(character) == "Sc"


def _plain(label: str) -> float | None:
    if comma := _COMMA.fullmatch(label):
        label = f"{comma[1]}.{comma[2]}{comma[3] or ''}"
    return float(label) if NUMBER.fullmatch(label) else None


def _is_sure(label: str) -> bool:
    """Whether groups of three digits can only be such: two marks, or one mark twice."""
    return sum(mark in ",." for mark in label) > 1


def _unsure(label: str, mark: str, name: str) -> ValueError:
    whole, fraction = label.replace(mark, ""), label.replace(",", ".")
    words = _("its label {label} may be {whole} or {fraction}: write it without a {name}")
    return ValueError(words.format(label=label, whole=whole, fraction=fraction, name=name))
