"""RecAdam: recall the pretrained weights while learning the task (Chen et al. 2020).

Recall and Learn: Fine-tuning Deep Pretrained Language Models with Less Forgetting, EMNLP 2020,
section 3; checked against the authors' code (Sanyuan-Chen/RecAdam: `RecAdam.py`, and the
parameter groups of `run_glue_with_RecAdam.py`). The objective is

    lambda(t) * task + (1 - lambda(t)) * gamma / 2 * |theta - theta_0|^2
    lambda(t) = 1 / (1 + exp(-k * (t - t0))),  t = 1, 2, ...

whose quadratic part bypasses Adam's moments: Adam's step is taken times lambda(t), then the weights
are pulled towards theta_0 by lr * (1 - lambda(t)) * gamma of their distance, then decayed. The head
has no pretrained weights and is trained with plain AdamW.
"""

import math
from collections import defaultdict
from collections.abc import Mapping

import torch
from torch import Tensor

from core.models.masked_model import Classifier
from core.stages.regularise.initial import InitialWeights


def annealed(step: int, k: float, t0: float) -> float:
    """The lambda of `step`, from 1: the share of the task in the objective."""
    exponent = -k * (step - t0)
    # Beyond this exp overflows, and lambda is 0 in float64 anyway.
    return 1 / (1 + math.exp(exponent)) if exponent < 700 else 0.0


class RecAdam:
    """A `StepRule`: slows AdamW's step on the encoder, and pulls and decays it afterwards.

    Args:
        classifier: Its encoder is as it was pretrained.
        gamma: Weight of the squared distance.
        k: Slope of the annealing.
        t0: Step at which task and recall weigh the same.
        weight_decay: Of the encoder's parameters that are decayed.
        decayed: Names of those, as in the classifier.
        rate_factors: Factors on the learning rate, by name; 1 where none is.
    """

    def __init__(
        self,
        classifier: Classifier,
        *,
        gamma: float,
        k: float,
        t0: float,
        weight_decay: float,
        decayed: frozenset[str],
        rate_factors: Mapping[str, float] | None = None,
    ) -> None:
        self._gamma, self._k, self._t0 = gamma, k, t0
        self._weight_decay = weight_decay
        names = {id(parameter): name for name, parameter in classifier.named_parameters()}
        encoder = classifier.backbone
        self._initial = InitialWeights(encoder)
        self._decayed = {id(now) for now, _ in self._initial.pairs() if names[id(now)] in decayed}
        self._factors = [
            (rate_factors or {}).get(names[id(now)], 1.0) for now, _ in self._initial.pairs()
        ]
        self.governed = frozenset(names[id(now)] for now, _ in self._initial.pairs())

    def rate_factor(self, step: int) -> float:
        """Factor on the learning rate of the encoder's AdamW step, after `step` steps."""
        return annealed(step + 1, self._k, self._t0)

    @torch.no_grad()
    def after(self, step: int, lr: float) -> None:
        """Pull the encoder towards its pretrained weights; `lr` is without the factor.

        The pull ends at the pretrained weights: where lr * gamma exceeds 1, the authors' update
        would jump beyond them, and diverge from 2 on.
        """
        pull = (1 - annealed(step + 1, self._k, self._t0)) * self._gamma
        by_factor: dict[float, list[tuple[Tensor, Tensor]]] = defaultdict(list)
        for factor, pair in zip(self._factors, self._initial.pairs(), strict=True):
            by_factor[factor].append(pair)
        for factor, pairs in by_factor.items():
            weights = [now for now, _ in pairs]
            share = min(1.0, lr * factor * pull)
            torch._foreach_lerp_(weights, [before for _, before in pairs], share)
            decayed = [now for now in weights if id(now) in self._decayed]
            if decayed:
                torch._foreach_mul_(decayed, 1 - lr * factor * self._weight_decay)
