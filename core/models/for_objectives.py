"""What only some objectives of pre-training ask of a model."""

from dataclasses import dataclass

import torch
from torch import Tensor

from core.recipe.objective_settings import ObjectivesRecipe

Batch = dict[str, Tensor]


@dataclass(frozen=True, kw_only=True)
class Views:
    """Which views of examples are asked for.

    Attributes:
        number: Of each example.
        flips: Whether they may be flipped.
        settings: How much they may differ from the example.
    """

    number: int
    flips: bool
    settings: ObjectivesRecipe


class ForSomeObjectives:
    """Methods that a model has where its modality is in the table of an objective that asks them.

    `core.recipe.objectives` refuses the others in words before anything is trained, so that none of
    these is ever called on a model that lacks it.
    """

    def draw_views(self, num_rows: int, generator: torch.Generator, asked: Views) -> Batch:
        """Numbers that views are made of, rows first, drawn for the global batch.

        Raises:
            NotImplementedError: Examples of this kind have no views; no objective that wants some
                is in their table.
        """
        raise NotImplementedError

    def view(self, batch: Batch, number: int) -> Batch:
        """The batch with one of its views, counted from 0, in place of the examples."""
        raise NotImplementedError

    def piece_features(self, batch: Batch) -> Tensor:
        """(B, L, D) what the encoder sees in each piece of the unmasked example."""
        raise NotImplementedError

    def predict_features(self) -> None:
        """Replace the decoder by a fresh one whose `predict_hidden` are features, (B, M, D).

        Its weights are drawn from torch's generator.
        """
        raise NotImplementedError

    def predict_hidden(self, batch: Batch, noise: Tensor) -> tuple[Tensor, Tensor]:
        """(B, M, …) the decoder's predictions of hidden pieces, and (B, M) which those are.

        These three are what the objective `features` asks: modalities that have it have them.
        """
        raise NotImplementedError
