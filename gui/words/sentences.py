"""Words put together as a sentence has them."""

import re
from collections.abc import Sequence

from core.language import _, language
from core.language.choice import ENGLISH

# Shorter sentences belong to the next one: "No gain here."
_LEAD = 30
_END = re.compile(r"[.!?] (?=[A-Z])")


def lead_and_rest(text: str) -> tuple[str, str]:
    """The answer and what is said about it: the first sentence that says something, the others."""
    for end in _END.finditer(text, _LEAD):
        return text[: end.end() - 1], text[end.end() :]
    return text, ""


def in_sentence(words: str) -> str:
    """Without capitals, as English has it; other languages keep those of their nouns."""
    return words.lower() if language() == ENGLISH else words


def any_of(words: Sequence[str]) -> str:
    """`images, texts or signals`."""
    return _joined(words, _("{first} or {last}"))


def all_of(words: Sequence[str]) -> str:
    """`images, texts and signals`."""
    return _joined(words, _("{first} and {last}"))


def _joined(words: Sequence[str], pair: str) -> str:
    *first, last = words
    return pair.format(first=", ".join(first), last=last) if first else last
