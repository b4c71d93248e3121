"""Classifiers between where fine-tuning began and where it ended: WiSE-FT, Wortsman et al. 2022."""

import torch

from core.models.masked_model import Classifier, State
from core.training.optim import trainable


def weights_of(classifier: Classifier) -> State:
    """A copy of what is trained."""
    return {name: value.detach().clone() for name, value in trainable(classifier).items()}


@torch.no_grad()
def put_between(classifier: Classifier, start: State, end: State, share: float) -> None:
    """Set what is trained to `start` at 0, to `end` at 1, and between them on a line."""
    for name, parameter in trainable(classifier).items():
        before, after = (state[name].to(parameter.device) for state in (start, end))
        parameter.copy_(torch.lerp(before, after, share))
