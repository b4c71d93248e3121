"""Did it help: arms against each other over seeds and test images, and the answer in words.

Intervals and p-values of accuracies, balanced accuracies and macro-F1 (of several labels: mean
average precisions, micro- and macro-F1; of numbers: R² and mean errors), and of their differences,
hold both chances, that of the test images and that of the seeds (`core.evaluate.components`).
Differences are paired: both arms on the same images. Each metric is a mean over images of what an
image says of it (`core.evaluate.metrics.example_scores`). Nothing is resampled.
"""

from collections.abc import Container, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.evaluate.components import Clusters
from core.evaluate.errors_of_numbers import errors_in_words
from core.evaluate.paired import interval_of, paired_difference, parts_of, per_pretraining
from core.evaluate.scores_in_words import capital, listing, points_of, score_of, span_of
from core.evaluate.several import adjust_for_several, clear_gains, clear_losses
from core.readers.holm import LEVEL
from core.readers.judgement import Judgement, judge, why_not_judged
from core.readers.lead import in_words, judgements_of, lead_of, subject_of
from core.readers.points import from_base
from core.recipe.arms import BASE
from core.recipe.modality import noun_for
from core.recipe.shares import signed
from core.recipe.tasks import SINGLE, TASKS, Task, metric_of

# Up to so many arms besides the base, the question is the one that the run asks: did it help?
_FEW = 2
_JUDGEMENTS = frozenset({Judgement.GAIN, Judgement.NO_GAIN, Judgement.LOSS})


def summarise_arms(
    results: dict[str, list[dict[str, Any]]],
    scores: dict[str, list[NDArray[np.floating[Any]]]],
    *,
    clusters: Clusters | None = None,
    is_interim: bool = False,
    fixed: Container[str] = (),
    error: float = LEVEL,
    num_pretrainings: int = 1,
    task: Task = TASKS[SINGLE],
) -> dict[str, Any]:
    """Means over the seeds of each arm, their 95 % intervals, and differences between arms.

    Args:
        results: Per arm, one evaluation per seed.
        scores: Per arm, per seed, (M, N) what each of the same N test images says of each of the
            task's metrics.
        clusters: (N,) which test images belong together; None: none do.
        is_interim: Of results on the way: only differences from the base, and none is judged.
        fixed: Arms in which nothing is random, so that one seed is all there is: they differ from
            the others by the chance of the images and of the others' seeds alone.
        error: How often intervals of differences may miss, and claims be false.
        num_pretrainings: How often each pre-training was done; the seeds of an arm that starts from
            one take turns on them, so those of the same one are averaged to a single observation.
        task: Says which metrics there are; differences are judged by the first.

    Returns:
        Per arm: the metrics (means; with one class per image `micro_f1`, too, which is the accuracy
        then), `std` (over seeds, sample standard deviation; null for one
        seed), `intervals` (per metric `value`, `low`, `high`),
        `calibration_error` (mean; null of numbers), `num_images`, `num_seeds`, `against` (per other
        arm the paired difference of the first: `value`, `low`, `high`, `p`, `level`, `is_judged`
        (not with one seed, nor on the way), `is_clear`, the other metrics with numbers of their
        own; of several arms, from the base, also `p_holm` and `is_clear_holm`) and `seeds`.
    """
    keys = [metric.key for metric in task.metrics]
    arms = {arm: _summary(seeds, keys) for arm, seeds in results.items()}
    parts = {
        arm: parts_of(per_pretraining(arm, tables, num_pretrainings), clusters, task)
        for arm, tables in scores.items()
    }
    for arm, own in parts.items():
        intervals = {
            metric.key: interval_of(own[metric.key], task, metric) for metric in task.metrics
        }
        if task.is_single:
            intervals["micro_f1"] = dict(intervals["accuracy"])
        arms[arm]["intervals"] = intervals
        arms[arm]["against"] = {
            other: paired_difference(
                own,
                others,
                error,
                task,
                is_judged=not is_interim
                and all(name in fixed or len(results[name]) > 1 for name in (arm, other)),
            )
            for other, others in parts.items()
            if other != arm and (other == BASE or not is_interim)
        }
    # Two questions: what pre-training is good for, and what fine-tuning is.
    for is_fixed in (False, True):
        alike = {name: arms[name] for name in arms if (name in fixed) is is_fixed}
        adjust_for_several(alike, error)
    return arms


def verdict(
    arms: dict[str, Any],
    what: str = "image",
    *,
    is_interim: bool = False,
    frozen: Mapping[str, Any] | None = None,
    recommended: str | None = None,
) -> str:
    """Plain sentences: whether the recommended arm (or self-distillation) beats the base.

    Of more than two arms besides the base: which of them do, after Holm's correction. Whom it is
    about, and how it begins, says `core.readers.lead`.

    Args:
        arms: As from `summarise_arms`.
        what: One example: `image` or `text`.
        is_interim: Whether more is to come.
        frozen: Rows without fine-tuning, likewise.
        recommended: The classifier to start from; None while there is none.
    """
    if not arms:
        return "Nothing was fine-tuned, so there is nothing to compare."
    judged = [arm for arm in arms if judge(arms[arm]["against"].get(BASE)) in _JUDGEMENTS]
    # A soup is one model beside arms that can be judged: numbers of its own.
    single = [arm for arm in arms if judged and arm not in (BASE, *judged)]
    rest = {arm: row for arm, row in arms.items() if arm not in single}
    text = _of_arms(rest, what, frozen or {}, recommended, is_interim=is_interim)
    return " ".join([text, *(_single(arm, arms) for arm in single), *errors_in_words(arms)])


def _of_arms(
    arms: dict[str, Any],
    what: str,
    frozen: Mapping[str, Any],
    recommended: str | None,
    *,
    is_interim: bool,
) -> str:
    named = [arm for arm in arms if arm != BASE]
    num_images = next(iter(arms.values()))["num_images"]
    images = f"{num_images:,} test {noun_for(what, num_images)}"
    if BASE not in arms or not named:
        scores = ", ".join(score_of(arm, arms[arm]) for arm in arms)
        yet = " yet" if is_interim else ""
        return f"{capital(scores)}, on {images}; there is nothing to compare with{yet}."
    rows = {**frozen, **arms}
    subject = subject_of(arms, judgements_of(rows), recommended) or named[-1]
    judgement = judge(rows[subject]["against"].get(BASE))
    if judgement is Judgement.NOT_JUDGED:
        return _numbers(rows, named, subject, images, is_interim=is_interim)
    are_several = len(named) > _FEW and all(BASE in arms[arm]["against"] for arm in named)
    if are_several and subject in arms:
        return _verdict_of_several(arms, named, images, subject, recommended)
    scores = f"{score_of(subject, rows[subject])}, {score_of(BASE, arms[BASE])}, on {images}"
    if judgement is Judgement.NOT_COMPARED:
        return f"{capital(scores)}."
    lead = in_words(lead_of(rows[subject]["against"][BASE], recommended))
    sentence = _judged(lead, scores, judgement, from_base(rows, subject), what)
    if subject not in arms:
        return f"{sentence} {_fine_tuned(arms, named)}"
    gains = [arm for arm in named if judge(arms[arm]["against"].get(BASE)) is Judgement.GAIN]
    if gains and subject not in gains:
        sentence += f" {capital(score_of(gains[0], arms[gains[0]]))} does gain."
    return sentence


def _single(arm: str, arms: dict[str, Any]) -> str:
    difference = from_base(arms, arm)
    return (
        f"{capital(score_of(arm, arms[arm]))}, a difference of {signed(difference['value'])} "
        "points: it is one model, so chance between trainings is not known and it is not judged."
    )


def _numbers(
    arms: dict[str, Any], named: list[str], subject: str, images: str, *, is_interim: bool
) -> str:
    """What there is before anything can be judged."""
    scores = f"{score_of(subject, arms[subject])}, {score_of(BASE, arms[BASE])}, on {images}"
    difference = from_base(arms, subject)
    text = (
        f"{capital(scores)}; a difference of {signed(difference['value'])} points "
        f"({span_of(difference)})"
    )
    others = [arm for arm in named if arm != subject]
    if others:
        text += f"; besides, {', '.join(score_of(arm, arms[arm]) for arm in others)}"
    seeds = [arms[arm]["num_seeds"] for arm in (BASE, *named)]
    return f"{text}; {why_not_judged(seeds, is_interim=is_interim)}."


def _fine_tuned(arms: dict[str, Any], named: list[str]) -> str:
    """What is to be said of fine-tuning after a sentence about a row without."""
    difference_of = {arm: arms[arm]["against"].get(BASE) for arm in named}
    gains = [arm for arm in named if judge(difference_of[arm]) is Judgement.GAIN]
    best = gains[0] if gains else max(named, key=lambda arm: float(arms[arm][_key(arms)]))
    difference = from_base(arms, best)
    may_be = "" if gains else ", which may be chance"
    return (
        f"Of what was fine-tuned in other ways, the best is "
        f"{score_of(best, arms[best])}, a difference of {signed(difference['value'])} points "
        f"({span_of(difference)}){may_be}."
    )


def _key(arms: dict[str, Any]) -> str:
    return metric_of(arms[BASE]).key


def _verdict_of_several(
    arms: dict[str, Any], named: list[str], images: str, subject: str, recommended: str | None
) -> str:
    gains, losses = clear_gains(arms), clear_losses(arms)
    best = max(named, key=lambda arm: float(arms[arm][_key(arms)]))
    first = gains[0] if gains else best
    if subject == recommended and (subject in gains or not gains):
        first = subject
    lead = in_words(lead_of(arms[first if gains else subject]["against"][BASE], recommended))
    lead = f"{lead}. " if lead else ""
    scores = f"{score_of(first, arms[first])}, {score_of(BASE, arms[BASE])}, on {images}"
    tests = f"{len(named)} comparisons with fine-tuning alone (Holm's correction)"
    if gains:
        difference = from_base(arms, first)
        points, span = points_of(difference), span_of(difference)
        listed = listing(gains)
        verb = "are" if len(gains) > 1 else "is"
        text = (
            f"{lead}{capital(scores)}: {points} better ({span}). Over {tests}, {listed} {verb} "
            "clearly better."
        )
    else:
        difference = from_base(arms, first)
        points, span = signed(difference["value"]), span_of(difference)
        which = "the best" if first == best else "what is recommended"
        text = (
            f"{lead}Over {tests}, nothing is clearly better; {which} is {scores}, "
            f"a difference of {points} points ({span})."
        )
    if losses:
        text += f" Clearly worse: {listing(losses)}."
    return text


def _summary(seeds: Sequence[dict[str, Any]], metrics: Sequence[str]) -> dict[str, Any]:
    values = {metric: np.array([s[metric]["value"] for s in seeds]) for metric in metrics}
    several = len(seeds) > 1
    means = {metric: float(values[metric].mean()) for metric in metrics}
    std = {m: float(values[m].std(ddof=1)) if several else None for m in metrics}
    if "accuracy" in means:
        # Micro-F1 is the same number, also of seeds that were evaluated before it had a name.
        means["micro_f1"] = means["accuracy"]
        std["micro_f1"] = std["accuracy"]
    return {
        **means,
        "std": std,
        "intervals": {},
        "calibration_error": _mean_of(seeds, "calibration_error"),
        "num_images": seeds[0]["num_images"],
        "num_seeds": len(seeds),
        "against": {},
        "seeds": list(seeds),
    }


def _mean_of(seeds: Sequence[dict[str, Any]], key: str) -> float | None:
    values = [seed[key] for seed in seeds if key in seed]
    return float(np.mean(values)) if values else None


def _judged(
    lead: str, scores: str, judgement: Judgement, difference: dict[str, Any], what: str
) -> str:
    span = span_of(difference)
    scores = f"{lead}: {scores}" if lead else capital(scores)
    if judgement is Judgement.LOSS:
        return f"{scores}; {points_of(difference)} worse ({span})."
    if judgement is Judgement.GAIN:
        return f"{scores}: {points_of(difference)} better ({span})."
    several = ", after Holm's correction for the number of arms," if difference["is_clear"] else ""
    return (
        f"{scores}; the difference of {signed(difference['value'])} points "
        f"({span}){several} may be chance. More test {noun_for(what)} or seeds could tell."
    )
