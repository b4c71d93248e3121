"""Self-distillation: the student's own objective and the distance to the teacher."""

from typing import cast

import torch
from torch import Tensor, nn

from core.models.masked_model import MaskedModel
from core.stages.objectives.augmented import augmented
from core.stages.objectives.distances import distance
from core.stages.objectives.objective import Objective
from core.training.feed import Batch, BatchPlace
from core.training.whole_batch import SeesWholeBatch


class DistillObjective(Objective):
    """The objective + weight · L_distill (METHOD.md section 1, step 2), with one backward.

    L_distill is the distance between student and teacher representation of the *unmasked*
    example, averaged over the examples (when several tokens are matched, over those of an example
    first, padding aside). The paper's is the squared one, summed over its elements.

    Args:
        model: The student.
        match: Which representation, as in `MaskedModel.represent`.
        distance: Which distance, as in `core.stages.objectives.distances`.
        weight: Weight of the distillation term; 1 in the paper.
        teacher: A live teacher, or None when batches bring their `target`.
        objective: The student's; None leaves it out, an ablation of the paper.
    """

    def __init__(
        self,
        model: MaskedModel,
        *,
        match: str,
        distance: str,
        weight: float,
        teacher: MaskedModel | None,
        objective: Objective | None,
    ) -> None:
        super().__init__(model)
        self.objective = cast("nn.Module | None", objective)
        self._match, self._distance = match, distance
        self._weight = weight
        # In a tuple, so that it is no part of this module: never trained, never saved, and
        # `train()` does not reach it.
        self._teacher = (teacher,)
        # Drawn though nothing uses them: flips that are drawn behind them stay what they were.
        self.uses_masks = True
        if objective is not None:
            self.uses_masks = objective.uses_masks
            self.uses_decoder = objective.uses_decoder
            self.has_preview = objective.has_preview
            self.own_rate = objective.own_rate
            self.num_views = objective.num_views
            self.view_flips = objective.view_flips
            self.knows_places = objective.knows_places

    def forward(self, batch: Batch, place: BatchPlace) -> dict[str, Tensor]:
        """Mean losses over the rows of `batch`: `loss`, those of the objective, `distill`."""
        batch = augmented(batch)
        if self.objective is None:
            distill = self._term(batch)
            return {"loss": self._weight * distill, "distill": distill}
        losses: dict[str, Tensor] = self.objective(batch, place)
        distill = self._term(batch)
        return {**losses, "loss": losses["loss"] + self._weight * distill, "distill": distill}

    @property
    def whole_batch(self) -> SeesWholeBatch | None:
        """That of the student's objective: the distance is a mean over rows."""
        return None if self.objective is None else cast("Objective", self.objective).whole_batch

    def own_parameters(self) -> dict[str, nn.Parameter]:
        """Those of the student's objective, with the names that they have without a teacher."""
        return {} if self.objective is None else cast("Objective", self.objective).own_parameters()

    def _term(self, batch: Batch) -> Tensor:
        target = self._target(batch)
        real = self.trained.real_tokens(batch) if self._match == "all_tokens" else None
        student = self.trained.represent(batch, self._match)
        return distance(self._distance, student, target, real)

    def _target(self, batch: Batch) -> Tensor:
        teacher = self._teacher[0]
        if teacher is None:
            return batch["target"]
        with torch.no_grad():
            return teacher.represent(batch, self._match)
