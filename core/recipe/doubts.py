"""What makes a plan hardly worth its time, in words, before anything trains."""

from core.language import _, ngettext
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
_OFTEN = _("{title} goes through your {examples} {times}: so often rarely helps, and may do harm.")
_OFTEN_LABELED = _(
    "{title} goes through your labeled {examples} {times}: so often rarely helps, and may do harm."
)


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
        found.append(_("finetune.label_smoothing has no effect: labels that are numbers stay so."))
    if task is not None and task.is_number and finetune.flips is True and finetune.steps:
        found.append(
            _(
                "The {nouns} are mirrored at random (finetune.flips): set it to false unless a "
                "mirror leaves their numbers as they are."
            ).format(nouns=nouns)
        )
    stages = [(_("Further pre-training"), pretrain.steps, pretrain.batch_size)]
    if distill.rounds:
        stages.append((_("Self-distillation"), distill.steps, distill.batch_size))
    needs_pretraining = any(ARMS[arm].start for arm in finetune.arms)
    if num_unlabeled and (needs_pretraining or not finetune.steps):
        for title, steps, batch_size in stages:
            if 0 < steps < _LEAST_STEPS:
                found.append(
                    _(
                        "{title} has only {steps} steps: too few to learn from your {examples}."
                    ).format(title=title, steps=steps, examples=nouns)
                )
            found += _too_often(_OFTEN, title, steps * batch_size / num_unlabeled, nouns)
    if (pretrain.stop_early or distill.stop_early) and pretrain.steps and not recipe.probe.every:
        found.append(
            _("stop_early can't act: probe.every is 0, so nothing is looked at on the way.")
        )
    if num_labeled and finetune.steps:
        passes = finetune.steps * finetune.batch_size / num_labeled
        if finetune.steps < _LEAST_STEPS or passes < _LEAST_PASSES:
            found.append(
                _(
                    "Fine-tuning has only {steps} steps, {times} through your "
                    "labeled {examples}: the answer will mean little."
                ).format(steps=finetune.steps, times=_times(passes), examples=nouns)
            )
        found += _too_often(_OFTEN_LABELED, _("Fine-tuning"), passes, nouns)
    return (*found, *_erased_weights(recipe))


def _erased_weights(recipe: Recipe) -> list[str]:
    """Decays that take all of every weight at each step of AdamW, or more than all.

    No refusal: a run that was made with one still opens.
    """
    finetune = recipe.finetune
    rates = {
        "pretrain": (recipe.pretrain.steps, recipe.pretrain.lr),
        "distill": (recipe.distill.rounds, recipe.distill.lr),
        "finetune": (
            finetune.steps,
            max([finetune.lr, *(finetune.search_rates if finetune.search else ())]),
        ),
    }
    return [
        _(
            "{section}.weight_decay takes all of every weight at each step, at a learning rate of "
            "{lr:g}: set it below {most:g}; usual are 0 to 0.3."
        ).format(section=section, lr=lr, most=1 / lr)
        for section, (is_there, lr) in rates.items()
        if is_there and lr * getattr(recipe, section).weight_decay >= 1
    ]


def what_a_task_lacks(recipe: Recipe, task: Task) -> list[str]:
    """Why a recipe can't be carried out with a task, and what to do instead; none if it can."""
    asked: dict[Feature, bool] = {
        "race": bool(recipe.race.minutes),
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
    return _(
        "there are only {count} with labels beside the test's, and fewer "
        "than {number} tell nothing of ways to adapt a model"
    ).format(count=modality.counted(num_labeled), number=FEWEST_JUDGES)


def _too_often(words: str, title: str, passes: float, nouns: str) -> list[str]:
    if passes <= _MOST_PASSES:
        return []
    return [words.format(title=title, examples=nouns, times=_times(passes))]


def _times(passes: float) -> str:
    if passes < 1:
        return _("less than once")
    number = round(passes)
    return ngettext("once", "{number:,} times", number).format(number=number)
