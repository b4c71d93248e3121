"""What a step of pre-training minimises: the masked loss, the distance to the teacher."""

from typing import cast

import torch
from torch import Tensor, nn

from core.models.masked_model import MaskedModel
from core.training.augment import crop, flip
from core.training.feed import Batch, BatchPlace


def augmented(batch: Batch) -> Batch:
    """The batch with the flips and crops that were drawn for it."""
    pixels = batch.get("pixels")
    if pixels is None:
        return batch
    if "flip" in batch:
        pixels = flip(pixels, batch["flip"])
    if "crop" in batch:
        pixels = crop(pixels, batch["crop"])
    return {**batch, "pixels": pixels}


class MaskedObjective(nn.Module):
    """L_MAE of METHOD.md section 1: predict what was masked."""

    def __init__(self, model: MaskedModel) -> None:
        super().__init__()
        self.model = cast("nn.Module", model)

    def forward(self, batch: Batch, place: BatchPlace) -> dict[str, Tensor]:
        """Mean losses over the rows of `batch`: `masked` and `loss`."""
        del place
        loss = cast("MaskedModel", self.model).masked_loss(augmented(batch), batch["noise"])
        return {"loss": loss, "masked": loss}


class DistillObjective(nn.Module):
    """L_MAE + weight · L_distill (METHOD.md section 1, step 2), as one loss with one backward.

    L_distill is the squared distance between student and teacher representation of the
    *unmasked* example, summed over its elements and averaged over the examples (when all tokens
    are matched, over those of an example first, padding aside).

    Args:
        model: The student.
        match: Which representation, as in `MaskedModel.represent`.
        weight: Weight of the distillation term; 1 in the paper.
        teacher: A live teacher, or None when batches bring their `target`.
        has_masked_loss: False leaves L_MAE out: an ablation of the paper.
    """

    def __init__(
        self,
        model: MaskedModel,
        *,
        match: str,
        weight: float,
        teacher: MaskedModel | None,
        has_masked_loss: bool = True,
    ) -> None:
        super().__init__()
        self.model = cast("nn.Module", model)
        self._match = match
        self._weight = weight
        self._has_masked_loss = has_masked_loss
        # In a tuple, so that it is no part of this module: never trained, never saved, and
        # `train()` does not reach it.
        self._teacher = (teacher,)

    def forward(self, batch: Batch, place: BatchPlace) -> dict[str, Tensor]:
        """Mean losses over the rows of `batch`: `masked`, `distill` and `loss`."""
        del place
        student = cast("MaskedModel", self.model)
        batch = augmented(batch)
        if not self._has_masked_loss:
            distill = self._distance(student, batch)
            return {"loss": self._weight * distill, "distill": distill}
        masked = student.masked_loss(batch, batch["noise"])
        distill = self._distance(student, batch)
        return {"loss": masked + self._weight * distill, "masked": masked, "distill": distill}

    def _distance(self, student: MaskedModel, batch: Batch) -> Tensor:
        target = self._target(batch)
        real = student.real_tokens(batch) if self._match == "all_tokens" else None
        return squared_distance(student.represent(batch, self._match), target, real)

    def _target(self, batch: Batch) -> Tensor:
        teacher = self._teacher[0]
        if teacher is None:
            return batch["target"]
        with torch.no_grad():
            return teacher.represent(batch, self._match)


def squared_distance(student: Tensor, teacher: Tensor, real: Tensor | None = None) -> Tensor:
    """Squared distance, a scalar: summed over the features, averaged over tokens, then examples.

    Args:
        student: (B, D), or (B, T, D).
        teacher: Of the same shape.
        real: (B, T) of bool, which tokens count; None for all. So an example's share doesn't
            depend on how far its batch was padded.
    """
    distances = (student.float() - teacher.float()).square().sum(dim=-1)
    if real is None:
        return distances.mean()
    counts = real.sum(dim=1).clamp(min=1)
    return (distances.masked_fill(~real, 0.0).sum(dim=1) / counts).mean()
