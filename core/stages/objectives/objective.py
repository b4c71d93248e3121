"""What all objectives have in common."""

from abc import ABC, abstractmethod
from typing import cast

from torch import Tensor, nn

from core.models.masked_model import MaskedModel
from core.training.feed import Batch, BatchPlace
from core.training.whole_batch import SeesWholeBatch


class Objective(nn.Module, ABC):
    """What a step of pre-training minimises.

    It may have parameters of its own beside the model's, such as a projector. They are trained and
    in checkpoints, under `objective.` and their name, and end with the stage: what goes on is the
    encoder.

    Attributes:
        uses_masks: Whether batches have to bring `noise`, and what a model plans with it.
        uses_decoder: Whether the model's decoder is trained; else it is left as it is.
        has_preview: Whether the model can show what it fills in, as the paper's objective.
        own_rate: Factor on the learning rate of its own parameters.
        num_views: Views of each example that batches have to bring the numbers of.
        view_flips: Whether these may be flipped.
        knows_places: Whether batches have to bring the `position` of each example.

    Args:
        model: What is trained.
    """

    uses_masks: bool = False
    uses_decoder: bool = False
    has_preview: bool = False
    own_rate: float = 1.0
    num_views: int = 0
    view_flips: bool = False
    knows_places: bool = False

    def __init__(self, model: MaskedModel) -> None:
        super().__init__()
        self.model = cast("nn.Module", model)

    @property
    def trained(self) -> MaskedModel:
        """The model."""
        return cast("MaskedModel", self.model)

    @property
    def is_shown(self) -> bool:
        """Whether people can be shown what it works on: what is filled in, or the views."""
        return self.has_preview or self.num_views > 0

    @abstractmethod
    def forward(self, batch: Batch, place: BatchPlace) -> dict[str, Tensor]:
        """Mean losses over the rows: `loss`, and its parts by their names in the table."""

    @property
    def whole_batch(self) -> SeesWholeBatch | None:
        """What has to see a whole batch, where the loss is no mean over rows."""
        return None

    def own_parameters(self) -> dict[str, nn.Parameter]:
        """Parameters that are not the model's and want a gradient, by their name in checkpoints."""
        of_model = {id(parameter) for parameter in self.model.parameters()}
        return {
            f"objective.{name}": parameter
            for name, parameter in self.named_parameters()
            if parameter.requires_grad and id(parameter) not in of_model
        }


def freeze_decoder(model: MaskedModel) -> None:
    """Without the masked loss nothing reaches the decoder, but for what it shares with the encoder.

    That is the word embeddings of most language models.
    """
    of_encoder = {id(parameter) for parameter in model.encoder.parameters()}
    for parameter in model.decoder.parameters():
        if id(parameter) not in of_encoder:
            parameter.requires_grad = False
