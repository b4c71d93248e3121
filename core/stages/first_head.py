"""The head that fine-tuning starts from: random, or fitted on the frozen encoder first.

Few steps from a random head go into finding it, and its first gradients spoil the encoder's
features; a fitted one leaves the steps to the encoder (linear probing, then fine-tuning: Kumar et
al., ICLR 2022, arXiv 2202.10054).
"""

import numpy as np
import torch
from torch import Tensor, nn

from core.errors import RunError
from core.models.attention import attend_without_asking
from core.models.masked_model import Classifier
from core.models.plain import require_plain
from core.stages.encode import encode
from core.stages.setup import RunSetup
from core.training.feed import Batch


def fit_head(setup: RunSetup, classifier: Classifier) -> None:
    """Set the head to the linear probe of the training examples; left alone where none can be.

    Of a head of several layers it is the output layer that is fitted, on what the random ones
    before it make of the features. Every process fits the same, since all see the same features.
    """
    output = classifier.output_layer
    features = features_of_head(setup, classifier, setup.train.examples, "fitting the head")
    found = _fitted(setup, features)
    if found is None:
        return
    weight, bias = (torch.from_numpy(values) for values in found)
    with torch.no_grad():
        output.weight.copy_(weight)
        output.bias.copy_(bias)


def _fitted(setup: RunSetup, features: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    """(C, D) weight and (C,) bias of the probe that the recipe asks for."""
    # Late: scikit-learn takes seconds, and a run's first stages do without it.
    from core.evaluate.probe import fit_linear
    from core.evaluate.regularised_probe import fit_regularised

    recipe, targets, number = setup.recipe, setup.train.targets, len(setup.classes)
    balanced = recipe.finetune.balance != "none"
    if recipe.finetune.head == "probe":
        return fit_linear(features, targets, number, balanced=balanced)
    found = fit_regularised(features, targets, number, seed=recipe.seed, balanced=balanced)
    return None if found is None else (found.weight, found.bias)


def features_of_head(
    setup: RunSetup, classifier: Classifier, examples: np.ndarray, what: str
) -> np.ndarray:
    """(N, D) what the output layer reads of each example, in float32.

    Args:
        setup: The run.
        classifier: Whose encoder and head.
        examples: (N,) indices into the run's source.
        what: What they are for, for errors.

    Raises:
        RunError: The output layer is none that a linear layer could take the place of.
    """
    output = classifier.output_layer
    require_plain(output, nn.Linear, name="the output layer", why=what)
    if setup.hardware.kind.runs_ahead:
        attend_without_asking(classifier)
    classifier.to(setup.hardware.device).eval()
    calls: list[tuple[Tensor, Tensor]] = []
    hook = output.register_forward_hook(lambda _, args, made: calls.append((args[0], made)))

    def features(batch: Batch) -> Tensor:
        calls.clear()
        logits = classifier(batch)
        ((read, made),) = calls
        # A layer within a wrapper looks plain itself, but has no say in what the wrapper adds.
        if not torch.equal(made, logits):
            raise RunError(
                "layer-not-plain",
                layer="the output layer",
                kind="Linear",
                found="part of another layer",
                why=what,
            )
        return read

    try:
        return encode(
            features,
            setup.source,
            examples,
            setup.hardware,
            setup.context,
            what=what,
            batch_size=setup.rows_at_once,
        )
    finally:
        hook.remove()
