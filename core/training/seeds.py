"""All randomness is a function of (seed, names, step): nothing to save, nothing to lose.

A step's masks, order, flips and dropout are drawn anew from a generator seeded by its place in
the run, for the global batch. So a resumed run, another micro-batch or another number of
processes see the same numbers.
"""

import hashlib

import numpy as np
import torch


def derive_seed(*place: int | str) -> int:
    """A 63-bit seed for a place in the run, such as `(seed, stage, "order", epoch)`."""
    text = "\x1f".join(str(part) for part in place)
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest()) >> 1


def torch_generator(*place: int | str) -> torch.Generator:
    """A CPU generator for a place in the run."""
    return torch.Generator().manual_seed(derive_seed(*place))


def numpy_generator(*place: int | str) -> np.random.Generator:
    """A numpy generator for a place in the run."""
    return np.random.Generator(np.random.PCG64(derive_seed(*place)))
