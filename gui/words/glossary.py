"""Words of the trade, each in one sentence: a tool tip says them, and a page of the help."""

import re
from dataclasses import dataclass
from functools import cache
from html import escape

from core.system.resources import RESOURCES
from gui.words.mnemonics import without_mnemonic

GLOSSARY = RESOURCES / "help" / "glossary.md"
_ROW = re.compile(r"^\| (?P<words>[^|]+?) \| (?P<sentence>[^|]+?) \|$", re.MULTILINE)
_HEAD = 2  # Rows of the table that are none: its names, and the line below them.


@dataclass(frozen=True)
class Term:
    """One of them.

    Attributes:
        words: As it is written here, then its other forms.
        sentence: What it is.
    """

    words: tuple[str, ...]
    sentence: str


@cache
def terms() -> tuple[Term, ...]:
    """All of them, from the table of the help."""
    rows = _ROW.findall(GLOSSARY.read_text(encoding="utf-8"))[_HEAD:]
    return tuple(Term(tuple(words.split(", ")), sentence) for words, sentence in rows)


def terms_in(text: str) -> list[Term]:
    """Those that a text uses, in its order; of words within others, the longest."""
    by_word = _by_word()
    found = (by_word[match.lower()] for match in _pattern().findall(without_mnemonic(text)))
    return list(dict.fromkeys(found))


def explained(text: str) -> str:
    """What the terms of a text mean, for a tool tip (rich text); empty where there is none."""
    lines = [f"<b>{escape(each.words[0])}</b>: {escape(each.sentence)}" for each in terms_in(text)]
    return f"<qt>{'<br>'.join(lines)}</qt>" if lines else ""


@cache
def _by_word() -> dict[str, Term]:
    return {word.lower(): term for term in terms() for word in term.words}


@cache
def _pattern() -> re.Pattern[str]:
    longest_first = sorted(_by_word(), key=len, reverse=True)
    return re.compile(
        rf"(?<![\w-])(?:{'|'.join(map(re.escape, longest_first))})(?![\w-])", re.IGNORECASE
    )
