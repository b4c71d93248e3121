"""Predict what a frozen encoder sees in hidden places: features instead of pixels as targets.

The targets are the pretrained encoder's own, of each place of the whole image, normalised, as in
MaskDistill (Peng et al. 2022, arXiv 2210.10615) and data2vec 2.0 (Baevski et al. 2022, arXiv
2212.07525), whose teacher is an average of the student instead. As in the latter only what is
visible goes through the encoder, and a light decoder predicts the rest: so it needs no mask token,
which most encoders don't have.
"""

import torch
import torch.nn.functional as F  # noqa: N812  (its name everywhere)
from torch import Tensor, nn

from core.models.masked_model import MaskedModel
from core.stages.objectives.augmented import augmented
from core.stages.objectives.distances import normalised
from core.stages.objectives.objective import Objective
from core.training.feed import Batch, BatchPlace


class FeaturesObjective(Objective):
    """Smooth-L1 distance of predictions to the teacher's normalised features, in hidden places.

    Args:
        model: What is trained; its decoder predicts features (`MaskedModel.predict_features`).
        teacher: Frozen, in eval mode, on the model's device.
    """

    uses_masks = True
    uses_decoder = True

    def __init__(self, model: MaskedModel, *, teacher: MaskedModel) -> None:
        super().__init__(model)
        # In a tuple, so that it is no part of this module: never trained, never saved.
        self._teacher = (teacher,)

    def forward(self, batch: Batch, place: BatchPlace) -> dict[str, Tensor]:
        """Mean losses over the rows of `batch`: `features` and `loss`."""
        del place
        batch = augmented(batch)
        with torch.no_grad():
            seen = normalised(self._teacher[0].piece_features(batch))  # (B, L, D)
        prediction, hidden = self.trained.predict_hidden(batch, batch["noise"])
        wanted = seen.gather(1, hidden.unsqueeze(-1).expand(-1, -1, seen.shape[-1]))
        loss = F.smooth_l1_loss(prediction.float(), wanted)
        return {"loss": loss, "features": loss}

    def own_parameters(self) -> dict[str, nn.Parameter]:
        """The decoder's: it begins fresh, and learns at a rate of its own."""
        return {
            f"decoder.{name}": parameter
            for name, parameter in self.trained.decoder.named_parameters()
            if parameter.requires_grad
        }
