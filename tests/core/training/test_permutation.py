"""An order of very many examples that takes no memory."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.training.order import bucketed_order, shuffled_order
from core.training.permutation import Permutation

MANY = 20_000_000


@given(size=st.integers(1, 600), seed=st.integers(0, 9))
def test_that_it_permutes_whatever_is_asked_for_first(size: int, seed: int) -> None:
    permutation = Permutation(size, seed, "stage")
    later, first = permutation(size // 3, size), permutation(0, size // 3)
    assert sorted([*first, *later]) == list(range(size))


def test_that_all_orders_of_four_are_about_equally_frequent() -> None:
    orders = [tuple(Permutation(4, seed)(0, 4).tolist()) for seed in range(4800)]
    frequencies = [orders.count(each) for each in set(orders)]
    assert len(frequencies) == 24
    # Binomial(4800, 1/24): mean 200, five standard deviations are 69.
    assert max(abs(each - 200) for each in frequencies) < 69


def test_that_neighbours_of_many_are_strangers() -> None:
    drawn = Permutation(MANY, 1, "stage")(0, 1 << 18)
    assert len(np.unique(drawn)) == len(drawn)
    counts, _ = np.histogram(drawn, 64, (0, MANY))
    # Chi squared of 63 degrees of freedom: beyond 130 once in a million.
    assert ((counts - 4096) ** 2 / 4096).sum() < 130
    assert abs(np.corrcoef(drawn[:-1], drawn[1:])[0, 1]) < 5 / len(drawn) ** 0.5


def test_that_an_epoch_of_many_examples_has_each_once() -> None:
    size = (1 << 20) + 5
    order = shuffled_order(size, 100_000, 1, "stage")
    drawn = np.concatenate([order(step) for step in range(-(-2 * size // 100_000))])
    first, second = drawn[:size], drawn[size : 2 * size]
    assert np.array_equal(np.sort(first), np.arange(size))
    assert np.array_equal(np.sort(second), np.arange(size))
    assert not np.array_equal(first, second)


@pytest.mark.parametrize("is_bucketed", [False, True])
def test_that_the_order_of_many_examples_takes_no_memory(is_bucketed: bool) -> None:
    def lengths(positions: np.ndarray) -> np.ndarray:
        return positions % 128

    tracemalloc.start()
    order = (
        bucketed_order(MANY, lengths, 64, 1, "stage")
        if is_bucketed
        else shuffled_order(MANY, 64, 1, "stage")
    )
    for step in range(0, MANY // 64, 50_000):
        assert len(order(step)) == 64
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1 << 20
