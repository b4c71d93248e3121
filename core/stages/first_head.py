"""The head that fine-tuning starts from: random, or fitted on the frozen encoder first.

Few steps from a random head go into finding it, and its first gradients spoil the encoder's
features; a fitted one leaves the steps to the encoder (linear probing, then fine-tuning: Kumar et
al., ICLR 2022, arXiv 2202.10054).
"""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from core.errors import RunError
from core.models.attention import attend_without_asking
from core.models.masked_model import Classifier
from core.models.plain import require_plain
from core.stages.encode import encode
from core.stages.setup import RunSetup
from core.stages.weights import load_encoder
from core.training.feed import Batch
from core.training.seeds import derive_seed

_WHAT = "fitting the head"


def unfitted_classifier(setup: RunSetup, arm: str, seed_index: int) -> Classifier:
    """An arm's encoder with a random head, which is the same for every arm of a seed."""
    recipe = setup.recipe
    model = setup.pretrained_model()
    encoder = setup.encoder_behind(arm, seed_index)
    if encoder is not None:
        load_encoder(model, encoder)
    torch.manual_seed(derive_seed(recipe.seed, "head", seed_index))
    dropout = None if recipe.finetune.own_dropout else recipe.finetune.dropout
    return model.build_classifier(len(setup.classes), dropout)


def fit_head(setup: RunSetup, classifier: Classifier, encoder: Path | None) -> float:
    """Set the head to the linear probe of the training examples; left alone where none can be.

    Of a head of several layers it is the output layer that is fitted, on what the random ones
    before it make of the features. Every process fits the same, since all see the same features.

    Args:
        setup: The run.
        classifier: As `unfitted_classifier` made it.
        encoder: The file of its encoder; None for the model as it was loaded.

    Returns:
        What the answers of the fitted layer were divided by (`core.evaluate.softening`).
    """
    features = features_of_head(setup, classifier, setup.train.examples, _WHAT, encoder)
    return _put(setup, classifier.output_layer, features)


def fit_output_layer(setup: RunSetup, classifier: Classifier) -> float:
    """The same for a classifier whose encoder was trained, and is in no file."""
    examples = setup.train.examples
    output = classifier.output_layer
    return _put(setup, output, _inputs_of(output, setup, classifier, examples, _WHAT))


def _put(setup: RunSetup, output: nn.Linear, features: np.ndarray) -> float:
    found = _fitted(setup, features)
    if not found.size:
        return 1.0
    values = torch.from_numpy(np.ascontiguousarray(found))
    with torch.no_grad():
        output.weight.copy_(values[:, :-2])
        output.bias.copy_(values[:, -2])
    return float(found[0, -1])


def _fitted(setup: RunSetup, features: np.ndarray) -> np.ndarray:
    """(C, D + 2) weight, bias and divisor of the probe that is asked for; empty for none."""
    recipe, targets = setup.recipe, setup.train.targets
    balanced = recipe.finetune.balance != "none"
    # Seeds, and arms that share an encoder, ask for the same one.
    parts = (
        f"{recipe.finetune.head} {recipe.seed} {balanced} {len(setup.classes)} softened".encode(),
        *(np.ascontiguousarray(each).tobytes() for each in (targets, features)),
    )
    return setup.features.of(parts, lambda: _fit(setup, features, targets, balanced=balanced))


def _fit(
    setup: RunSetup, features: np.ndarray, targets: np.ndarray, *, balanced: bool
) -> np.ndarray:
    """See `_fitted`."""
    # Late: scikit-learn takes seconds, and a run's first stages do without it.
    from core.evaluate.regularised_probe import USUAL_STRENGTH

    recipe, number = setup.recipe, len(setup.classes)
    strength = USUAL_STRENGTH if recipe.finetune.head == "probe" else None
    layer = setup.task.fit_layer(
        features, targets, number, seed=recipe.seed, balanced=balanced, strength=strength
    )
    if layer is None:
        return np.empty((0, 0), dtype=np.float32)
    layer = setup.task.softened(layer, features, targets)
    divisor = np.full_like(layer.bias, layer.divisor)
    return np.column_stack([layer.weight, layer.bias, divisor])


def features_of_head(
    setup: RunSetup, classifier: Classifier, examples: np.ndarray, what: str, encoder: Path | None
) -> np.ndarray:
    """(N, D) what the output layer reads of each example, in float32; not to be changed.

    Args:
        setup: The run.
        classifier: Whose encoder and head.
        examples: (N,) indices into the run's source.
        what: What they are for, for errors.
        encoder: The file of the classifier's encoder; None for the model as it was loaded.

    Raises:
        RunError: The output layer is none that a linear layer could take the place of.
    """
    output = classifier.output_layer
    require_plain(output, nn.Linear, name="the output layer", why=what)
    own = {id(each) for each in output.parameters()}
    before = [each for each in classifier.head.parameters() if id(each) not in own]
    parts = (
        str(encoder or "").encode(),
        # A layer that somebody has wrapped is looked at anew, and refused.
        repr(classifier).encode(),
        np.ascontiguousarray(examples).tobytes(),
        *(each.detach().cpu().numpy().tobytes() for each in before),
    )
    return setup.features.of(parts, lambda: _inputs_of(output, setup, classifier, examples, what))


def _inputs_of(
    output: nn.Linear, setup: RunSetup, classifier: Classifier, examples: np.ndarray, what: str
) -> np.ndarray:
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
