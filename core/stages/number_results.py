"""What `results.json` says of numbers alone: margins, and what saying the mean is worth."""

from typing import Any

import numpy as np

from core.evaluate.errors_of_numbers import constants
from core.recipe.modality import noun_for
from core.stages.setup import RunSetup
from core.stages.tasks.regression import MARGIN_LEVEL, Regression


def margins_in_words(setup: RunSetup) -> dict[str, Any]:
    """On how many examples the margins rest (0: there are none), and that in words."""
    what, number = setup.manifest.modality.example, len(setup.val)
    margins = setup.task.decision(np.zeros((number, 1)), np.zeros(number), 1).margin
    if margins is not None:
        words = (
            f"How far a prediction may be off was told by {number:,} validation "
            f"{noun_for(what)}: each comes with a margin that holds {MARGIN_LEVEL:.0%} of the true "
            "numbers (split conformal prediction)."
        )
        return {"num_examples": number, "words": words}
    words = (
        f"Predictions have no margins: there are too few validation {noun_for(what)} to tell how "
        "far they are off (data.val_fraction changes that)."
    )
    return {"num_examples": 0, "words": words}


def constant_of(setup: RunSetup) -> dict[str, Any] | None:
    """What always saying the mean or median of the training labels is worth; None of classes."""
    if not isinstance(setup.task, Regression) or not len(setup.test):
        return None
    return constants(setup.test.targets, setup.task.scale)
