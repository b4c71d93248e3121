"""Means over examples and trainings: worked by hand, and measured on truth that is known."""

import numpy as np
import pytest
from scipy import stats
from sklearn.metrics import f1_score, recall_score

from core.evaluate.components import Estimate, difference_of, mean_of, take_apart
from core.evaluate.metrics import example_scores, resampled_scores
from tests.benchmarks.coverage import (
    CLASSES,
    Rates,
    World,
    family_false,
    family_grid,
    grid,
    metric_grid,
    rates,
    rates_by_metric,
    scores,
    tables,
    truths,
)


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


def test_that_trainings_that_differ_much_have_welchs_interval_but_for_the_degrees_of_freedom():
    random = np.random.default_rng(0)
    levels = random.normal(0, 1, (4, 1)), random.normal(0.5, 1.5, (4, 1))
    one, other = (level + np.zeros(5000) for level in levels)
    found = difference_of(take_apart(one), take_apart(other))
    test = stats.ttest_ind(levels[0][:, 0], levels[1][:, 0], equal_var=False)
    # Halfway between Welch's and the six that arms which vary alike have.
    df = np.sqrt(test.df * 6)
    error = float(test._standard_error)
    assert found.half_width() == pytest.approx(stats.t.ppf(0.975, df) * error, rel=1e-3)
    assert found.p == pytest.approx(2 * stats.t.sf(abs(test.statistic), df), rel=1e-2)


def test_that_arms_of_unequal_seeds_that_vary_alike_have_satterthwaites_degrees():
    # Variances of their means 1/2 and 1/5: (0.7)² / (0.25 / 1 + 0.04 / 4) = 49/26.
    levels = [0, 1], [-1, 0, 0, 0, 1]
    one, other = (np.sqrt(2) * np.array(each)[:, None] + np.zeros(50) for each in levels)
    found = difference_of(take_apart(one), take_apart(other))
    assert found.seeds == pytest.approx(1 / 2 + 1 / 5)
    assert found.seeds_df == pytest.approx(49 / 26)


def test_that_half_of_the_spread_that_examples_explain_is_taken_off_at_five_percent():
    # Nothing but what each training makes of each example: the spread is all explained.
    found = Estimate(0.1, 4e-4, 2.0, 10e-4, 1e6, 4e-4)
    z, t = stats.norm.ppf(0.975), stats.t.ppf(0.975, 2)
    assert found.half_width() == pytest.approx(np.sqrt(z**2 * 8e-4 + t**2 * 2e-4), rel=1e-4)
    z, t = stats.norm.ppf(0.99375), stats.t.ppf(0.99375, 2)
    assert found.half_width(0.0125) == pytest.approx(np.sqrt(z**2 * 7e-4 + t**2 * 3e-4), rel=1e-4)


def test_that_less_of_it_is_taken_off_where_the_spread_is_of_two_trainings():
    found = Estimate(0.1, 4e-4, 1.0, 10e-4, 1e6, 4e-4)
    z, t = stats.norm.ppf(0.975), stats.t.ppf(0.975, 1)
    assert found.half_width() == pytest.approx(np.sqrt(z**2 * 7.2e-4 + t**2 * 2.8e-4), rel=1e-4)


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


def check(world: World, repeats: int) -> Rates:
    found = rates(world, repeats)
    check_rates(found, margin(repeats), world)
    return found


def check_rates(found: Rates, off: float, world: World) -> None:
    # The bar is 93 to 97 %; so many repeats know a rate to half of `off`.
    for rate in (found.difference, found.accuracy):
        assert min(0.95 - off, 0.93 - off / 2) <= rate <= most_held(world) + off, world
    assert found.false_clear <= 0.05 + off, world


def most_held(world: World) -> float:
    """With two trainings, or a hundred examples, intervals are honest and a little too wide."""
    repeated = [number for number in world.num_seeds if number > 1]
    return 0.99 if min(repeated) < 3 or world.num_examples <= 100 else 0.97


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


def test_that_such_worlds_catch_intervals_that_take_a_spread_of_few_trainings_for_known(
    monkeypatch,
):
    # 1.96 for every source, and a single training for no chance at all: version 0.1.
    monkeypatch.setattr(Estimate, "half_width", _of_a_normal)
    few = World(1000, (2, 2), 0.03)
    found = rates(few, 150)
    with pytest.raises(AssertionError):
        check_rates(found, margin(150), few)
    assert found.false_clear > 0.05 + margin(150)
    assert family_false(World(1000, (2,) * 7, 0.015), 150) > 0.05 + margin(150)


def _of_a_normal(self: Estimate, error: float = 0.05) -> float:
    z = float(stats.norm.ppf(1 - error / 2))
    return z * float(np.sqrt(max(self.examples, self.examples - self.shared + self.seeds)))


def test_that_two_trainings_that_differ_a_lot_do_not_narrow_an_arms_interval():
    # Where the t of one degree of freedom meets many examples; half taken off held 92.8 %.
    world, random = World(2000, (2,), 0.03), np.random.default_rng(0)
    held = 0
    for _ in range(800):
        (table,) = tables(world, [0.8], random)
        low, high = mean_of(take_apart(table)).share_interval()
        held += low <= 0.8 <= high
    assert held / 800 >= 0.93


@pytest.mark.parametrize("num_seeds", [2, 5])
def test_that_intervals_of_balanced_accuracy_and_macro_f1_hold_the_truth(num_seeds):
    world = World(400, (num_seeds,) * 2, 0.015, classes=CLASSES)
    for found in rates_by_metric(world, 100):
        check_rates(found, margin(100), world)


def test_that_simulated_classes_have_the_metrics_that_are_called_true():
    world = World(100_000, (40,), 0.015, classes=CLASSES)
    (arm,) = scores(world, [0.8], np.random.default_rng(0))
    means = arm.mean(axis=(0, 2))
    assert means == pytest.approx(truths(world, 0.8), abs=0.008)
    # The three numbers differ by less than trainings do, but macro-F1 is another number.
    lower = truths(world, 0.8)[1] - truths(world, 0.8)[2]
    assert lower > 0.04
    assert means[1] - means[2] == pytest.approx(lower, abs=2e-3)


@pytest.mark.parametrize("num_seeds", [2, 3])
def test_that_of_six_arms_by_chance_none_is_clear_more_often_than_said(num_seeds):
    assert family_false(World(1000, (num_seeds,) * 7, 0.015), 150) <= 0.05 + margin(150)


@pytest.mark.slow
@pytest.mark.parametrize("world", grid(), ids=str)
def test_that_the_whole_grid_of_the_evidence_page_holds(world):
    # A first look spends four fifths of the error: no margin is needed.
    assert check(world, 2000).false_claim <= 0.05


@pytest.mark.slow
@pytest.mark.parametrize("world", metric_grid(), ids=str)
def test_that_all_metrics_of_the_evidence_page_hold(world):
    for found in rates_by_metric(world, 2000):
        check_rates(found, margin(2000), world)
        assert found.false_claim <= 0.05 + margin(2000) / 2


@pytest.mark.slow
@pytest.mark.parametrize("world", family_grid(), ids=str)
def test_that_chance_among_six_arms_holds_everywhere(world):
    assert family_false(world, 2000) <= 0.05 + margin(2000)
