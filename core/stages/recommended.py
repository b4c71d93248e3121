"""Which classifier a run recommends: by validation examples, by held-out ones, or by the test."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import load_file

from core.data.groups import clusters_of
from core.evaluate.recommending import recommend_by_validation
from core.readers.recommendation import (
    Recommendation,
    is_refuted,
    recommend_by_test,
    recommend_untested,
)
from core.recipe.arms import SIMPLEST_FIRST
from core.recipe.tasks import Task
from core.run.files import VALIDATION
from core.stages.held_out import LabeledAnswers, answers_held_out
from core.stages.setup import RunSetup
from core.stages.tested import aligned
from core.stages.validation_part import groups_of_training

# With fewer, one standard error of a difference is five points and more: then the test examples,
# of which there mostly are more, tell better which classifier to take, and that is said.
_FEWEST_BESIDE_TEST = 100
# Fewer tell nothing.
_FEWEST_ALONE = 20


def recommended_of(
    setup: RunSetup, answers: Sequence[tuple[str, Path]], rows: Mapping[str, Any], error: float
) -> Recommendation | None:
    """The classifier to start from; None without one.

    Args:
        setup: The run, all of it done.
        answers: Names of all that answered, with the folders of their answers.
        rows: What was tested, by name, as in `results.json`.
        error: How often a claim about test examples may be false.
    """
    what, task = setup.manifest.modality.example, setup.task.task
    known = [(name, folder) for name, folder in answers if name in SIMPLEST_FIRST]
    # What an older version fine-tuned kept no answers of validation examples.
    if known and all((folder / VALIDATION).exists() for _, folder in known):
        common, kept = aligned([load_file(folder / VALIDATION) for _, folder in known])
        scores: dict[str, list[np.ndarray]] = {}
        for (name, _), each in zip(known, kept, strict=True):
            scores.setdefault(name, []).append(setup.task.kept_scores(each))
        clusters = clusters_of_rows(setup, "val", common)
        found = recommend_by_validation(scores, what, clusters=clusters, task=task)
        return _unless_refuted(found, rows, what, task, error)
    fewest = _FEWEST_BESIDE_TEST if rows else _FEWEST_ALONE
    if held := answers_held_out(setup, known, fewest):
        return _unless_refuted(_by_held_out(setup, held), rows, what, task, error)
    if rows:
        return recommend_by_test(rows, what, task, error)
    return recommend_untested([name for name, _ in known])


def _unless_refuted(
    found: Recommendation | None, rows: Mapping[str, Any], what: str, task: Task, error: float
) -> Recommendation | None:
    """What was chosen, or what more test examples choose that speak against it beyond chance."""
    if found is not None and is_refuted(found, rows, error):
        return recommend_by_test(rows, what, task, error, instead=found)
    return found


def _by_held_out(setup: RunSetup, held: Mapping[str, LabeledAnswers]) -> Recommendation | None:
    """By training examples that the classifiers, or ones trained alike, had not learned."""
    scores = {
        name: [
            setup.task.kept_scores({"probabilities": each.probabilities, "targets": each.targets})
        ]
        for name, each in held.items()
    }
    groups = groups_of_training(setup)
    return recommend_by_validation(
        scores,
        setup.manifest.modality.example,
        clusters=None if groups is None else groups[next(iter(held.values())).rows],
        task=setup.task.task,
        chosen_on="held out",
    )


def clusters_of_rows(setup: RunSetup, split: str, rows: np.ndarray) -> np.ndarray | None:
    """(N,) which of these rows of a split belong together; None when nothing says so."""
    found = clusters_of(setup.manifest, split, setup.recipe.data.group_pattern)
    return None if found is None else np.array(found)[rows]
