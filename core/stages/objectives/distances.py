"""How far a student's representation is from its teacher's."""

from collections.abc import Callable, Mapping
from typing import Final

import torch.nn.functional as F  # noqa: N812  (its name everywhere)
from torch import Tensor

PerToken = Callable[[Tensor, Tensor], Tensor]


def normalised(features: Tensor) -> Tensor:
    """Features with mean 0 and variance 1 over the last dimension: LayerNorm without affine.

    The whitening of Wei et al. 2022 (Feature Distillation, arXiv 2205.14141), as MaskDistill
    (Peng et al. 2022, arXiv 2210.10615) and data2vec have it.
    """
    features = features.float()
    return F.layer_norm(features, features.shape[-1:])


def squared(student: Tensor, teacher: Tensor) -> Tensor:
    """(…, D) twice to (…): the sum of squared differences, as in the paper."""
    return (student.float() - teacher.float()).square().sum(dim=-1)


def smooth_l1(student: Tensor, teacher: Tensor) -> Tensor:
    """(…, D) twice to (…): the mean smooth-L1 distance of normalised features.

    Half the mean square where features differ by less than 1, so that it is `cosine` for a student
    that is near; and it grows no faster than linearly for single features that are far off.
    """
    found = F.smooth_l1_loss(normalised(student), normalised(teacher), reduction="none")
    return found.mean(dim=-1)


def cosine(student: Tensor, teacher: Tensor) -> Tensor:
    """(…, D) twice to (…): 1 - cosine of normalised features, 1 where they are unrelated."""
    return 1 - F.cosine_similarity(normalised(student), normalised(teacher), dim=-1)


# By their names in recipes.
_PER_TOKEN: Final[Mapping[str, PerToken]] = {
    "squared": squared,
    "smooth_l1": smooth_l1,
    "cosine": cosine,
}


def distance(name: str, student: Tensor, teacher: Tensor, real: Tensor | None = None) -> Tensor:
    """The distance of that name, a scalar: averaged over tokens, then over examples.

    Args:
        name: `squared`, `smooth_l1` or `cosine`.
        student: (B, D), or (B, T, D).
        teacher: Of the same shape.
        real: (B, T) of bool, which tokens count; None for all. So an example's share doesn't
            depend on how far its batch was padded.
    """
    distances = _PER_TOKEN[name](student, teacher)
    if real is None:
        return distances.mean()
    counts = real.sum(dim=1).clamp(min=1)
    return (distances.masked_fill(~real, 0.0).sum(dim=1) / counts).mean()
