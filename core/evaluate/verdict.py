"""Did it help: arms against each other over seeds and test images, and the answer in words.

Intervals of accuracies, and of differences between two arms, come from a percentile bootstrap over
the test images (each image's mean over the seeds is what is resampled), widened by the variance
between the seeds' accuracies divided by their number. That counts the chance on single images a
second time; with three seeds or so it is what makes 95 % true, and at worst it errs towards "no
gain" (tests/core/evaluate/test_verdict.py measures it).

Differences are paired: both arms on the same resampled images, and seed by seed when they have
the same number of seeds, since equal seeds mean equal heads and orders. What is not a mean over
images (balanced accuracy, macro-F1), and accuracies that can't vary, combine the seeds' own
intervals: test images are shared, so their variance is averaged; the variance between seeds is
divided by the number of seeds.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.evaluate.intervals import bootstrap_interval, estimate
from core.evaluate.several import HALF_WIDTH, adjust_for_several, clear_gains, clear_losses
from core.recipe.arms import BASE, DISTILLED, phrase_of

METRICS = ("accuracy", "balanced_accuracy", "macro_f1")

# Up to so many arms besides the base, the question is the one that the run asks: did it help?
_FEW = 2


def summarise_arms(
    results: dict[str, list[dict[str, Any]]],
    correct: dict[str, list[NDArray[np.bool_]]] | None = None,
    *,
    seed: int = 0,
    num_resamples: int = 2000,
    only_against_base: bool = False,
) -> dict[str, Any]:
    """Means over the seeds of each arm, their 95 % intervals, and differences between arms.

    Args:
        results: Per arm, one `evaluate_predictions` per seed.
        correct: Per arm, per seed, (N,) which of the same N test images were right.
        seed: Seed of the bootstrap.
        num_resamples: How often to resample.
        only_against_base: Leave the other differences out, for results on the way.

    Returns:
        Per arm: `accuracy`, `balanced_accuracy`, `macro_f1` (means) and `micro_f1` (with one class
        per image it is the accuracy), `std` (over seeds, sample standard deviation; null for one
        seed), `intervals` (per metric `value`, `low`, `high`),
        `calibration_error` (mean), `num_images`, `num_seeds`, `against` (per other arm the
        paired difference of accuracies: `value`, `low`, `high`, `is_clear`; of several arms, from
        the base, also `p`, `p_holm` and `is_clear_holm`) and `seeds`.
    """
    arms = {arm: _summary(seeds) for arm, seeds in results.items()}
    if correct is None:
        return arms
    tables = {arm: np.stack(seeds).astype(np.float64) for arm, seeds in correct.items()}
    for arm, table in tables.items():
        ends = _interval_of_mean([table], seed, num_resamples)
        if ends is not None and ends[0] < ends[1]:
            low, high = max(0.0, ends[0]), min(1.0, ends[1])
            arms[arm]["intervals"]["accuracy"] = estimate(arms[arm]["accuracy"], low, high)
        arms[arm]["against"] = {
            other: _difference(table, tables[other], seed, num_resamples)
            for other in tables
            if other != arm and (other == BASE or not only_against_base)
        }
    if len(arms) > 1 + _FEW:
        adjust_for_several(arms)
    return arms


def verdict(arms: dict[str, Any], what: str = "image", *, is_interim: bool = False) -> str:
    """Plain sentences: whether the last arm (self-distillation, as a rule) beats the base.

    Of more than two arms besides the base: which of them do, after Holm's correction.

    Args:
        arms: As from `summarise_arms`.
        what: One example: `image` or `text`.
        is_interim: Whether more is to come.
    """
    if not arms:
        return "Nothing was fine-tuned, so there is nothing to compare."
    named = [arm for arm in arms if arm != BASE]
    num_images = next(iter(arms.values()))["num_images"]
    images = f"{num_images:,} test {what}{'s' if num_images != 1 else ''}"
    if BASE not in arms or not named:
        scores = ", ".join(_score(arm, arms[arm]) for arm in arms)
        yet = " yet" if is_interim else ""
        return f"{_capital(scores)}, on {images}; there is nothing to compare with{yet}."
    if len(named) > _FEW and all(BASE in arms[arm]["against"] for arm in named):
        return _verdict_of_several(arms, named, images)
    subject = DISTILLED if DISTILLED in arms else named[-1]
    scores = f"{_score(subject, arms[subject])}, {_score(BASE, arms[BASE])}, on {images}"
    difference = arms[subject].get("against", {}).get(BASE)
    if difference is None:
        return f"{_capital(scores)}."
    sentence = _judged(scores, difference, what)
    clear = [arm for arm in named if arm != subject and _is_gain(arms[arm])]
    if clear and not _is_gain(arms[subject]):
        sentence += f" {_capital(_score(clear[0], arms[clear[0]]))} does gain."
    return sentence


def _verdict_of_several(arms: dict[str, Any], named: list[str], images: str) -> str:
    gains, losses = clear_gains(arms), clear_losses(arms)
    best = max(named, key=lambda arm: float(arms[arm]["accuracy"]))
    first = gains[0] if gains else best
    scores = f"{_score(first, arms[first])}, {_score(BASE, arms[BASE])}, on {images}"
    tests = f"{len(named)} comparisons with fine-tuning alone (Holm's correction)"
    if gains:
        difference = arms[first]["against"][BASE]
        points, span = _points_and_span(difference)
        listed = _listed(gains)
        verb = "are" if len(gains) > 1 else "is"
        text = (
            f"{_capital(scores)}: {points} better ({span}). Over {tests}, {listed} {verb} clearly "
            "better."
        )
    else:
        difference = arms[best]["against"][BASE]
        span = _points_and_span(difference)[1]
        text = (
            f"No gain here: use the base model. Over {tests}, nothing is clearly better; the best "
            f"is {scores}, a difference of {_signed(difference['value'])} points ({span})."
        )
    if losses:
        text += f" Clearly worse: {_listed(losses)}."
    return text


def _listed(arms: list[str]) -> str:
    phrases = [phrase_of(arm) for arm in arms]
    return phrases[0] if len(phrases) == 1 else f"{', '.join(phrases[:-1])} and {phrases[-1]}"


def _points_and_span(difference: dict[str, Any]) -> tuple[str, str]:
    points = f"{100 * abs(difference['value']):.1f} points"
    return points, (f"95 % interval {_signed(difference['low'])} to {_signed(difference['high'])}")


def _summary(seeds: Sequence[dict[str, Any]]) -> dict[str, Any]:
    values = {metric: np.array([s[metric]["value"] for s in seeds]) for metric in METRICS}
    several = len(seeds) > 1
    means = {metric: float(values[metric].mean()) for metric in METRICS}
    std = {m: float(values[m].std(ddof=1)) if several else None for m in METRICS}
    intervals = {metric: _pooled([s[metric] for s in seeds]) for metric in METRICS}
    # Micro-F1 is the same number, also of seeds that were evaluated before it had a name.
    means["micro_f1"] = means["accuracy"]
    std["micro_f1"], intervals["micro_f1"] = std["accuracy"], intervals["accuracy"]
    return {
        **means,
        "std": std,
        "intervals": intervals,
        "calibration_error": float(np.mean([s["calibration_error"] for s in seeds])),
        "num_images": seeds[0]["num_images"],
        "num_seeds": len(seeds),
        "against": {},
        "seeds": list(seeds),
    }


def _pooled(estimates: Sequence[dict[str, float]]) -> dict[str, float]:
    """One interval from those of the seeds; each side keeps its own width."""
    values, low, high = (
        np.array([each[key] for each in estimates]) for key in ("value", "low", "high")
    )
    mean = float(values.mean())
    between = _variance_of_mean(values)
    below = np.sqrt(((values - low) ** 2).mean() + HALF_WIDTH**2 * between)
    above = np.sqrt(((high - values) ** 2).mean() + HALF_WIDTH**2 * between)
    return estimate(mean, max(0.0, mean - float(below)), min(1.0, mean + float(above)))


def _difference(
    table: NDArray[np.float64], other: NDArray[np.float64], seed: int, num_resamples: int
) -> dict[str, Any]:
    value = float(table.mean() - other.mean())
    tables = [table - other] if len(table) == len(other) else [table, -other]
    ends = _interval_of_mean(tables, seed, num_resamples)
    if ends is None:
        # One image: nothing is known of the difference.
        return {"value": value, "low": -1.0, "high": 1.0, "is_clear": False}
    interval = {"value": value, "low": max(-1.0, ends[0]), "high": min(1.0, ends[1])}
    return {**interval, "is_clear": not interval["low"] <= 0 <= interval["high"]}


def _interval_of_mean(
    tables: Sequence[NDArray[np.float64]], seed: int, num_resamples: int
) -> tuple[float, float] | None:
    """Of the sum of the tables' means; None for one image. Tables are (seeds, images)."""
    num_images = tables[0].shape[1]
    if num_images < 2:
        return None
    per_image = np.sum([table.mean(axis=0) for table in tables], axis=0)

    def mean(images: np.ndarray, axis: int = -1) -> NDArray[np.float64]:
        means: NDArray[np.float64] = per_image[images].mean(axis=axis)
        return means

    ends = bootstrap_interval(num_images, mean, seed=seed, num_resamples=num_resamples)
    low, high = float(ends[0][0]), float(ends[1][0])
    value = float(per_image.mean())
    of_seeds = HALF_WIDTH**2 * sum(_variance_of_mean(table.mean(axis=1)) for table in tables)
    below = np.sqrt((value - low) ** 2 + of_seeds)
    above = np.sqrt((high - value) ** 2 + of_seeds)
    return value - float(below), value + float(above)


def _variance_of_mean(values: NDArray[np.float64]) -> float:
    """Variance of the mean of (S,) numbers of single seeds; 0 for one seed: unknown then."""
    return float(values.var(ddof=1)) / len(values) if len(values) > 1 else 0.0


def _is_gain(arm: dict[str, Any]) -> bool:
    difference = arm["against"].get(BASE)
    return bool(difference and difference["is_clear"] and difference["value"] > 0)


def _judged(scores: str, difference: dict[str, Any], what: str) -> str:
    points, span = _points_and_span(difference)
    if not difference["is_clear"]:
        return (
            f"No gain here: {scores}; the difference of {_signed(difference['value'])} points "
            f"({span}) may be chance. More test {what}s or seeds could tell; until then the base "
            "model serves as well."
        )
    if difference["value"] < 0:
        return f"A loss here: {scores}; {points} worse ({span}). Use the base model."
    return f"{_capital(scores)}: {points} better ({span})."


def _score(arm: str, summary: dict[str, Any]) -> str:
    interval = summary["intervals"]["accuracy"]
    low, high = 100 * interval["low"], 100 * interval["high"]
    score = f"{100 * summary['accuracy']:.1f} %"
    return f"{phrase_of(arm)}: {score} (95 % interval {low:.1f} to {high:.1f})"


def _signed(share: float) -> str:
    return f"{100 * share:+.1f}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
