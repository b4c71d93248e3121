"""What `results.json` says of numbers alone: margins, and what saying the mean is worth."""

from collections.abc import Mapping
from typing import Any

from core.evaluate.errors_of_numbers import constants
from core.language import _
from core.recipe.arms import phrase_of
from core.recipe.modality import noun_for
from core.run.decision import Decision
from core.stages.setup import RunSetup
from core.stages.tasks.regression import MARGIN_LEVEL, Regression


def margins_in_words(setup: RunSetup, decisions: Mapping[str, Decision]) -> dict[str, Any]:
    """On how many examples the margins rest (0: there are none), and that in words.

    Args:
        setup: The run.
        decisions: How each model answers, by its arm.
    """
    what = setup.manifest.modality.example
    known = {name: each for name, each in decisions.items() if each.margin is not None}
    number = min((each.num_examples for each in known.values()), default=0)
    without = [phrase_of(name) for name in decisions if name not in known]
    if not known:
        words = _(
            "Predictions have no margins: there are too few validation {what} to tell "
            "how far they are off (data.val_fraction changes that)."
        ).format(what=noun_for(what))
        return {"num_examples": 0, "words": words}
    if len(setup.val):
        words = _(
            "How far a prediction may be off was told by {number:,} validation {what}: "
            "each comes with a margin that holds {margin_level:.0%} of the true numbers "
            "(split conformal prediction)."
        ).format(number=number, what=noun_for(what, number), margin_level=MARGIN_LEVEL)
    else:
        words = _(
            "There is no validation part, so how far a prediction may be off was told by "
            "training {what} ({number:,} and more) that a like training knew nothing of: "
            "each comes with a margin that holds about {margin_level:.0%} of the true "
            "numbers. A validation part (data.val_fraction) says it of the model itself."
        ).format(what=noun_for(what), number=number, margin_level=MARGIN_LEVEL)
    if without:
        words += " " + _("Without margins: {without}.").format(without=", ".join(without))
    return {"num_examples": number, "words": words}


def constant_of(setup: RunSetup) -> dict[str, Any] | None:
    """What always saying the mean or median of the training labels is worth; None of classes."""
    if not isinstance(setup.task, Regression) or not len(setup.test):
        return None
    return constants(setup.test.targets, setup.task.scale)
