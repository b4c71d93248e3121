"""What makes a plan hardly worth its time, in words, before anything trains."""

from core.recipe import Recipe
from core.recipe.arms import ARMS
from core.recipe.modality import Modality
from core.recipe.tasks import Feature, Task

# Passes over the labeled examples below which fine-tuning has not seen what it is to learn.
_LEAST_PASSES = 3
# Labeled examples below which a race would be decided by chance.
FEWEST_JUDGES = 20
# With a fitted head fewer steps do; below this nothing that is found says much.
_LEAST_STEPS = 50
# The paper's longest are some hundred passes; beyond, only the training examples are learned.
_MOST_PASSES = 1_000


def doubts_about(
    recipe: Recipe, num_unlabeled: int, num_labeled: int, task: Task | None = None
) -> tuple[str, ...]:
    """Sentences on steps that are far too few or far too many for the data; none if all is well.

    With a task also on what there is not for it.

    Args:
        recipe: What is planned.
        num_unlabeled: Examples for pre-training.
        num_labeled: Labeled examples to learn from, more or less.
        task: Of the labels, where it is known.
    """
    nouns = recipe.modality.examples
    lacks = what_a_task_lacks(recipe, task) if task is not None else []
    found = [f"{words[:1].upper()}{words[1:]}." for words in lacks]
    pretrain, distill, finetune = recipe.pretrain, recipe.distill, recipe.finetune
    if task is not None and task.is_number and finetune.label_smoothing and finetune.steps:
        found.append("finetune.label_smoothing has no effect: labels that are numbers stay so.")
    if task is not None and task.is_number and finetune.flips is True and finetune.steps:
        found.append(
            f"The {nouns} are mirrored at random (finetune.flips): set it to false unless a mirror "
            "leaves their numbers as they are."
        )
    stages = [("Further pre-training", pretrain.steps, pretrain.batch_size)]
    if distill.rounds:
        stages.append(("Self-distillation", distill.steps, distill.batch_size))
    needs_pretraining = any(ARMS[arm].start for arm in finetune.arms)
    if num_unlabeled and (needs_pretraining or not finetune.steps):
        for title, steps, batch_size in stages:
            if 0 < steps < _LEAST_STEPS:
                found.append(f"{title} has only {steps} steps: too few to learn from your {nouns}.")
            found += _too_often(title, steps * batch_size / num_unlabeled, f"your {nouns}")
    if (pretrain.stop_early or distill.stop_early) and pretrain.steps and not recipe.probe.every:
        found.append("stop_early can't act: probe.every is 0, so nothing is looked at on the way.")
    if num_labeled and finetune.steps:
        passes = finetune.steps * finetune.batch_size / num_labeled
        if finetune.steps < _LEAST_STEPS or passes < _LEAST_PASSES:
            found.append(
                f"Fine-tuning has only {finetune.steps} steps, {_times(passes)} through your "
                f"labeled {nouns}: the answer will mean little."
            )
        found += _too_often("Fine-tuning", passes, f"your labeled {nouns}")
    return tuple(found)


def what_a_task_lacks(recipe: Recipe, task: Task) -> list[str]:
    """Why a recipe can't be carried out with a task, and what to do instead; none if it can."""
    asked: dict[Feature, bool] = {
        "race": bool(recipe.race.minutes),
        "pseudo-labels": any(ARMS[arm].is_taught for arm in recipe.finetune.arms),
        "labels-per-class": recipe.data.labels_per_class is not None,
        "sampling": recipe.finetune.balance == "sampling",
        "weights": recipe.finetune.balance == "weights",
        "label-work": recipe.data.corrections is not None,
    }
    return [task.lacks[each] for each, is_asked in asked.items() if is_asked and each in task.lacks]


def too_few_to_race(num_labeled: int, modality: Modality) -> str:
    """Why so few labeled examples can't judge a race, in words; empty when they can."""
    if num_labeled >= FEWEST_JUDGES:
        return ""
    return (
        f"there are only {modality.counted(num_labeled)} with labels beside the test's, and fewer "
        f"than {FEWEST_JUDGES} tell nothing of ways to adapt a model"
    )


def _too_often(title: str, passes: float, what: str) -> list[str]:
    if passes <= _MOST_PASSES:
        return []
    return [
        f"{title} goes through {what} {_times(passes)}: so often rarely helps, and may do harm."
    ]


def _times(passes: float) -> str:
    if passes < 1:
        return "less than once"
    return "once" if round(passes) == 1 else f"{round(passes):,} times"
