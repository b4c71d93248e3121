"""Copies among very many texts, by 8-byte hashes, in little more memory than the hashes take."""

from collections.abc import Iterator

import numpy as np

# Hashes looked at together: their positions take 8 bytes each.
_AT_ONCE = 1 << 20


def first_of_each(hashes: np.ndarray) -> np.ndarray:
    """(N,) bool: whether no text before it has the same hash.

    Args:
        hashes: (N,) uint64. Among a hundred million texts two different ones share a hash with a
            probability of 0.03 %.
    """
    is_first = np.zeros(len(hashes), dtype=bool)
    for positions, starts in _sorted_by_hash(hashes):
        is_first[positions[starts]] = True
    return is_first


def groups_of_copies(hashes: np.ndarray, most: int) -> list[np.ndarray]:
    """Positions of texts that share a hash, ascending; at most `most` groups, by their first."""
    groups: list[np.ndarray] = []
    for positions, starts in _sorted_by_hash(hashes):
        ends = np.append(starts[1:], len(positions))
        shared = np.flatnonzero(ends - starts > 1)[: most - len(groups)]
        groups += [positions[starts[at] : ends[at]] for at in shared]
    return sorted(groups, key=lambda group: int(group[0]))


def _sorted_by_hash(hashes: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Positions with equal hashes side by side and in order, and where each hash starts."""
    top = hashes.astype("<u8", copy=False).view(np.uint8)[7::8]
    buckets = 1
    while buckets < 256 and len(hashes) > buckets * _AT_ONCE:
        buckets *= 2
    width = 256 // buckets
    for low in range(0, 256, width):
        positions = np.flatnonzero((top >= low) & (top <= low + width - 1))
        positions = positions[np.argsort(hashes[positions], kind="stable")]
        found = hashes[positions]
        is_start = np.ones(len(found), dtype=bool)
        is_start[1:] = found[1:] != found[:-1]
        yield positions, np.flatnonzero(is_start)
