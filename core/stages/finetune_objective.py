"""What a step of fine-tuning minimises: the task's loss on the labels, and an arm's penalty."""

from typing import Protocol

import torch
from torch import Tensor, nn

from core.models.masked_model import Classifier
from core.stages.objectives.augmented import augmented
from core.training.feed import Batch, BatchPlace
from core.training.seeds import derive_seed


class Penalty(Protocol):
    """What a regularised arm adds to the loss.

    Attributes:
        needs_float32: Whether it would drown in the rounding of float16 and bfloat16.
    """

    needs_float32: bool

    def __call__(self, batch: Batch, logits: Tensor, place: BatchPlace) -> Tensor:
        """The weighted penalty, a mean over the rows of the (augmented) batch."""
        ...


class FinetuneObjective(nn.Module):
    """The loss of encoder and head on the labels.

    Args:
        classifier: The model.
        criterion: Of the task: (B, C) logits and the batch's labels to (B,) losses.
        place: `(seed, stage)`, for the dropout of each step.
        penalty: Added to the loss; None for none.
    """

    def __init__(
        self,
        classifier: Classifier,
        criterion: nn.Module,
        place: tuple[int | str, ...],
        penalty: Penalty | None = None,
    ) -> None:
        super().__init__()
        self.classifier = classifier
        self._place = place
        self._penalty = penalty
        self._criterion = criterion

    def forward(self, batch: Batch, place: BatchPlace) -> dict[str, Tensor]:
        """Mean loss over the rows of `batch`, with its parts if there is a penalty."""
        seed = derive_seed(*self._place, "dropout", place.step)
        self.classifier.set_dropout_rows(seed, place.start, place.global_rows)
        batch = augmented(batch)
        if self._penalty is not None and self._penalty.needs_float32:
            with torch.autocast(batch["label"].device.type, enabled=False):
                return self._losses(batch, place)
        return self._losses(batch, place)

    def _losses(self, batch: Batch, place: BatchPlace) -> dict[str, Tensor]:
        logits = self.classifier(batch).float()
        task = self._criterion(logits, batch["label"]).mean()
        if self._penalty is None:
            return {"loss": task}
        penalty = self._penalty(batch, logits, place)
        return {"loss": task + penalty, "task": task, "penalty": penalty}
