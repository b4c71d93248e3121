"""Which examples a step sees."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from core.training.order import balanced_order, bucketed_order, shuffled_order


@given(num_examples=st.integers(1, 40), batch_size=st.integers(1, 50), num_steps=st.integers(1, 12))
def test_that_every_epoch_is_a_permutation_whatever_the_batch_size(
    num_examples: int, batch_size: int, num_steps: int
) -> None:
    order = shuffled_order(num_examples, batch_size, 5, "stage")
    drawn = np.concatenate([order(step) for step in range(num_steps)])
    assert len(drawn) == num_steps * batch_size
    for start in range(0, len(drawn) - num_examples + 1, num_examples):
        epoch = drawn[start : start + num_examples]
        assert sorted(epoch) == list(range(num_examples))


def test_that_epochs_are_shuffled_differently() -> None:
    order = shuffled_order(100, 100, 5, "stage")
    assert not np.array_equal(order(0), order(1))
    assert not np.array_equal(order(0), np.arange(100))


def test_that_any_step_can_be_asked_for_first() -> None:
    in_order = shuffled_order(30, 7, 1, "stage")
    steps = [in_order(step) for step in range(20)]
    alone = shuffled_order(30, 7, 1, "stage")
    np.testing.assert_array_equal(alone(19), steps[19])
    np.testing.assert_array_equal(alone(3), steps[3])


def test_that_seed_and_stage_change_the_order() -> None:
    drawn = [shuffled_order(50, 50, *place)(0).tolist() for place in ((1, "a"), (2, "a"), (1, "b"))]
    assert drawn[0] != drawn[1] != drawn[2] != drawn[0]


def test_that_balanced_sampling_draws_every_class_equally_often() -> None:
    labels = np.repeat([0, 1, 3], [900, 90, 10])
    order = balanced_order(labels, 300, 1, "stage")
    drawn = labels[np.concatenate([order(step) for step in range(40)])]
    counts = np.bincount(drawn, minlength=4)
    assert counts[2] == 0
    # Binomial(12000, 1/3): five standard deviations are 258.
    assert np.all(np.abs(counts[[0, 1, 3]] - 4000) < 258), counts


def test_that_balanced_sampling_is_a_function_of_the_step() -> None:
    labels = np.array([0, 0, 1])
    first, again = (balanced_order(labels, 8, 1, "stage") for _ in range(2))
    np.testing.assert_array_equal(first(5), again(5))
    assert any(not np.array_equal(first(0), first(step)) for step in range(1, 5))


def test_that_buckets_hold_like_lengths_and_each_example_once() -> None:
    lengths = np.random.default_rng(3).integers(4, 128, 128)
    order = bucketed_order(len(lengths), lengths.__getitem__, 8, 5, "stage")
    batches = [order(step) for step in range(16)]
    assert sorted(np.concatenate(batches).tolist()) == list(range(128))
    mixed = shuffled_order(128, 8, 5, "stage")
    spread = [np.ptp(lengths[batch]) for batch in batches]
    assert np.mean(spread) < 0.3 * np.mean([np.ptp(lengths[mixed(step)]) for step in range(16)])
    # Any step can be asked for, by anybody, at any time.
    again = bucketed_order(len(lengths), lengths.__getitem__, 8, 5, "stage")
    assert np.array_equal(again(11), batches[11])
