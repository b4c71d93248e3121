"""L2-SP: weight decay towards the pretrained weights instead of 0 (Li et al. 2018).

Explicit Inductive Bias for Transfer Learning with Convolutional Networks, ICML 2018, section 3
(defaults as in the authors' code, holyseven/TransferLearningClassification: `run_exp.py`): the
penalty

    alpha / 2 * |w_S - w_S0|^2 + beta / 2 * |w_new|^2

is part of the loss, with w_S the encoder and w_new the head. It replaces weight decay.
"""

import torch
from torch import Tensor

from core.models.masked_model import Classifier
from core.stages.regularise.initial import InitialWeights
from core.training.feed import Batch, BatchPlace


class L2SP:
    """A `Penalty` on the weights.

    Args:
        classifier: Its encoder is as it was pretrained.
        alpha: Weight of the encoder's squared distance.
        beta: Weight of the head's squared norm.
    """

    needs_float32 = False

    def __init__(self, classifier: Classifier, *, alpha: float, beta: float) -> None:
        self._alpha, self._beta = alpha, beta
        self._initial = InitialWeights(classifier.backbone)
        self._head = list(classifier.head.parameters())

    def __call__(self, batch: Batch, logits: Tensor, place: BatchPlace) -> Tensor:
        """The penalty; it does not depend on the batch."""
        del batch, place
        encoder = torch.stack(
            [(now.float() - before).square().sum() for now, before in self._initial.pairs()]
        )
        head = torch.stack([parameter.float().square().sum() for parameter in self._head])
        penalty = self._alpha / 2 * encoder.sum() + self._beta / 2 * head.sum()
        return penalty.to(logits.device)
