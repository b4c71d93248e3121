"""How labeled texts are split, and what is to be said of many files at once."""

from collections import Counter

from core.data.class_words import alike_in_words, numbers_in_words, small_classes
from core.data.found_task import num_without, task_in_words
from core.data.groups import Groups, groups_in_words
from core.data.hold_out import hold_out, refuse_to_hold_all
from core.data.manifest import Example, counted, displayed
from core.data.tags import all_names
from core.language import _
from core.recipe.tasks import SINGLE, TASKS, Task


def split_in_words(
    labeled: list[Example],
    val_fraction: float,
    test_fraction: float,
    seed: int,
    groups: Groups | None = None,
    task: Task = TASKS[SINGLE],
) -> tuple[list[Example], list[str]]:
    """Labeled texts with a test and a validation split, and what was done for it in words."""
    refuse_to_hold_all({text.split for text in labeled}, val_fraction, test_fraction)
    held_words = []
    kept = 1.0
    for name, fraction in (("test", test_fraction), ("val", val_fraction)):
        if labeled and fraction and not any(text.split == name for text in labeled):
            train = [text for text in labeled if text.split == "train"]
            # Shares are of all labeled texts, and the test has left fewer.
            drawn = hold_out(train, fraction / kept, seed, name, groups, task)
            kept -= fraction
            held = {(text.root, text.path): text for text in drawn}
            labeled = [held.get((text.root, text.path), text) for text in labeled]
            of_each = "" if task.is_number else " " + _("of each class")
            held_words.append(
                _("there is no {name} split: {share}{of_each} is held out").format(
                    name=name, share=f"{100 * fraction:g}%", of_each=of_each
                )
            )
    if not labeled:
        return [], []
    if not any(text.split == "test" for text in labeled) and not test_fraction:
        held_words.append(_("there is no test split and none is held out: nothing can be scored"))
    labels = all_names((text.label for text in labeled), task)
    if len(labels) == 1 and task.is_single:
        held_words.append(
            _("one class ({labels}): there is nothing to tell apart").format(
                labels=displayed(labels[0])
            )
        )
    counts = Counter(text.split for text in labeled)
    splits = ", ".join(f"{counts[name]:,} {name}" for name in ("train", "val", "test"))
    held_words += groups_in_words(labeled, groups or {})
    numbers = [float(text.label or 0) for text in labeled] if task.is_number else ()
    held_words += task_in_words(task.name, len(labels), num_without(labeled), "text", numbers)
    if len(labels) > 1:
        held_words += [
            *numbers_in_words(labels),
            *alike_in_words(labels),
            *small_classes(labeled, "text", task),
        ]
    return labeled, [f"{counted(len(labeled), 'labeled text')} ({splits})", *held_words]


def of_files(words: str, names: list[str]) -> str:
    """What is to be said of some plain files, of which there may be many."""
    if len(names) == 1:
        return f"{names[0]}: {words}"
    return f"{counted(len(names), 'file')}: {words} (first: {names[0]})"
