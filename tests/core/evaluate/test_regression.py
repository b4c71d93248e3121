"""Numbers of models that predict numbers: against scikit-learn, by hand, and their intervals."""

import numpy as np
import pytest
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_absolute_error, r2_score, root_mean_squared_error
from sklearn.preprocessing import StandardScaler

from core.evaluate.errors_of_numbers import constants
from core.evaluate.margin import margin_of
from core.evaluate.recommending import recommend_by_validation
from core.evaluate.regression import evaluate_numbers, number_scores, r_squared
from core.evaluate.ridge import fit_ridge, near_numbers, probe_numbers
from core.evaluate.verdict import summarise_arms, verdict
from core.recipe.tasks import REGRESSION, TASKS, in_digits
from core.run.scale import Scale

TASK = TASKS[REGRESSION]


def made(number: int = 200, noise: float = 0.5, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    targets = random.normal(10, 2, number)
    return targets + random.normal(0, noise, number), targets


def test_that_the_numbers_are_those_of_scikit_learn() -> None:
    predicted, targets = made()
    found = evaluate_numbers(predicted, targets, num_resamples=200)
    for name, wanted in (
        ("r2", r2_score(targets, predicted)),
        ("mean_absolute_error", mean_absolute_error(targets, predicted)),
        ("root_mean_squared_error", root_mean_squared_error(targets, predicted)),
    ):
        assert found[name]["value"] == pytest.approx(wanted)
        assert found[name]["low"] < wanted < found[name]["high"]


def test_that_r2_is_right_by_hand() -> None:
    # Squared errors 1 + 0 + 1, squared distances from the mean 4 + 0 + 4.
    assert r_squared(np.array([2.0, 3, 4]), np.array([1.0, 3, 5])) == pytest.approx(1 - 2 / 8)
    # Always the mean is 0, worse than that is below, and equal labels leave nothing to explain.
    assert r_squared(np.full(3, 3.0), np.array([1.0, 3, 5])) == 0
    assert r_squared(np.array([5.0, 3, 1]), np.array([1.0, 3, 5])) == pytest.approx(1 - 32 / 8)
    assert r_squared(np.array([1.0, 2]), np.array([7.0, 7])) == 0


def test_that_what_an_example_says_is_the_number_and_its_derivative() -> None:
    predicted, targets = made(40)
    scores = number_scores(predicted, targets)
    found = evaluate_numbers(predicted, targets, num_resamples=10)
    for row, name in zip(scores, [metric.key for metric in TASK.metrics], strict=True):
        assert row.mean() == pytest.approx(found[name]["value"])
    # One example counts a millionth more than the others.
    for place in (0, 7, 33):
        weights = np.ones(40)
        weights[place] += 1e-6
        mean = np.average(targets, weights=weights)
        r2 = (
            1
            - (weights * (predicted - targets) ** 2).sum() / (weights * (targets - mean) ** 2).sum()
        )
        by_hand = 40 * (r2 - found["r2"]["value"]) / 1e-6
        assert scores[0, place] - found["r2"]["value"] == pytest.approx(by_hand, abs=1e-3)


def of_arms(factor: float = 1.0) -> dict[str, object]:
    """Two arms, the second with half the errors; all in another unit."""
    results, scores = {}, {}
    for arm, noise in (("base", 1.0), ("distilled", 0.5)):
        answers = [made(300, 0, 1)[1] for _ in range(3)]
        targets = factor * answers[0]
        chance = np.random.default_rng(5)
        said = [targets + factor * noise * chance.normal(0, 1, 300) for _ in range(3)]
        results[arm] = [evaluate_numbers(each, targets, num_resamples=50) for each in said]
        scores[arm] = [number_scores(each, targets) for each in said]
    return summarise_arms(results, scores, task=TASK)


@pytest.mark.parametrize("unit", [1000.0, 1e15, 1e-15])
def test_that_the_arm_with_smaller_errors_is_the_better_one_in_any_unit(unit: float) -> None:
    arms, in_thousandths = of_arms(), of_arms(unit)
    difference = arms["distilled"]["against"]["base"]
    assert difference["value"] > 0
    assert difference["is_clear"]
    assert difference["mean_absolute_error"]["value"] < 0
    assert verdict(arms).startswith("Self-distillation: ")
    assert " points better (" in verdict(arms)
    assert "Predictions of self-distillation are off by 0.39" in verdict(arms)
    for name in ("base", "distilled"):
        own, other = arms[name]["intervals"], in_thousandths[name]["intervals"]
        assert own["r2"] == pytest.approx(other["r2"])
        for end in ("low", "value", "high"):
            error = own["mean_absolute_error"][end]
            assert other["mean_absolute_error"][end] == pytest.approx(unit * error, rel=1e-9, abs=0)
    assert in_thousandths["distilled"]["against"]["base"]["p"] == pytest.approx(difference["p"])


def test_that_the_classifier_to_start_from_is_the_one_with_the_larger_r2() -> None:
    targets = made(300, 0, 1)[1]
    chance = np.random.default_rng(2)
    scores = {
        arm: [number_scores(targets + noise * chance.normal(0, 1, 300), targets)[0]]
        for arm, noise in (("base", 1.5), ("distilled", 0.3))
    }
    found = recommend_by_validation(scores, "image", task=TASK)
    assert found is not None
    assert found.arm == "distilled"
    assert "% R²" in found.words
    assert "best by R²" in found.words


def test_that_always_saying_the_mean_and_the_median_is_told() -> None:
    found = constants(np.array([1.0, 2.0, 9.0]), Scale(4.0, 3.0, 2.0))
    assert found["mean"]["r2"] == 0
    assert found["mean"]["mean_absolute_error"] == pytest.approx(10 / 3)
    assert found["median"]["mean_absolute_error"] == pytest.approx(8 / 3)
    assert found["words"].startswith("always saying the mean of the training labels, 4.00: 0.0 %")


def test_that_a_ridge_is_that_of_scikit_learn() -> None:
    random = np.random.default_rng(0)
    features = random.normal(3, 2, (60, 5)).astype(np.float32)
    targets = features @ np.array([1.0, -2, 0, 0, 3]) + random.normal(0, 0.1, 60)
    layer = fit_ridge(features, targets, seed=0, choose=False)
    assert layer is not None
    scaler = StandardScaler().fit(features)
    wanted = Ridge(alpha=60 / layer.strength).fit(scaler.transform(features), targets)
    np.testing.assert_allclose(
        layer.logits(features)[:, 0], wanted.predict(scaler.transform(features)), rtol=1e-3
    )
    # The weaker penalty that cross-validation chooses explains nearly all of it.
    chosen = fit_ridge(features, targets, seed=0)
    assert chosen is not None
    assert r_squared(chosen.logits(features)[:, 0], targets) > 0.99
    assert fit_ridge(features, np.full(60, 2.0), seed=0) is None


def test_that_neighbours_say_the_mean_of_their_numbers() -> None:
    features = np.array([[1.0, 0], [1, 0], [0, 1]])
    near = near_numbers(features, np.array([2.0, 4.0, 9.0]), np.array([[2.0, 0]]), k=2, seed=0)
    assert near is not None
    assert near.tolist() == [[3.0]]


def test_that_probes_know_numbers_that_are_in_the_features() -> None:
    random = np.random.default_rng(0)
    features = random.normal(0, 1, (120, 4))
    score = probe_numbers(features, 5 + features[:, 0], k=5, seed=0)
    assert score.linear is not None
    assert score.linear > 0.9
    assert score.right[1].mean() > 0.9
    nothing = probe_numbers(random.normal(0, 1, (120, 4)), random.normal(0, 1, 120), k=5, seed=0)
    assert nothing.linear is not None
    assert nothing.linear < 0.1


def test_that_a_margin_holds_as_many_as_it_says() -> None:
    # Of 9 errors the 9th of ⌈10 · 0.9⌉; fewer can't promise that.
    assert margin_of(np.arange(1.0, 10), 0.9) == 9
    assert margin_of(np.arange(1.0, 9), 0.9) is None
    random = np.random.default_rng(0)
    held = [
        np.mean(random.exponential(1, 500) <= margin_of(random.exponential(1, 49), 0.9))
        for _ in range(200)
    ]
    assert 0.89 < np.mean(held) < 0.92


@pytest.mark.parametrize(
    ("value", "shown"),
    [(218620710021127.0, "2.19e+14"), (1234567890.0, "1,234,567,890"), (-3e30, "-3.00e+30")],
)
def test_that_numbers_of_any_size_stay_readable(value: float, shown: str) -> None:
    assert in_digits(value) == shown
