"""The task of a run, and the refusal of what there is not for it."""

from collections.abc import Mapping
from typing import Final

from core.errors import RunError
from core.recipe import Recipe
from core.recipe.arms import ARMS
from core.recipe.tasks import MULTI, SINGLE, Feature, Task
from core.stages.tasks.multi_label import MultiLabel
from core.stages.tasks.single_label import SingleLabel
from core.stages.tasks.task import StageTask

# By the names of `core.recipe.tasks`.
STAGE_TASKS: Final[Mapping[str, StageTask]] = {SINGLE: SingleLabel(), MULTI: MultiLabel()}


def refuse_what_it_lacks(recipe: Recipe, task: Task) -> None:
    """Refuse a recipe that asks for what there is not for a task.

    Raises:
        RunError: `task-lacks`, with the reason and what to do instead.
    """
    asked: dict[Feature, bool] = {
        "race": bool(recipe.race.minutes),
        "pseudo-labels": any(ARMS[arm].is_taught for arm in recipe.finetune.arms),
        "labels-per-class": recipe.data.labels_per_class is not None,
        "sampling": recipe.finetune.balance == "sampling",
        "label-work": recipe.data.corrections is not None,
    }
    for feature, is_asked in asked.items():
        if is_asked and feature in task.lacks:
            raise RunError("task-lacks", task=task.title, reason=task.lacks[feature])
