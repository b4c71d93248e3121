"""A classifier's temperature, fitted on the validation examples and folded into its output layer.

Folded, it is in everything that is made of the classifier: predictions, and exports in formats that
know no more than logits.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import nn

from core.models.masked_model import Classifier
from core.models.plain import is_plain
from core.recipe.modality import noun_for
from core.run.events import Noticed
from core.stages.setup import RunSetup


def calibrate(
    setup: RunSetup, classifier: Classifier, probabilities: np.ndarray, targets: np.ndarray
) -> dict[str, Any] | None:
    """Divide a classifier's logits by the temperature that the validation examples want.

    Args:
        setup: The run.
        classifier: Trained.
        probabilities: (N, C) what it says of the validation examples.
        targets: Of the same.

    Returns:
        `temperature` and `num_examples` that it was fitted on; None where the answers are numbers,
        and, with a notice, where the output layer is none whose weights can be divided.
    """
    output = classifier.output_layer
    if not len(targets) or setup.task.task.is_number:
        return None
    if not is_plain(output, nn.Linear) or not np.isfinite(probabilities).all():
        text = (
            "The probabilities are as trained: this classifier's output layer is none that a "
            "temperature can be put into."
        )
        setup.context.report(Noticed(id="not-calibrated", text=text))
        return None
    temperature = setup.task.temperature(probabilities, targets)
    if temperature is None:
        return None
    with torch.no_grad():
        for values in (output.weight, output.bias):
            values.div_(temperature)
    return {"temperature": temperature, "num_examples": len(targets)}


def calibration_in_words(setup: RunSetup, found: Sequence[dict[str, Any] | None]) -> dict[str, Any]:
    """On how many examples the temperatures were fitted (0: there are none), and that in words.

    Args:
        setup: The run.
        found: What `calibrate` said of each classifier.
    """
    what = setup.manifest.modality.example
    is_multi = setup.task.task.is_multi
    if found and all(found):
        number = len(setup.val)
        words = (
            f"How sure the classifiers are was set by {number:,} validation "
            f"{noun_for(what, number)} (a temperature in each, in every export, too)."
        )
        if is_multi:
            words += " So were the thresholds from which each label is said."
        return {"num_examples": number, "words": words}
    none = f"no validation {noun_for(what)}"
    words = f"There are {none}, so how sure the classifiers are is as trained."
    if is_multi:
        words += " A label is said from a probability of 0.5 on (data.val_fraction changes that)."
    return {"num_examples": 0, "words": words if found else ""}
