"""A random order of any number of things that takes no memory: computed, not drawn."""

import numpy as np

from core.training.seeds import derive_seed

# Four make a permutation nobody tells from a random one, given random functions (Luby & Rackoff,
# 1988); ours only look so, hence a few more.
_ROUNDS = 6


class Permutation:
    """A permutation of `0 … size - 1` of which any part can be asked for.

    A Feistel network permutes the numbers of so many bits, whatever its round function; a number
    beyond the end is sent through again until it is none (cycle walking: Black & Rogaway, 2002,
    section 3), three times more on average at worst.

    Args:
        size: How many, from 1 to 2**62.
        *place: Where in the run, for the seed.
    """

    def __init__(self, size: int, *place: int | str) -> None:
        self._size = size
        # Both halves have as many bits, at least one, so 2^(2 half) >= size, and < 4 size from 2
        # on. Walking through beyond-the-end numbers therefore ends soon.
        self._half = np.uint64(max(1, -(-(size - 1).bit_length() // 2)))
        self._mask = (np.uint64(1) << self._half) - np.uint64(1)
        self._keys = [np.uint64(derive_seed(*place, "key", number)) for number in range(_ROUNDS)]

    def __call__(self, start: int, stop: int) -> np.ndarray:
        """(stop - start,) int64: what stands at these places."""
        found = self._enciphered(np.arange(start, stop, dtype=np.uint64))
        # Following a cycle of the larger permutation until it is back below the end skips only
        # numbers beyond it, so no two places meet: what is left is a permutation again. It ends,
        # because the cycle holds the place it began at.
        while len(beyond := np.flatnonzero(found >= self._size)):
            found[beyond] = self._enciphered(found[beyond])
        return found.astype(np.int64)

    def _enciphered(self, numbers: np.ndarray) -> np.ndarray:
        left, right = numbers >> self._half, numbers & self._mask
        for key in self._keys:
            # Reversible whatever `_mixed` is: the right half is kept, as the new left one, and
            # tells what was xor-ed onto the other. Sums of 64 bits wrap around, which is wanted.
            left, right = right, left ^ (_mixed(right + key) & self._mask)
        joined: np.ndarray = (left << self._half) | right
        return joined


def _mixed(numbers: np.ndarray) -> np.ndarray:
    """Scrambled 64-bit numbers: the finaliser of SplitMix64 (Steele et al., 2014)."""
    numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed: np.ndarray = numbers ^ (numbers >> np.uint64(31))
    return mixed
