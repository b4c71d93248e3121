"""What a text is once it is tokenised: ids, word starts, and the special ids around them."""

from collections.abc import Iterator
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


def sequences(tokens: Tokens, frame: Frame) -> Iterator[tuple[list[int], list[int]]]:
    """A text of any length as sequences for pre-training, each as `framed` makes it."""
    for start in range(0, max(1, len(tokens.ids)), frame.room):
        yield framed(tokens.ids, tokens.words, start, frame)


def framed(
    ids: list[int], words: list[int | None] | None, start: int, frame: Frame
) -> tuple[list[int], list[int]]:
    """Ids with the special ones, and for each token the place where its word starts."""
    own = ids[start : start + frame.room]
    framed_ids = [*frame.before, *own, *frame.after]
    starts = list(range(len(framed_ids)))
    if words is not None:
        first = len(frame.before)
        word = words[start : start + frame.room]
        for place in range(1, len(word)):
            if word[place] is not None and word[place] == word[place - 1]:
                starts[first + place] = starts[first + place - 1]
    return framed_ids, starts
