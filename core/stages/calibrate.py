"""A classifier's temperature, fitted on held-out examples and folded into its output layer.

Folded, it is in everything that is made of the classifier: predictions, and exports in formats that
know no more than logits.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import nn

from core.language import _
from core.models.masked_model import Classifier
from core.models.plain import is_plain
from core.recipe.arms import phrase_of
from core.recipe.modality import noun_for
from core.run.events import Noticed
from core.stages.held_out import CROSS_FITTED, FIFTH, VALIDATION_PART
from core.stages.setup import RunSetup


def calibrate(
    setup: RunSetup,
    classifier: Classifier,
    probabilities: np.ndarray,
    targets: np.ndarray,
    source: str = VALIDATION_PART,
) -> dict[str, Any] | None:
    """Divide a classifier's logits by the temperature that held-out examples want.

    Args:
        setup: The run.
        classifier: Trained.
        probabilities: (N, C) what it says of the validation examples; without such a part what a
            classifier that was trained alike said of examples that it had not learned.
        targets: Of the same.
        source: Which of both, as of `core.stages.held_out`.

    Returns:
        `temperature`, `num_examples` that it was fitted on, and `source`; None where the answers
        are numbers, and, with a notice, where the output layer is none whose weights can be
        divided.
    """
    output = classifier.output_layer
    if not len(targets) or setup.task.task.is_number:
        return None
    if not is_plain(output, nn.Linear) or not np.isfinite(probabilities).all():
        text = _(
            "The probabilities are as trained: this classifier's output layer is none "
            "that a temperature can be put into."
        )
        setup.context.report(Noticed(id="not-calibrated", text=text))
        return None
    cautious = source == FIFTH
    temperature = setup.task.temperature(probabilities, targets, cautious=cautious)
    if temperature is None:
        return None
    with torch.no_grad():
        for values in (output.weight, output.bias):
            values.div_(temperature)
    return {"temperature": temperature, "num_examples": len(targets), "source": source}


def calibration_in_words(
    setup: RunSetup, found: Mapping[str, dict[str, Any] | None]
) -> dict[str, Any]:
    """On how many examples the temperatures were fitted (0: there are none), and that in words.

    Args:
        setup: The run.
        found: What `calibrate` said of each classifier, by its arm.
    """
    if not found:
        return {"num_examples": 0, "words": ""}
    what, is_multi = setup.manifest.modality.example, setup.task.task.is_multi
    known = {name: each for name, each in found.items() if each}
    without = [phrase_of(name) for name in found if name not in known]
    if not known:
        number = 0
        words = _(
            "There are no validation {what}, so how sure the classifiers are is as trained."
        ).format(what=noun_for(what))
    elif all(each.get("source", VALIDATION_PART) == VALIDATION_PART for each in known.values()):
        number = len(setup.val)
        words = _(
            "How sure the classifiers are was set by {number:,} validation {what} (a "
            "temperature in each, in every export, too)."
        ).format(number=number, what=noun_for(what, number))
        if is_multi:
            words += " " + _("So were the thresholds from which each label is said.")
    else:
        number, words = _by_held_out(what, known, is_multi=is_multi)
    if known and without:
        words += " " + _("As trained: {without}.").format(without=", ".join(without))
    if is_multi and without and not len(setup.val):
        words += " " + _(
            "A label is said from a probability of 0.5 on (data.val_fraction changes that)."
        )
    return {"num_examples": number, "words": words}


def _by_held_out(
    what: str, found: Mapping[str, dict[str, Any]], *, is_multi: bool
) -> tuple[int, str]:
    """The fewest examples that a temperature rests on, and where they are from, in words."""
    numbers: dict[str, int] = {}
    for each in found.values():
        source, number = str(each.get("source", VALIDATION_PART)), int(each["num_examples"])
        numbers[source] = min(number, numbers.get(source, number))
    ways = {
        FIFTH: _("of a fine-tuned one by {number}, of which a like training knew nothing"),
        CROSS_FITTED: _("of a linear layer on a frozen model by cross-validation on {number}"),
        VALIDATION_PART: _("of others by {number} of the validation part"),
    }
    shown = [
        ways[source].format(number=f"{number:,} {noun_for(what, number)}")
        for source, number in numbers.items()
    ]
    thresholds = " " + _("and from which probability on a label is said") if is_multi else ""
    words = _(
        "There is no validation part, so how sure a classifier is{thresholds} was "
        "set by training {what}: {shown} (a temperature in each, in every export, "
        "too). It is about right; a validation part (data.val_fraction) says it of "
        "the classifier itself."
    ).format(thresholds=thresholds, what=noun_for(what), shown="; ".join(shown))
    return min(numbers.values(), default=0), words
