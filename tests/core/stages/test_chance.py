"""What knowing nothing reaches, of each task, told with the looks of a run."""

from collections.abc import Sequence

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, r2_score

from core.readers.chance import level_words
from core.recipe.tasks import MULTI, REGRESSION, SINGLE
from core.run.events import ChanceLevel
from core.stages.tasks.choose import STAGE_TASKS


def words(task: str, targets: np.ndarray, classes: Sequence[str] = ("anger", "joy")) -> str:
    level, always = STAGE_TASKS[task].chance(targets)
    told = ChanceLevel(
        stage="01-further-pretrain",
        of="probe_done",
        level=level,
        answer="" if always is None else classes[always],
        num_examples=len(targets),
        metric=STAGE_TASKS[task].task.metric.key,
    )
    return level_words(told)


def test_that_of_classes_it_is_the_most_frequent_one() -> None:
    assert words(SINGLE, np.array([0, 1, 1, 1])) == "always saying joy: 75.0 %"


def test_that_of_several_labels_it_is_what_a_ranking_by_chance_reaches() -> None:
    # Of the last label there is no example: it has no precision.
    targets = np.array([[1, 0, 0], [1, 1, 0], [0, 0, 0], [0, 0, 0]], dtype=np.float32)
    level, always = STAGE_TASKS[MULTI].chance(targets)
    alike = [average_precision_score(each, np.zeros(4)) for each in targets.T[:2]]
    assert level == pytest.approx(np.mean(alike))
    assert always is None
    assert words(MULTI, targets) == "a ranking by chance: 37.5 % mAP"


def test_that_of_numbers_it_is_always_saying_their_mean() -> None:
    targets = np.array([1.0, 2.0, 6.0])
    level, _ = STAGE_TASKS[REGRESSION].chance(targets)
    assert level == r2_score(targets, np.full(3, targets.mean()))
    assert words(REGRESSION, targets) == "always saying the mean: 0.0 % R²"
