"""Copies among very many texts, by 8-byte hashes, in memory that does not grow with them."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import numpy as np

from core.text.data.number_file import scratch_numbers

# Hashes looked at together.
_AT_ONCE: Final = 1 << 16
_BUCKETS: Final = 256

Parts = Iterable[np.ndarray]


def first_of_each(hashes: Parts, scratch: Path) -> np.ndarray:
    """(N,) bool: whether no text before it has the same hash.

    Args:
        hashes: (n,) uint64 arrays, one after the other; gone through more than once. Among a
            hundred million texts two different ones share a hash with a probability of 0.03 %.
        scratch: Folder for what is too large for the memory.
    """
    is_first = scratch_numbers((sum(map(len, hashes)),), np.bool_, scratch)
    for positions, starts in sorted_by_hash(hashes, scratch):
        is_first[positions[starts]] = True
    return is_first


def sorted_by_hash(hashes: Parts, scratch: Path) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Positions with equal hashes side by side and in order, and where each hash starts.

    Args:
        hashes: As for `first_of_each`.
        scratch: Likewise.

    Yields:
        Some (n,) positions of all, no hash of which comes again, and (m,) starts within them.
    """
    total = sum(map(len, hashes))
    if not total:
        return
    ends = [total]
    table = scratch_numbers((total, 2), np.uint64, scratch)
    if total > _AT_ONCE:
        ends = _fill_by_top_byte(table, hashes)
    else:
        table[:, 0] = np.concatenate(list(hashes))
        table[:, 1] = np.arange(total)
    start = 0
    for end in ends:
        rows = np.array(table[start:end])
        start = end
        if not len(rows):
            continue
        rows = rows[np.argsort(rows[:, 0], kind="stable")]
        is_start = np.ones(len(rows), dtype=bool)
        is_start[1:] = rows[1:, 0] != rows[:-1, 0]
        yield rows[:, 1].astype(np.int64), np.flatnonzero(is_start)


def _fill_by_top_byte(table: np.ndarray, hashes: Parts) -> list[int]:
    """Hashes and positions into `table`, one top byte after the other; where each ends."""
    counts = np.zeros(_BUCKETS, dtype=np.int64)
    for some in _chunks(hashes):
        counts += np.bincount(_top_byte(some), minlength=_BUCKETS)
    ends = np.cumsum(counts)
    free = ends - counts
    position = 0
    for some in _chunks(hashes):
        top = _top_byte(some)
        order = np.argsort(top, kind="stable")
        here = np.bincount(top, minlength=_BUCKETS)
        start = 0
        for bucket in np.flatnonzero(here):
            chosen = order[start : start + here[bucket]]
            rows = slice(free[bucket], free[bucket] + len(chosen))
            table[rows, 0] = some[chosen]
            table[rows, 1] = chosen + position
            free[bucket] += len(chosen)
            start += len(chosen)
        position += len(some)
    return [int(end) for end in ends]


def _top_byte(hashes: np.ndarray) -> np.ndarray:
    return (hashes >> np.uint64(56)).astype(np.uint8)


def _chunks(parts: Parts) -> Iterator[np.ndarray]:
    """The same numbers in arrays of a size that is worth its overhead and fits in memory."""
    few: list[np.ndarray] = []
    size = 0
    for part in parts:
        for start in range(0, len(part), _AT_ONCE):
            few.append(part[start : start + _AT_ONCE])
            size += len(few[-1])
            if size >= _AT_ONCE:
                yield np.concatenate(few)
                few, size = [], 0
    if few:
        yield np.concatenate(few)
