"""What is to be said of classes: those alike but for their spelling, those without examples."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from core.data.manifest import Example, counted, displayed
from core.data.tags import all_names, names_in
from core.language import _
from core.recipe.tasks import SINGLE, TASKS, Task
from core.system.table_cells import NUMBER

_FEW_SHOWN: Final = 3
_FRACTION: Final = re.compile(r"[+-]?\d*\.\d+")
_MOST_NAMED: Final = 5


def alike_in_words(labels: Iterable[str]) -> list[str]:
    """What is to be said of classes that differ in case, blanks or width of letters alone."""
    alike: dict[str, list[str]] = {}
    for label in sorted(set(labels)):
        plain = " ".join(re.split(r"[\s_-]+", unicodedata.normalize("NFKC", label).casefold()))
        alike.setdefault(plain, []).append(label)
    found = [" and ".join(map(displayed, some)) for some in alike.values() if len(some) > 1]
    if not found:
        return []
    shown = "; ".join(found[:_FEW_SHOWN]) + ("; …" if len(found) > _FEW_SHOWN else "")
    return [
        _(
            "classes differ in case or blanks alone ({shown}): if they are one, write them alike"
        ).format(shown=shown)
    ]


def numbers_in_words(labels: Sequence[str]) -> list[str]:
    """What is to be said of labels that are numbers with fractions, as scores are."""
    if not all(map(NUMBER.fullmatch, labels)) or not any(map(_FRACTION.fullmatch, labels)):
        return []
    shown = ", ".join(labels[:_MOST_NAMED]) + ", …" * (len(labels) > _MOST_NAMED)
    words = _("each is a class of its own (data.task regression predicts numbers instead)")
    return [_("the labels are numbers ({shown}): {words}").format(shown=shown, words=words)]


def small_classes(examples: Sequence[Example], noun: str, task: Task = TASKS[SINGLE]) -> list[str]:
    """Classes that lack training or test examples, in words.

    Args:
        examples: Labeled ones, each with its split.
        noun: What one of them is.
        task: Whether each has one label or several.
    """
    notes: list[str] = []
    if task.is_number:
        return notes

    def counts(split: str) -> Counter[str]:
        own = (each.label for each in examples if each.split == split)
        return Counter(name for label in own for name in names_in(label, task))

    train, test = counts("train"), counts("test")
    labels = all_names((each.label for each in examples), task)
    for words, bad in (
        (
            _("without a training {noun}").format(noun=noun),
            [label for label in labels if not train[label]],
        ),
        (
            _("with a single training {noun}").format(noun=noun),
            [label for label in labels if train[label] == 1],
        ),
        (
            _("without a test {noun}").format(noun=noun),
            [label for label in labels if test and not test[label]],
        ),
    ):
        if bad:
            shown = ", ".join(displayed(label) for label in bad[:_MOST_NAMED])
            shown += ", …" * (len(bad) > _MOST_NAMED)
            notes.append(f"{counted(len(bad), 'class', 'classes')} {words}: {shown}")
    if test and train.keys().isdisjoint(test):
        notes.append(
            _("no test {noun} has a class that is trained: do both splits name them alike?").format(
                noun=noun
            )
        )
    return notes
