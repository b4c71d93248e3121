"""What a score has to be measured against: always saying the most frequent class, or no ranking."""

from dataclasses import dataclass

import numpy as np

from core.language import _
from core.readers.estimate import ScoreEstimate
from core.readers.outcome import RunOutcome
from core.recipe.tasks import REGRESSION, SINGLE, TASKS, metric_named
from core.run.events import ChanceLevel

# Of a normal distribution, so many standard errors hold 95 %.
_ERRORS = 1.96


@dataclass(frozen=True)
class Majority:
    """The most frequent class of the test examples.

    Attributes:
        name: The class; the first of several.
        share: Of the test examples, which is how often saying nothing else is right.
    """

    name: str
    share: float

    @property
    def words(self) -> str:
        """`always saying anger: 39.3 %`."""
        return _("always saying {name}: {share:.1f} %").format(
            name=self.name, share=100 * self.share
        )


def majority_of(outcome: RunOutcome) -> Majority | None:
    """The most frequent class of a run's test examples; None where nothing was tested."""
    for row in outcome.rows:
        for seed in row.seeds:
            counts = seed.matrix.sum(axis=1) if seed.matrix is not None else np.zeros(0)
            if counts.sum():
                most = int(np.argmax(counts))
                return Majority(outcome.classes[most], float(counts[most] / counts.sum()))
    return None


def _unranked(outcome: RunOutcome) -> tuple[float, str] | None:
    """The mean average precision of a classifier that ranks by chance, as a number and in words.

    That of a label is then the share of the test examples to which it applies; the mean is over the
    labels that apply to some.
    """
    for row in outcome.rows:
        for seed in row.seeds:
            shares = [each.num_images / outcome.num_test for each in seed.per_class]
            found = [share for share in shares if share]
            if found:
                mean = sum(found) / len(found)
                return mean, _by_chance(mean, outcome.task.metric.unit)
    return None


def _by_chance(share: float, unit: str) -> str:
    return _("a ranking by chance: {share:.1f} {unit}").format(share=100 * share, unit=unit)


def level_words(told: ChanceLevel) -> str:
    """What whoever knows nothing reaches, while it trains: `always saying anger: 39.3 %`."""
    if told.metric == TASKS[SINGLE].metric.key:
        return Majority(told.answer, told.level).words
    if told.metric == TASKS[REGRESSION].metric.key:
        return _("always saying the mean: {score}").format(
            score=metric_named(told.metric).shown(told.level)
        )
    return _by_chance(told.level, metric_named(told.metric).unit)


def look_doubt(told: ChanceLevel, value: float) -> str:
    """That a look found hardly more than that, if so; of accuracies by their standard error."""
    low = value
    if told.metric == TASKS[SINGLE].metric.key:
        low -= _ERRORS * (max(0.0, value * (1 - value)) / max(1, told.num_examples)) ** 0.5
    return _doubt(ScoreEstimate(value, low, value), told.level, level_words(told))


def against_chance(outcome: RunOutcome) -> str:
    """How the best row compares with knowing nothing, a sentence; empty where untested.

    That is always saying the same class, of several labels a ranking by chance, and of numbers
    always saying the mean of the training labels. A row counts as better when its whole interval
    lies above.
    """
    known = _knowing_nothing(outcome)
    if known is None or not outcome.rows:
        return ""
    best = max(outcome.rows, key=lambda row: row.score.value)
    doubt = _doubt(best.score, *known)
    return doubt or _("For comparison, {words}.").format(words=known[1])


def chance_doubt(outcome: RunOutcome, arm: str) -> str:
    """That a row is hardly better than knowing nothing, if so; for places with little room."""
    known = _knowing_nothing(outcome)
    row = next((each for each in outcome.rows if each.name == arm), None)
    return _doubt(row.score, *known) if known is not None and row is not None else ""


def _knowing_nothing(outcome: RunOutcome) -> tuple[float, str] | None:
    """What is reached by it, as a number and in words; None where untested."""
    if outcome.task.is_number:
        return outcome.constant
    if outcome.task.is_multi:
        return _unranked(outcome)
    majority = majority_of(outcome)
    return (majority.share, majority.words) if majority is not None else None


def _doubt(score: ScoreEstimate, share: float, words: str) -> str:
    if score.value <= share:
        return _("No better than {words}.").format(words=words)
    if score.low <= share:
        return _("Hardly better than {words}.").format(words=words)
    return ""
