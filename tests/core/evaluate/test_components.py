"""Means over examples and trainings: worked by hand, and measured on truth that is known."""

import numpy as np
import pytest
from scipy import stats
from sklearn.metrics import f1_score, recall_score

from core.evaluate.components import difference_of, mean_of, take_apart
from core.evaluate.metrics import example_scores, resampled_scores
from tests.benchmarks.coverage import World, family_false, grid, rates, tables


def test_that_a_table_is_taken_apart_as_by_hand():
    # Seeds have the means 1/2 and 1; the examples 1, 1/2, 1, 1/2, and 3/4 is the mean of all.
    parts = take_apart(np.array([[1, 0, 1, 0], [1, 1, 1, 1]]))
    assert parts.mean == 0.75
    # Variance of the two means is 1/8; of their mean half of that.
    assert parts.between == pytest.approx(1 / 16)
    # Every example is 1/4 from the mean in the average over the seeds.
    np.testing.assert_allclose(parts.columns, np.array([1, -1, 1, -1]) / 16)
    # What is in neither seeds nor examples is ±1/4 in every cell: 8/16 over (2 - 1)(4 - 1), in 8.
    assert parts.shared == pytest.approx(1 / 2 / 3 / 8)
    found = mean_of(parts)
    assert found.examples == pytest.approx(max(4 / 256 * 4 / 3, 3 / 16))
    assert (found.seeds_df, found.examples_df) == (1, 3)


def test_that_one_training_has_the_interval_of_the_paired_t_test():
    random = np.random.default_rng(0)
    one, other = random.random((2, 1, 300)) < [[[0.8]], [[0.7]]]
    found = difference_of(take_apart(one), take_apart(other))
    test = stats.ttest_rel(one[0].astype(float), other[0].astype(float))
    interval = test.confidence_interval()
    assert found.value - found.half_width() == pytest.approx(interval.low)
    assert found.p == pytest.approx(test.pvalue)


def test_that_trainings_that_differ_much_have_the_interval_of_welchs_test():
    random = np.random.default_rng(0)
    levels = random.normal(0, 1, (4, 1)), random.normal(0.5, 1.5, (4, 1))
    one, other = (level + np.zeros(5000) for level in levels)
    found = difference_of(take_apart(one), take_apart(other))
    test = stats.ttest_ind(levels[0][:, 0], levels[1][:, 0], equal_var=False)
    interval = test.confidence_interval()
    assert found.half_width() == pytest.approx((interval.high - interval.low) / 2, rel=1e-3)
    assert found.p == pytest.approx(test.pvalue, rel=1e-2)


@pytest.mark.parametrize("error", [0.3, 0.05, 1e-6])
def test_that_a_p_value_is_the_error_of_the_interval_that_ends_at_zero(error):
    random = np.random.default_rng(1)
    one, other = random.random((2, 3, 200)) < 0.7
    found = difference_of(take_apart(one), take_apart(other))
    shifted = type(found)(found.half_width(error), *list(vars(found).values())[1:])
    assert shifted.p == pytest.approx(error, rel=1e-6)


def test_that_groups_of_one_change_nothing_and_copies_prove_nothing():
    table = np.random.default_rng(0).random((3, 60)) < 0.7
    alone = mean_of(take_apart(table))
    assert mean_of(take_apart(table, np.arange(60))) == alone
    copied = take_apart(np.repeat(table, 5, axis=1), np.repeat(np.arange(60), 5))
    found = mean_of(copied)
    assert found.examples == pytest.approx(alone.examples)
    assert found.half_width() == pytest.approx(alone.half_width())
    # Taken for 300 examples of their own they would prove five times as much.
    assert mean_of(take_apart(np.repeat(table, 5, axis=1))).examples < alone.examples / 4


def test_that_a_single_group_proves_nothing():
    table = np.ones((2, 9)), np.zeros((2, 9))
    found = difference_of(*(take_apart(each, np.zeros(9, dtype=int)) for each in table))
    assert found.p == 1
    assert found.half_width() == np.inf


def test_that_the_intervals_of_shares_stay_between_0_and_1():
    table = np.arange(200) > [[0], [1], [3]]
    low, high = mean_of(take_apart(table)).share_interval()
    assert 0.9 < low < table.mean() < high < 1


def test_that_what_examples_say_has_the_three_numbers_as_means():
    random = np.random.default_rng(0)
    targets, predictions = random.integers(0, 4, (2, 90))
    targets[targets == 3] = 0  # said, and never true
    accuracy, recall, f1 = example_scores(targets, predictions, 4).mean(axis=1)
    assert accuracy == pytest.approx((targets == predictions).mean())
    shown = {"labels": [0, 1, 2], "average": "macro"}
    assert recall == pytest.approx(recall_score(targets, predictions, **shown))
    assert f1 == pytest.approx(f1_score(targets, predictions, **shown))


def test_that_what_examples_say_varies_as_the_numbers_do_when_examples_are_resampled():
    random = np.random.default_rng(0)
    targets = random.choice(3, 600, p=[0.7, 0.2, 0.1])
    predictions = np.where(random.random(600) < 0.7, targets, random.integers(0, 3, 600))
    scores = example_scores(targets, predictions, 3)
    drawn = random.integers(0, 600, (4000, 600))
    resampled = resampled_scores(targets[drawn], predictions[drawn], 3).std(axis=1)
    np.testing.assert_allclose(scores.std(axis=1) / 600**0.5, resampled, rtol=0.05)


def test_that_simulated_arms_have_the_accuracy_and_spread_that_is_called_true():
    world = World(4000, (300, 300), 0.03)
    means = [t.mean(axis=1) for t in tables(world, (0.8, 0.83), np.random.default_rng(0))]
    assert [each.mean() for each in means] == pytest.approx([0.8, 0.83], abs=0.012)
    assert [each.std() for each in means] == pytest.approx([0.03, 0.03], rel=0.15)


# Four standard errors of a share of 95 % in so many repeats.
def margin(repeats: int) -> float:
    return float(4 * np.sqrt(0.05 * 0.95 / repeats))


def check(world: World, repeats: int) -> None:
    found = rates(world, repeats)
    off = margin(repeats)
    # With so few trainings or examples the intervals are honest, but wider than they would have
    # to be.
    repeated = [number for number in world.num_seeds if number > 1]
    is_few = min(repeated) < 4 or world.num_examples <= 100 or world.cluster > 1
    most = 1.0 if is_few else 0.97 + off
    for rate in (found.difference, found.accuracy):
        assert 0.95 - off <= rate <= most, world
    assert found.false_clear <= 0.05 + off, world


@pytest.mark.parametrize(
    "world",
    [
        World(100, (2, 2), 0.03),
        World(1000, (2, 2), 0.015),
        World(400, (3, 3), 0.015),
        World(1000, (3, 3), 0.03),
        World(400, (5, 5), 0.005),
        World(400, (10, 10), 0.015),
        World(400, (2, 5), 0.015),
        World(400, (5, 5), 0.015, 8),
        World(400, (1, 3), 0.03, fixed=True),
        World(2000, (1, 5), 0.015, fixed=True),
    ],
    ids=str,
)
def test_that_intervals_hold_the_truth_and_chance_is_rarely_clear(world):
    check(world, 150)


@pytest.mark.parametrize("num_seeds", [2, 3])
def test_that_of_six_arms_by_chance_none_is_clear_more_often_than_said(num_seeds):
    assert family_false(World(1000, (num_seeds,) * 7, 0.015), 150) <= 0.05 + margin(150)


@pytest.mark.slow
@pytest.mark.parametrize("world", grid(), ids=str)
def test_that_the_whole_grid_of_the_evidence_page_holds(world):
    check(world, 1000)


@pytest.mark.slow
@pytest.mark.parametrize("num_seeds", [2, 3, 5, 10])
@pytest.mark.parametrize("num_examples", [400, 10_000])
def test_that_chance_among_six_arms_holds_everywhere(num_seeds, num_examples):
    world = World(num_examples, (num_seeds,) * 7, 0.015)
    assert family_false(world, 1000) <= 0.05 + margin(1000)
