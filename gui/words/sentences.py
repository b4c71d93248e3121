"""Words put together as a sentence has them."""

from collections.abc import Sequence

from core.language import _, language
from core.language.choice import ENGLISH


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
