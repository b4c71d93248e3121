"""What a run found, as the rows of a report's tables."""

from dataclasses import dataclass

import numpy as np

from core.figures.run_numbers import arm_in_words
from core.readers.estimate import ScoreEstimate
from core.readers.number_answers import NumberAnswers
from core.readers.outcome import ArmScore, RunOutcome
from core.recipe.arms import BASE
from core.recipe.tasks import in_digits, number_in_words

# Beyond so many classes a matrix can't be read on paper; the largest confusions are listed.
_MOST_CLASSES = 24
_MOST_CONFUSIONS = 20
_MOST_ERRORS = 20


@dataclass(frozen=True)
class ArmRow:
    """An arm in numbers; `against_base` is the paired difference of the first of `scores`."""

    name: str
    words: str
    scores: tuple[ScoreEstimate, ...]
    calibration_error: float | None
    num_seeds: int
    against_base: ScoreEstimate | None
    seeds: tuple[float, ...]


@dataclass(frozen=True)
class ClassRow:
    """A class in numbers: means over the seeds; None: not defined."""

    name: str
    num_images: int
    precision: float | None
    recall: float | None
    f1: float | None
    base_f1: float | None
    average_precision: float | None = None
    threshold: float | None = None


@dataclass(frozen=True)
class NumberRow:
    """A test example whose number was predicted badly."""

    name: str
    true: str
    predicted: str
    error: str


@dataclass(frozen=True)
class Confusions:
    """Who was taken for whom, over all seeds of an arm.

    Attributes:
        classes: Names; empty when there are too many for a table.
        rows: Per true class, how often each class was said.
        shades: Per true class, the share of each said class in ninths, for the colour.
        listed: The largest confusions: true, said, how often.
    """

    classes: tuple[str, ...]
    rows: tuple[tuple[int, ...], ...]
    shades: tuple[tuple[int, ...], ...]
    listed: tuple[tuple[str, str, int], ...]


def arm_rows(outcome: RunOutcome) -> list[ArmRow]:
    """Each arm, the base model first; then what was not fine-tuned."""
    return [
        ArmRow(
            name=arm.name,
            words=arm_in_words(arm.name),
            scores=tuple(arm.scores.values()),
            calibration_error=arm.calibration_error,
            num_seeds=len(arm.seeds),
            against_base=arm.against.get(BASE),
            seeds=tuple(seed.score.value for seed in arm.seeds),
        )
        for arm in outcome.rows
    ]


def shown_arm(outcome: RunOutcome) -> ArmScore | None:
    """The row whose details are shown: the recommended one, else the one the run is about."""
    if outcome.recommended is not None and outcome.recommended.arm in {
        r.name for r in outcome.rows
    }:
        return outcome.arm(outcome.recommended.arm)
    return outcome.subject or next(iter(outcome.rows), None)


def class_rows(outcome: RunOutcome, arm: ArmScore) -> list[ClassRow]:
    """Each class of an arm, with the base model's F1 beside it."""
    base = next((each for each in outcome.arms if each.name == BASE), None)
    rows = []
    for index, first in enumerate(arm.seeds[0].per_class):
        rows.append(
            ClassRow(
                name=first.name,
                num_images=first.num_images,
                precision=_mean(arm, index, "precision"),
                recall=_mean(arm, index, "recall"),
                f1=_mean(arm, index, "f1"),
                base_f1=None if base in {None, arm} else _mean(base, index, "f1"),
                average_precision=_mean(arm, index, "average_precision"),
                threshold=_mean(arm, index, "threshold"),
            )
        )
    return rows


def confusions(arm: ArmScore) -> Confusions | None:
    """The confusion matrix, all seeds added; None where an example may have several labels."""
    matrices = [seed.matrix for seed in arm.seeds if seed.matrix is not None]
    if not matrices:
        return None
    matrix = np.sum(matrices, axis=0)
    names = tuple(row.name for row in arm.seeds[0].per_class)
    wrong = matrix - np.diag(np.diag(matrix))
    order = np.argsort(-wrong, axis=None, kind="stable")[:_MOST_CONFUSIONS]
    places = [divmod(int(flat), len(names)) for flat in order]
    listed = tuple((names[i], names[j], int(wrong[i, j])) for i, j in places if wrong[i, j])
    if len(names) > _MOST_CLASSES:
        return Confusions((), (), (), listed)
    totals = np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    shades = np.ceil(9 * matrix / totals).astype(int)
    return Confusions(
        classes=names,
        rows=tuple(tuple(row) for row in matrix.tolist()),
        shades=tuple(tuple(row) for row in shades.tolist()),
        listed=listed,
    )


def worst_numbers(answers: NumberAnswers) -> list[NumberRow]:
    """The examples with the largest errors, the largest first."""
    return [
        NumberRow(
            answers.names[at],
            number_in_words(float(answers.true[at])),
            number_in_words(float(answers.predicted[at])),
            in_digits(float(answers.predicted[at] - answers.true[at])),
        )
        for at in answers.worst_first[:_MOST_ERRORS]
    ]


def _mean(arm: ArmScore | None, index: int, name: str) -> float | None:
    if arm is None:
        return None
    values = [getattr(seed.per_class[index], name) for seed in arm.seeds]
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known else None
