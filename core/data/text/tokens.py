"""What a text is once it is tokenised: ids, word starts, and the special ids around them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Tokens:
    """One text: its ids without special ones, and the number of the word each belongs to."""

    ids: list[int]
    words: list[int | None]


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
    ids: list[int], words: list[int | None], start: int, frame: Frame
) -> tuple[list[int], list[int]]:
    """Ids with the special ones, and for each token the place where its word starts."""
    own, word = ids[start : start + frame.room], words[start : start + frame.room]
    first = len(frame.before)
    starts = list(range(first))
    for place, number in enumerate(word):
        joined = place > 0 and number is not None and number == word[place - 1]
        starts.append(starts[-1] if joined else first + place)
    end = first + len(own)
    starts += range(end, end + len(frame.after))
    return [*frame.before, *own, *frame.after], starts
