"""What a text is once it is tokenised, and what special ids stand around it."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Tokens:
    """One text: its ids without special ones, and the number of the word each belongs to.

    `words` is None where words are not asked for: every token is one of its own.
    """

    ids: list[int]
    words: list[int | None] | None = None


class Tokenize(Protocol):
    """What turns texts into tokens."""

    def __call__(self, texts: list[str]) -> list[Tokens]:
        """Tokens of each text."""
        ...


@dataclass(frozen=True)
class Frame:
    """Special ids around a sequence, and how long it may be with them."""

    before: tuple[int, ...]
    after: tuple[int, ...]
    max_length: int

    @property
    def room(self) -> int:
        """Tokens of the text itself."""
        return self.max_length - len(self.before) - len(self.after)
