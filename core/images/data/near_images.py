"""Pictures that are copies of others, by their looks: in blocks of numpy, in bounded memory."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.images.data.looks import CHROMA, HASH, LOOK_BYTES, LUMA, PIXELS
from core.system.progress import CountReport
from core.system.stopping import Stopped, never

# Measured by `tests/benchmarks/near_copies.py`: nearly all copies pass, and hardly any two
# pictures that are none.
_MOST_BITS: Final = 12
_MOST_DIFFERENCE: Final = 0.1  # of thumbnails with a contrast of 1
_ROUNDING: Final = 0.6  # levels that thumbnails of one picture differ by in any case
_LEAST_CONTRAST: Final = 2.0  # grey levels; what is flat looks like everything that is flat
_MOST_COLOUR: Final = 8.0  # levels
# Levels beside stripes: a perceptual hash of stripes and gradients is mostly that of noise.
_MOST_BESIDE: Final = 4.0
_LIKE_STRIPES: Final = 0.95  # correlation of thumbnails of stripes that are compared
_AT_ONCE: Final = 1 << 22  # hashes compared together
_PAIRS: Final = 1 << 13  # thumbnails compared together

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Found:
    """A copy by its index, the index of what it is of, and whether their pixels are equal."""

    copy: int
    of: int
    is_exact: bool


@dataclass
class CopySearch:
    """Looks for copies of held-out pictures, and if asked for copies among the others.

    Attributes:
        looks: Of all pictures, see `core.images.data.looks`.
        ranks: Of all: a copy ranks higher than what it is a copy of.
        num_held: Ranks below it are held out.
        among_others: Whether those that are not held out are compared with each other: the first
            of them then counts, by rank and place.
        report: Told (done, total).
        stopped: Asked often.
    """

    looks: Sequence[bytes]
    ranks: Sequence[int]
    num_held: int
    among_others: bool = False
    report: CountReport | None = None
    stopped: Callable[[], bool] = never
    _place: Ints = field(init=False, repr=False)
    _rank: Ints = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._rank = np.array(self.ranks, dtype=np.int64)
        self._order = np.argsort(self._rank, kind="stable")
        self._place = np.argsort(self._order)
        table = np.frombuffer(b"".join(self.looks), np.uint8).reshape(-1, LOOK_BYTES)
        self._hash = table[:, PIXELS : PIXELS + HASH].copy().view(np.uint64)[:, 0]
        self._luma = table[:, PIXELS + HASH : PIXELS + HASH + LUMA]
        self._chroma = table[:, -CHROMA:]
        self._is_striped = _are_striped(self._luma)

    def find(self) -> list[Found]:
        """Every copy once, of what ranks lowest.

        Raises:
            Stopped: `stopped()` became true.
        """
        alike: dict[bytes, list[int]] = defaultdict(list)
        for index in self._order.tolist():
            alike[self.looks[index][:PIXELS]].append(index)
        groups = {group[0]: group[1:] for group in alike.values()}
        found = [
            Found(copy, of, is_exact=True)
            for of, copies in groups.items()
            for copy in copies
            if self._may_pair(np.array([copy]), np.array([of]))[0]
        ]
        known = {each.copy for each in found}
        for copy, of in self._near(np.array(list(groups), dtype=np.int64)):
            found += [
                Found(each, of, is_exact=False)
                for each in (copy, *groups[copy])
                if each not in known
            ]
        return found

    def _may_pair(self, copies: Ints, ofs: Ints) -> NDArray[np.bool_]:
        held = (self._rank[ofs] < self.num_held) & (self._rank[ofs] < self._rank[copies])
        if not self.among_others:
            return held
        is_before = self._place[ofs] < self._place[copies]
        return held | (is_before & (self._rank[copies] >= self.num_held))

    def _near(self, pictures: Ints) -> Iterator[tuple[int, int]]:
        """(copy, of) among pictures that are given by rank."""
        pictures = pictures[self._contrast(pictures) >= _LEAST_CONTRAST]
        num_held = int((self._rank[pictures] < self.num_held).sum())
        if not num_held and not self.among_others:
            return
        start = int((self._rank[pictures] == 0).sum())
        is_copy = np.zeros(len(self._hash), dtype=bool)
        while start < len(pictures):
            if self.stopped():
                raise Stopped
            width = len(pictures) if self.among_others else num_held
            end = start + max(1, _AT_ONCE // width)
            known = pictures[:end] if self.among_others else pictures[:num_held]
            for copy, of in self._of_block(pictures[start:end], known):
                # What is left out itself does not keep another one out.
                is_of_kept = self._rank[of] < self.num_held or not is_copy[of]
                if is_of_kept and not is_copy[copy]:
                    is_copy[copy] = True
                    yield copy, of
            start = end
            if self.report is not None:
                self.report(min(end, len(pictures)), len(pictures))

    def _of_block(self, some: Ints, known: Ints) -> Iterator[tuple[int, int]]:
        """(copy, of) of some pictures in their order, and what ranks lowest first."""
        bits = np.bitwise_count(self._hash[some][:, None] ^ self._hash[known][None, :])
        rows, columns = np.nonzero((bits <= _MOST_BITS) | self._like_stripes(some, known))
        for at in range(0, len(rows), _PAIRS):
            copies, ofs = some[rows[at : at + _PAIRS]], known[columns[at : at + _PAIRS]]
            may_pair = self._may_pair(copies, ofs)
            copies, ofs = copies[may_pair], ofs[may_pair]
            is_near = self._are_alike(copies, ofs)
            yield from zip(copies[is_near].tolist(), ofs[is_near].tolist(), strict=True)

    def _like_stripes(self, some: Ints, known: Ints) -> NDArray[np.bool_]:
        """(some, known) bool: whether both have stripes, and about the same ones."""
        found = np.zeros((len(some), len(known)), dtype=bool)
        columns = np.flatnonzero(self._is_striped[known])
        rows = np.flatnonzero(self._is_striped[some]) if len(columns) else columns
        for at in range(0, len(rows), _PAIRS):
            piece = rows[at : at + _PAIRS]
            one, other = (_even(self._luma[each])[0] for each in (some[piece], known[columns]))
            found[np.ix_(piece, columns)] = one @ other.T >= _LIKE_STRIPES * LUMA
        return found

    def _are_alike(self, one: Ints, other: Ints) -> NDArray[np.bool_]:
        """Whether thumbnails differ by little, brightness and contrast apart."""
        (one_luma, contrast), (other_luma, others) = (_even(self._luma[i]) for i in (one, other))
        most = np.hypot(_MOST_DIFFERENCE, _ROUNDING / np.minimum(contrast, others))
        difference = (one_luma - other_luma).std(axis=1)
        chroma = [self._chroma[each].astype(np.float32) for each in (one, other)]
        colour = np.abs(chroma[0] - chroma[1]).mean(axis=1)
        are_alike: NDArray[np.bool_] = (difference <= most) & (colour <= _MOST_COLOUR)
        return are_alike

    def _contrast(self, pictures: Ints) -> NDArray[np.float32]:
        parts = [
            self._luma[pictures[at : at + _PAIRS]].std(axis=1, dtype=np.float32)
            for at in range(0, len(pictures), _PAIRS)
        ]
        return np.concatenate([*parts, np.zeros(0, dtype=np.float32)])


def _are_striped(luma: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """(N,) bool: whether all rows of (N, H * W) thumbnails are (nearly) alike, or all columns."""
    side = int(LUMA**0.5)
    found = np.zeros(len(luma), dtype=bool)
    for at in range(0, len(luma), _PAIRS):
        values = luma[at : at + _PAIRS].reshape(-1, side, side).astype(np.float32)
        for axis in (1, 2):
            beside = (values - values.mean(axis=axis, keepdims=True)).std(axis=(1, 2))
            found[at : at + _PAIRS] |= beside <= _MOST_BESIDE
    return found


def _even(luma: NDArray[np.uint8]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Thumbnails with a mean of 0 and a contrast of 1, and the contrast that they had."""
    values = luma.astype(np.float32)
    values -= values.mean(axis=1, keepdims=True)
    contrast: NDArray[np.float32] = values.std(axis=1, keepdims=True)
    values /= contrast
    return values, contrast[:, 0]
