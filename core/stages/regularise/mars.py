"""MARS: weights may not leave a ball around the pretrained ones (Gouk et al. 2021).

Distance-Based Regularisation of Deep Networks for Fine-Tuning, ICLR 2021, section 4 (MARS-PGM);
checked against the authors' code (henrygouk/mars-finetuning: `lipschitz.py`, `finetune.py`). After
every step each row of a weight, as the operator from a layer's input to its output, is scaled back
towards its initial value until

    max over rows i of  sum over j of |W_ij - W0_ij|  <=  gamma,

the maximum absolute row sum norm. Convolutions are flattened per output channel. The ball of the
new head is around 0. The gain of a normalisation is a diagonal operator: each of its numbers is a
row. (The authors divide it by the running deviation of batch norm, which layer norm has not.)
Biases, tokens and position embeddings are free.
"""

import torch
from torch import Tensor, nn

from core.models.masked_model import Classifier


@torch.no_grad()
def project_rows(weight: Tensor, centre: Tensor, gamma: float) -> None:
    """Move `weight` (rows, …) in place into the ball of radius `gamma` around `centre`."""
    distance = (weight - centre).reshape(len(weight), -1)
    norms = distance.abs().sum(dim=1)
    outside = norms > gamma
    scale = torch.where(outside, gamma / norms, torch.ones_like(norms))
    shape = (-1, *[1] * (weight.ndim - 1))
    moved = centre + (weight - centre) * scale.view(shape)
    # Rows inside the ball keep their very bits.
    weight.copy_(torch.where(outside.view(shape), moved, weight))


class Mars:
    """A `StepRule`: projects the weights after every step.

    Args:
        classifier: Its encoder is as it was pretrained.
        gamma: Radius for the encoder's weights.
        head_gamma: Radius for the weights of the head's linear layers.
    """

    governed: frozenset[str] = frozenset()

    def __init__(self, classifier: Classifier, *, gamma: float, head_gamma: float) -> None:
        self._gamma, self._head_gamma = gamma, head_gamma
        self._encoder = [
            (weight, weight.detach().clone()) for weight in _weights(classifier.backbone)
        ]
        self._head = [
            (layer.weight, torch.zeros_like(layer.weight))
            for layer in classifier.head.modules()
            if isinstance(layer, nn.Linear)
        ]

    def rate_factor(self, step: int) -> float:
        """AdamW's steps stay as they are."""
        del step
        return 1.0

    def after(self, step: int, lr: float) -> None:
        """Project all weights."""
        del step, lr
        self._encoder = [(now, centre.to(now.device)) for now, centre in self._encoder]
        self._head = [(now, zero.to(now.device)) for now, zero in self._head]
        for now, centre in self._encoder:
            project_rows(now, centre, self._gamma)
        for layer, zero in self._head:
            project_rows(layer, zero, self._head_gamma)


def _weights(encoder: nn.Module) -> list[nn.Parameter]:
    """Weights of linear layers, convolutions and normalisations."""
    return [
        parameter
        for module in encoder.modules()
        for name, parameter in module.named_parameters(recurse=False)
        if name == "weight" and parameter.requires_grad
    ]
