"""What `results.json` says of numbers alone: margins, and what saying the mean is worth."""

from collections.abc import Mapping
from typing import Any

from core.evaluate.errors_of_numbers import constants
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
        words = (
            f"Predictions have no margins: there are too few validation {noun_for(what)} to tell "
            "how far they are off (data.val_fraction changes that)."
        )
        return {"num_examples": 0, "words": words}
    if len(setup.val):
        words = (
            f"How far a prediction may be off was told by {number:,} validation "
            f"{noun_for(what, number)}: each comes with a margin that holds {MARGIN_LEVEL:.0%} of "
            "the true numbers (split conformal prediction)."
        )
    else:
        words = (
            f"There is no validation part, so how far a prediction may be off was told by training "
            f"{noun_for(what)} ({number:,} and more) that a like training knew nothing of: each "
            f"comes with a margin that holds about {MARGIN_LEVEL:.0%} of the true numbers. A "
            "validation part (data.val_fraction) says it of the model itself."
        )
    if without:
        words += f" Without margins: {', '.join(without)}."
    return {"num_examples": number, "words": words}


def constant_of(setup: RunSetup) -> dict[str, Any] | None:
    """What always saying the mean or median of the training labels is worth; None of classes."""
    if not isinstance(setup.task, Regression) or not len(setup.test):
        return None
    return constants(setup.test.targets, setup.task.scale)
