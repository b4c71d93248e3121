"""A classifier's temperature, fitted on the validation examples and folded into its output layer.

Folded, it is in everything that is made of the classifier: predictions, and exports in formats that
know no more than logits.
"""

from typing import Any

import numpy as np
import torch
from torch import nn

from core.models.masked_model import Classifier
from core.models.plain import is_plain
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
