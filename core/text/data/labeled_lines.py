"""Plain files with a text and its label on each line: `ham<tab>…`, `…;joy`, `LOC:city …`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from core.data.tables.dialect import lines_of
from core.data.tables.encodings import open_text
from core.data.word_count import num_words
from core.language import _
from core.text.data.columns import LEAST_OF_A_CLASS, MOST_CLASSES

SAMPLED_LINES = 200
LEAST_LINES = 6
_MARKS = {"\t": "tab", ";": "semicolon", "@": "at sign", "|": "bar"}
# As of TREC: a kind and a finer one, in a word of its own.
_TWO_PART = re.compile(r"[A-Za-z]+:[A-Za-z]+")
_MOST_TWO_PART = 100
_LONGEST_LABEL = 40
_WORDS_OF_A_TEXT = 2


@dataclass(frozen=True)
class LabeledLines:
    """Where on a line the label is.

    Attributes:
        mark: Between it and the text.
        is_first: Whether it comes before the text.
    """

    mark: str
    is_first: bool

    @property
    def words(self) -> str:
        """The same, for people."""
        where = "before" if self.is_first else "after"
        which = "first" if self.is_first else "last"
        return _("{where} the {which} {mark} of each line").format(
            where=where, which=which, mark=_MARKS.get(self.mark, "blank")
        )

    def cut(self, line: str) -> tuple[str, str] | None:
        """(label, text) of a line; None if the mark is missing."""
        if self.mark not in line.strip():
            return None
        if self.is_first:
            label, _, text = line.strip().partition(self.mark)
        else:
            text, _, label = line.strip().rpartition(self.mark)
        return label.strip(), text.strip()

    def fits(self, lines: list[str]) -> bool:
        """Whether some lines are so: a few labels again and again, and texts."""
        cells = [cell for line in lines if (cell := self.cut(line)) is not None]
        if len(cells) < len(lines) or not all(label and text for label, text in cells):
            return False
        labels = {label for label, _ in cells}
        total = sum(num_words(text) for _, text in cells)
        if len(labels) < 2 or total < _WORDS_OF_A_TEXT * len(cells):
            return False
        if self.mark == " ":
            return len(labels) <= _MOST_TWO_PART and all(map(_TWO_PART.fullmatch, labels))
        are_few = len(labels) <= MOST_CLASSES and len(cells) >= LEAST_OF_A_CLASS * len(labels)
        return are_few and max(map(len, labels)) <= _LONGEST_LABEL


def labeled_lines(file: Path, encoding: str) -> LabeledLines | None:
    """How the lines of a plain file hold their labels; None if they don't."""
    with open_text(file, encoding) as stream:
        lines = [line for _, line in islice(lines_of(stream), SAMPLED_LINES) if line.strip()]
    if len(lines) < LEAST_LINES:
        return None
    forms = [LabeledLines(mark, is_first) for mark in _MARKS for is_first in (True, False)]
    return next((form for form in (*forms, LabeledLines(" ", True)) if form.fits(lines)), None)


def labeled_line_rows(
    file: Path, encoding: str, form: LabeledLines
) -> Iterator[tuple[int, dict[str, Any]]]:
    """(line, row with `text` and `label`); a line without a label is a text without one."""
    with open_text(file, encoding) as stream:
        for number, line in lines_of(stream):
            label, text = form.cut(line) or (None, line.strip())
            if text or label:
                yield number, {"text": text, "label": label}
