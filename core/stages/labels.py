"""Whether there are labels enough to fine-tune and to compare, in words."""

from collections import Counter

import numpy as np

from core.data.manifest import Manifest
from core.data.tags import names_in
from core.language import _
from core.recipe import Recipe
from core.stages.tasks.choose import STAGE_TASKS
from core.training.seeds import numpy_generator

# Fewer labels than this in a class can't be on both sides of a split.
_ENOUGH = 2
_NAMED = 10


def why_no_classifier(manifest: Manifest, recipe: Recipe) -> str:
    """Why nothing can be fine-tuned, in words; empty when it can."""
    consequence = "The model is pre-trained and its encoder exported; nothing is fine-tuned."
    if recipe.finetune.steps == 0:
        return _("finetune.steps is 0. {consequence}").format(consequence=consequence)
    train = manifest.used_split("train")
    if not train:
        return _("There are no labeled training {examples}. {consequence}").format(
            examples=manifest.modality.examples, consequence=consequence
        )
    task = STAGE_TASKS[manifest.task_name]
    if not task.task.is_single:
        if task.can_be_told(task.targets(manifest, "train")):
            return ""
        examples = _("labeled training {examples}").format(examples=manifest.modality.examples)
        why = _(
            "Every label applies to all {examples} or to none, so there is nothing to tell apart"
        ).format(examples=examples)
        if task.task.is_number:
            differ = len({each.label for each in train}) > 1
            why = (
                _(
                    "The numbers of all {examples} are the same in 32 bits, which models compute "
                    "in: subtract what they have in common, or take another unit"
                )
                if differ
                else _("All {examples} have the same number, so there is nothing to predict")
            ).format(examples=examples)
        return f"{why}. {consequence}"
    found = sorted({image.label for image in train if image.label is not None})
    if len(found) < 2:
        return _(
            "All labeled training {examples} are of one class ({found}), so there is "
            "nothing to tell apart. {consequence}"
        ).format(examples=manifest.modality.examples, found=found[0], consequence=consequence)
    return ""


def limit_per_class(targets: np.ndarray, most: int, seed: int) -> np.ndarray:
    """Indices of at most so many examples of each class, ascending.

    What a smaller number chooses, a larger one chooses too.

    Args:
        targets: (N,) class indices.
        most: Examples per class.
        seed: Of the draw.
    """
    order = numpy_generator(seed, "labels-per-class").permutation(len(targets))
    chosen = [order[targets[order] == each][:most] for each in np.unique(targets)]
    return np.sort(np.concatenate(chosen)) if chosen else order


def few_labels(manifest: Manifest) -> str:
    """Which classes have fewer than two labeled images, in words; empty when none has."""
    if manifest.task.is_number:
        return ""
    counts: Counter[str] = Counter()
    for split in ("train", "val", "test"):
        for image in manifest.used_split(split):
            counts.update(names_in(image.label, manifest.task))
    few = [name for name in manifest.classes if counts[name] < _ENOUGH]
    if not few:
        return ""
    named = ", ".join(few[:_NAMED]) + (", …" if len(few) > _NAMED else "")
    return _(
        "{few} of {classes} classes have fewer than two labeled {examples} "
        "({named}): they can't be both learned and tested. Label more of them, or "
        "leave them out."
    ).format(
        few=len(few),
        classes=len(manifest.classes),
        examples=manifest.modality.examples,
        named=named,
    )


def fewer_than_asked(manifest: Manifest, most: int | None) -> str:
    """That classes have fewer labels than `data.labels_per_class`, in words; or nothing."""
    if most is None or not manifest.task.is_single:
        return ""
    counts = Counter(image.label for image in manifest.used_split("train"))
    few = [name for name in manifest.classes if counts[name] < most]
    if not few:
        return ""
    named = ", ".join(f"{name} {counts[name]}" for name in few[:_NAMED])
    named += ", …" if len(few) > _NAMED else ""
    return (
        f"{len(few)} of {len(manifest.classes)} classes have fewer than the {most:,} labeled "
        f"training {manifest.modality.examples} of data.labels_per_class ({named}): all of theirs "
        "are used."
    )
