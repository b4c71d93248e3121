"""Contrast of views: SimCLR (Chen et al. 2020, arXiv 2002.05709).

Two views of each example are projected; of all other views in the batch, the one of the same
example is to be the nearest. All other examples of the *global* batch count as others, however it
is cut: see `core.training.whole_batch`.
"""

import torch
import torch.nn.functional as F  # noqa: N812  (its name everywhere)
from torch import Tensor, nn

from core.models.masked_model import MaskedModel
from core.stages.objectives.augmented import augmented
from core.stages.objectives.objective import Objective
from core.training.feed import Batch, BatchPlace
from core.training.seeds import torch_generator
from core.training.whole_batch import SeesWholeBatch

_VIEWS = 2
# Width of the projector's hidden layer, in widths of the representation.
_HIDDEN = 2


class ContrastOfViews(Objective):
    """Find the other view of the same example.

    Args:
        model: What is trained.
        match: Which representation, as in `MaskedModel.represent`.
        temperature: Of the similarities.
        projector: From the representation to where views are compared.

    Attributes:
        part: Name of the loss.
    """

    num_views = _VIEWS
    part = "contrastive"

    def __init__(
        self, model: MaskedModel, *, match: str, temperature: float, projector: nn.Module
    ) -> None:
        super().__init__(model)
        self._match, self._temperature = match, temperature
        self.projector = projector

    @property
    def whole_batch(self) -> SeesWholeBatch:
        """Itself: the others are all of the batch."""
        return self

    def forward(self, batch: Batch, place: BatchPlace) -> dict[str, Tensor]:
        """Mean losses over the rows of `batch`: its `part` and `loss`.

        With `pull` and `own_loss`, of `pulls`, the batch is a piece of a larger one, whose gradient
        is this one's.
        """
        projected = self.look(batch)
        if "pull" not in batch:
            assert len(projected) == place.global_rows
            loss = nt_xent(projected, self._temperature).mean()
            return {"loss": loss, self.part: loss}
        value = batch["own_loss"].mean()
        # The loop weighs a piece by its share of the batch, which the pulls have in them already.
        pulled = (projected * batch["pull"]).sum() * (place.global_rows / len(projected))
        return {"loss": value + pulled - pulled.detach(), self.part: value}

    def look(self, batch: Batch) -> Tensor:
        """(B, 2, width) projections of the views, of length 1."""
        batch = augmented(batch)
        views = [
            self.projector(self.trained.represent(self.trained.view(batch, number), self._match))
            for number in range(_VIEWS)
        ]
        return F.normalize(torch.stack(views, dim=1).float(), dim=-1)

    def pulls(self, seen: Tensor) -> Batch:
        """Per row of the global batch its loss, and the gradient of the mean loss.

        Args:
            seen: (B, 2, width) what `look` found of all rows.
        """
        with torch.enable_grad():
            seen = seen.detach().requires_grad_()
            losses = nt_xent(seen, self._temperature)
            (pull,) = torch.autograd.grad(losses.mean(), seen)
        return {"pull": pull, "own_loss": losses.detach()}


class ContrastiveObjective(ContrastOfViews):
    """The contrast in a space of its own, as for images.

    Args:
        model: What is trained.
        match: Which representation, as in `MaskedModel.represent`.
        width: Of the space in which views are compared.
        temperature: Of the similarities.
        place: `(seed, stage)`, for the projector's first weights.
    """

    def __init__(
        self,
        model: MaskedModel,
        *,
        match: str,
        width: int,
        temperature: float,
        place: tuple[int | str, ...],
    ) -> None:
        projector = _projector(model.feature_dim, width, torch_generator(*place, "head"))
        super().__init__(model, match=match, temperature=temperature, projector=projector)


def nt_xent(projected: Tensor, temperature: float) -> Tensor:
    """(B,) losses of SimCLR, the mean over an example's views, each once the one to start from.

    Args:
        projected: (B, views, D) of length 1.
        temperature: Divides the similarities.
    """
    B, number, D = projected.shape
    flat = projected.reshape(B * number, D)
    similar = flat @ flat.T / temperature  # every view with every view
    itself = torch.eye(B * number, dtype=torch.bool, device=flat.device)
    similar = similar.masked_fill(itself, float("-inf"))
    example = torch.arange(B, device=flat.device).repeat_interleave(number)
    is_other_view = (example[:, None] == example[None, :]) & ~itself
    log_shares = similar.log_softmax(dim=1).masked_fill(~is_other_view, 0.0)
    return -log_shares.sum(dim=1).reshape(B, number).mean(dim=1) / (number - 1)


def _projector(width: int, out: int, generator: torch.Generator) -> nn.Sequential:
    """Two layers, as in SimCLR, without its batch norm: a row must not depend on its piece."""
    projector = nn.Sequential(
        nn.Linear(width, _HIDDEN * width), nn.ReLU(), nn.Linear(_HIDDEN * width, out)
    )
    with torch.no_grad():
        for layer in projector:
            if isinstance(layer, nn.Linear):
                bound = layer.in_features**-0.5
                for values in (layer.weight, layer.bias):
                    drawn = torch.rand(values.shape, generator=generator)
                    values.copy_((2 * drawn - 1) * bound)
    return projector
