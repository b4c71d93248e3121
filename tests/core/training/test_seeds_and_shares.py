"""Randomness by place; shares of a batch."""

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st

from core.training.feed import share_of
from core.training.seeds import derive_seed, numpy_generator, torch_generator


@given(st.integers(0, 2**31), st.text(max_size=20), st.integers(0, 10**9))
def test_that_a_seed_fits_63_bits_and_follows_from_its_place(
    seed: int, name: str, step: int
) -> None:
    derived = derive_seed(seed, name, step)
    assert 0 <= derived < 2**63
    assert derived == derive_seed(seed, name, step)
    assert derived != derive_seed(seed, name, step + 1)


def test_that_the_parts_of_a_place_do_not_run_together() -> None:
    assert derive_seed(1, "ab", "c") != derive_seed(1, "a", "bc")
    assert derive_seed(11, 2) != derive_seed(1, 12)


def test_that_generators_of_a_place_draw_the_same_numbers() -> None:
    first, again = (torch.rand(5, generator=torch_generator(1, "x")) for _ in range(2))
    assert torch.equal(first, again)
    np.testing.assert_array_equal(
        numpy_generator(1, "x").random(5), numpy_generator(1, "x").random(5)
    )
    assert not torch.equal(first, torch.rand(5, generator=torch_generator(1, "y")))


@given(st.integers(1, 9), st.integers(0, 200))
def test_that_shares_cover_every_row_once_and_differ_by_one_at_most(
    world: int, num_rows: int
) -> None:
    shares = [share_of(rank, world, num_rows) for rank in range(world)]
    rows = [row for share in shares for row in range(share.start, share.stop)]
    assert rows == list(range(num_rows))
    lengths = [share.stop - share.start for share in shares]
    assert max(lengths) - min(lengths) <= 1
