"""The task of a run, and the refusal of what there is not for it."""

from collections.abc import Mapping
from typing import Final

from core.recipe import Recipe
from core.recipe.doubts import what_a_task_lacks
from core.recipe.tasks import MULTI, REGRESSION, SINGLE, Task, lacking
from core.stages.tasks.multi_label import MultiLabel
from core.stages.tasks.regression import Regression
from core.stages.tasks.single_label import SingleLabel
from core.stages.tasks.task import StageTask

# By the names of `core.recipe.tasks`.
STAGE_TASKS: Final[Mapping[str, StageTask]] = {
    SINGLE: SingleLabel(),
    MULTI: MultiLabel(),
    REGRESSION: Regression(),
}


def refuse_what_it_lacks(recipe: Recipe, task: Task) -> None:
    """Refuse a recipe that asks for what there is not for a task.

    Raises:
        RunError: `task-lacks`, with the reason and what to do instead.
    """
    if reasons := what_a_task_lacks(recipe, task):
        raise lacking(task, "; ".join(reasons))
