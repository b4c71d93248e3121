"""The examples that a search is judged on: the run's validation part, or some held out for it."""

import numpy as np

from core.data.groups import clusters_of
from core.language import _
from core.stages.labels import limit_per_class
from core.stages.modality import LabeledExamples, labeled_targets
from core.stages.setup import RunSetup
from core.training.seeds import numpy_generator

_HELD_OUT_OF = 5
# Fewer tell nothing of learning rates.
_FEWEST = 20


def validation_part(setup: RunSetup) -> tuple[LabeledExamples, LabeledExamples, str]:
    """What a search trains on, what it is judged on, and in words where the latter is from."""
    if len(setup.val) >= _FEWEST:
        return setup.train, setup.val, "the validation part"
    held, train = _held_out(setup), setup.train
    return (
        LabeledExamples(train.examples[~held], train.targets[~held]),
        LabeledExamples(train.examples[held], train.targets[held], np.flatnonzero(held)),
        _("a fifth of the training part"),
    )


def _held_out(setup: RunSetup) -> np.ndarray:
    """(N,) bool: a fifth of the training examples of each class; groups stay together."""
    random = numpy_generator(setup.recipe.seed, "search", "held out")
    targets, groups = setup.train.targets, groups_of_training(setup)
    if groups is not None:
        places = random.permutation(groups.max() + 1)
        found: np.ndarray = places[groups] < max(1, round(len(places) / _HELD_OUT_OF))
        return found
    held = np.zeros(len(targets), dtype=bool)
    if not setup.task.task.is_single:
        held[random.permutation(len(targets))[: round(len(targets) / _HELD_OUT_OF)]] = True
        return held
    for label in np.unique(targets):
        members = random.permutation(np.flatnonzero(targets == label))
        # Of a single example none: the class could not be learned.
        least = 1 if len(members) > 1 else 0
        held[members[: max(least, round(len(members) / _HELD_OUT_OF))]] = True
    return held


def groups_of_training(setup: RunSetup) -> np.ndarray | None:
    """(N,) which training examples belong together; None when nothing says so."""
    groups = clusters_of(setup.manifest, "train", setup.recipe.data.group_pattern)
    if groups is None:
        return None
    found = np.array(groups)
    most = setup.recipe.data.labels_per_class
    if most is not None:
        targets = labeled_targets(setup.manifest, "train")
        found = found[limit_per_class(targets, most, setup.recipe.seed)]
    # Of those that are left: numbers without gaps.
    _, numbers = np.unique(found, return_inverse=True)
    return numbers
