"""The paper's objective: predict what was masked."""

from torch import Tensor

from core.recipe.objectives import MASKED
from core.stages.objectives.augmented import augmented
from core.stages.objectives.objective import Objective
from core.training.feed import Batch, BatchPlace


class MaskedObjective(Objective):
    """L_MAE of METHOD.md section 1: predict what was masked."""

    uses_masks = True
    uses_decoder = True
    has_preview = True

    def forward(self, batch: Batch, place: BatchPlace) -> dict[str, Tensor]:
        """Mean losses over the rows of `batch`: `masked` and `loss`."""
        del place
        loss = self.trained.masked_loss(augmented(batch), batch["noise"])
        return {"loss": loss, MASKED: loss}
