"""Seeds that are added until something is clear: what each look may claim."""

import numpy as np
import pytest

from core.evaluate.components import difference_of, take_apart
from core.readers.looks import extended_in_words, share_of_look
from tests.benchmarks.coverage import World, tables

LOOKS = (2, 3, 5, 8)


def test_that_all_looks_together_spend_five_percent() -> None:
    shares = [share_of_look(number) for number in range(1, 60)]
    assert sum(shares) == pytest.approx(0.05)
    assert shares == sorted(shares, reverse=True)
    # Whoever can't look again spends all at once.
    assert share_of_look(0) == 0.05


def test_that_whoever_adds_seeds_until_it_is_clear_is_rarely_wrong() -> None:
    random, world = np.random.default_rng(0), World(400, (8, 8), 0.03)
    with_shares = without = 0
    repeats = 600
    for _ in range(repeats):
        one, other = tables(world, (0.8, 0.8), random)
        found = [difference_of(take_apart(one[:n]), take_apart(other[:n])).p for n in LOOKS]
        with_shares += any(p < share_of_look(at) for at, p in enumerate(found, 1))
        without += any(p < 0.05 for p in found)
    assert with_shares / repeats <= 0.05
    # The same chance would be called clear more often if every look had all of it.
    assert without > with_shares


def test_that_extensions_are_stated() -> None:
    assert extended_in_words([]) == ""
    assert extended_in_words([3]).startswith("Seeds were added once, after 3: ")
    assert extended_in_words([3, 5]).startswith("Seeds were added 2 times, after 3 and 5: ")
