"""Tokens of texts as the sequences a model takes: cut, and with the special ids around them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from core.text.data.tokens import Frame, Tokens

# Of a token that belongs to no word: it is one of its own.
_NO_WORD = -1


@dataclass(frozen=True)
class Sequences:
    """Sequences end to end.

    Attributes:
        ids: (T,) int32, special ones included.
        starts: (T,) uint16, for each token the place in its sequence where its word starts.
        ends: (R,) int64, where each sequence ends.
    """

    ids: np.ndarray
    starts: np.ndarray
    ends: np.ndarray

    def __len__(self) -> int:
        return len(self.ends)

    def split(self) -> tuple[list[np.ndarray], list[np.ndarray]]:
        """Ids and word starts of each, int64."""
        ids, starts = (
            np.split(each.astype(np.int64), self.ends[:-1]) for each in (self.ids, self.starts)
        )
        return ids, starts


def cut_off(texts: Sequence[Tokens], frame: Frame) -> Sequences:
    """One sequence of each of N >= 1 texts, cut off at its end, for classification."""
    return framed(texts, frame, np.zeros(len(texts), dtype=bool), np.ones(len(texts), dtype=bool))


def num_pieces(lengths: np.ndarray, frame: Frame) -> np.ndarray:
    """(N,) sequences that texts of (N,) `lengths` tokens become; one of a text without tokens."""
    pieces: np.ndarray = np.maximum(1, -(-lengths // frame.room))
    return pieces


def framed(
    texts: Sequence[Tokens], frame: Frame, in_pieces: np.ndarray, is_whole: np.ndarray
) -> Sequences:
    """Sequences of some texts, in order.

    Args:
        texts: N of them.
        frame: Special ids and length.
        in_pieces: (N,) bool: whether a text of any length becomes sequences for pre-training.
        is_whole: (N,) bool: whether one that is cut off follows them, for classification.
    """
    lengths = np.array([len(text.ids) for text in texts], dtype=np.int64)
    pieces = np.where(in_pieces, num_pieces(lengths, frame), 0)
    rows = pieces + is_whole
    text_of = np.repeat(np.arange(len(texts)), rows)
    place = np.arange(len(text_of)) - np.repeat(np.cumsum(rows) - rows, rows)
    first = np.where(place < pieces[text_of], place, 0) * frame.room
    own = np.clip(lengths[text_of] - first, 0, frame.room)
    # Every own token: where it comes from, and where it goes to.
    ends = np.cumsum(own + len(frame.before) + len(frame.after))
    begin = ends - own - len(frame.before) - len(frame.after)
    within = np.arange(int(own.sum())) - np.repeat(np.cumsum(own) - own, own)
    source = np.repeat((np.cumsum(lengths) - lengths)[text_of] + first, own) + within
    target = np.repeat(begin + len(frame.before), own) + within
    ids = np.empty(int(ends[-1]) if len(ends) else 0, dtype=np.int32)
    ids[target] = _flat((text.ids for text in texts), int(lengths.sum()))[source]
    for number, special in enumerate(frame.before):
        ids[begin + number] = special
    for number, special in enumerate(frame.after):
        ids[begin + len(frame.before) + own + number] = special
    starts = np.arange(len(ids))
    if texts and texts[0].words is not None:
        starts[target] = target[_first_of_word(_words(texts, lengths)[source], within)]
    starts -= np.repeat(begin, ends - begin)
    return Sequences(ids, starts.astype(np.uint16), ends)


def _first_of_word(words: np.ndarray, within: np.ndarray) -> np.ndarray:
    """(T,) for each token, which one is the first of its word in its sequence."""
    is_first = (within == 0) | (words == _NO_WORD)
    is_first[1:] |= words[1:] != words[:-1]
    return np.maximum.accumulate(np.where(is_first, np.arange(len(words)), 0))


def _words(texts: Sequence[Tokens], lengths: np.ndarray) -> np.ndarray:
    each = ([_NO_WORD if word is None else word for word in text.words or ()] for text in texts)
    return _flat(each, int(lengths.sum()))


def _flat(lists: Iterable[list[int]], count: int) -> np.ndarray:
    return np.fromiter(chain.from_iterable(lists), np.int32, count)
