"""A linear layer that is as sure of the examples it was fitted on as it can be of new ones.

With few examples and many features a fitted layer knows its own examples nearly by heart. As the
head that a fine-tuning starts from it is then brittle: any step of the encoder changes the features
that it has learned, and the training loss rises before it falls. Divided by one number, its answers
stay what they are, and its loss on its own examples is that of held-out ones.
"""

from collections.abc import Callable

from scipy.optimize import brentq

from core.evaluate.probe import Features
from core.evaluate.regularised_probe import LinearLayer

# A layer that tells nothing of new examples would be divided for ever.
_MOST = 20.0


def softened(
    layer: LinearLayer, features: Features, loss: Callable[[Features], float]
) -> LinearLayer:
    """The layer, its logits divided by a number from 1 to 20.

    Args:
        layer: Fitted; where no cross-validation chose its strength, it comes back as it is.
        features: (N, D) what it was fitted on.
        loss: The mean loss of (N, C) logits on the targets that it was fitted on, in the unit of
            `layer.held_loss`.
    """
    if layer.held_loss is None:
        return layer
    wanted, logits = layer.held_loss, layer.logits(features)

    def missing(divisor: float) -> float:
        return loss(logits / divisor) - wanted

    if missing(1.0) >= 0:
        return layer
    divisor = _MOST if missing(_MOST) <= 0 else float(brentq(missing, 1.0, _MOST, rtol=1e-4))
    return layer.divided(divisor)
