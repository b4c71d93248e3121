"""Words of the trade, each in one sentence: a tool tip says them, and a page of the help.

The page is written in English; each of its lines is a message of the catalogs, so that a language
has words, their other forms and the sentence together.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from html import escape

from core.language import language
from core.language.messages import translated
from core.system.resources import RESOURCES
from gui.words.mnemonics import without_mnemonic

GLOSSARY = RESOURCES / "help" / "glossary.md"
_ROW = re.compile(r"\| (?P<words>[^|]+?) \| (?P<sentence>[^|]+?) \|")
_RULE = "| --- | --- |"
# Words of these are written without blanks between them.
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True)
class Term:
    """One of them.

    Attributes:
        words: As it is written here, then its other forms.
        sentence: What it is.
    """

    words: tuple[str, ...]
    sentence: str


def messages() -> list[str]:
    """The lines of the page that are said in every language."""
    lines = GLOSSARY.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and line != _RULE]


def terms() -> tuple[Term, ...]:
    """All of them in the language in use, by their first words."""
    return _terms(language())


def page() -> str:
    """The page of the help in the language in use, as Markdown."""
    title, told, names = map(translated, _parted()[0])
    table = [f"| {', '.join(term.words)} | {term.sentence} |" for term in terms()]
    return "\n".join([title, "", told, "", names, _RULE, *table])


def terms_in(text: str) -> list[Term]:
    """Those that a text uses, in its order; of words within others, the longest."""
    by_word = _by_word(language())
    pattern = _pattern(language())
    found = (by_word[match.lower()] for match in pattern.findall(without_mnemonic(text)))
    return list(dict.fromkeys(found))


def explained(text: str) -> str:
    """What the terms of a text mean, for a tool tip (rich text); empty where there is none."""
    lines = [f"<b>{escape(each.words[0])}</b>: {escape(each.sentence)}" for each in terms_in(text)]
    return f"<qt>{'<br>'.join(lines)}</qt>" if lines else ""


def _parted() -> tuple[list[str], list[str]]:
    """What is above the table with the names of its columns, and its rows."""
    lines = messages()
    first = next(at for at, line in enumerate(lines) if line.startswith("|")) + 1
    return lines[:first], lines[first:]


@cache
def _terms(code: str) -> tuple[Term, ...]:
    del code
    found = []
    for line in _parted()[1]:
        row = _ROW.fullmatch(translated(line)) or _ROW.fullmatch(line)
        assert row is not None, line
        found.append(Term(tuple(row["words"].split(", ")), row["sentence"]))
    return tuple(sorted(found, key=lambda term: _place(term.words[0])))


def _place(word: str) -> str:
    """Where it stands in the alphabet: ä as a."""
    plain = unicodedata.normalize("NFKD", word.casefold())
    return "".join(each for each in plain if not unicodedata.combining(each))


@cache
def _by_word(code: str) -> dict[str, Term]:
    return {word.lower(): term for term in _terms(code) for word in term.words}


@cache
def _pattern(code: str) -> re.Pattern[str]:
    longest_first = sorted(_by_word(code), key=len, reverse=True)
    return re.compile("|".join(map(_whole, longest_first)), re.IGNORECASE)


def _whole(word: str) -> str:
    """The pattern of a word that is no part of another one.

    Chinese has no blanks between words: only a word of one character must stand alone.
    """
    letters = r"[\w-]"
    if _CHINESE.search(word):
        letters = r"[\u4e00-\u9fff]" if len(word) == 1 else ""
    before = rf"(?<!{letters})" if letters else ""
    after = rf"(?!{letters})" if letters else ""
    return before + re.escape(word) + after
