"""What of a model decides how much memory it takes: asked of its modality, told in its words.

A modality's package has a module `shape` with `shape_of` and `shape_of_found`. Imports no torch.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Protocol, cast

from core.hub.catalog import CatalogEntry
from core.recipe import Recipe
from core.recipe.modality import Modality
from core.recipe.trained import TrainedPart


@dataclass(frozen=True)
class DataSizes:
    """How large the examples of some data are, as far as it is known.

    Attributes:
        side: Shorter side of a typical picture, in pixels; None where there are none.
        lengths: 101 quantiles of the labeled texts' lengths in characters; empty where there are
            none.
    """

    side: int | None = None
    lengths: Sequence[int] = ()


class ModelShape(Protocol):
    """The sizes of a model, and what follows from them."""

    @property
    def parameters(self) -> int:
        """Of the encoder."""

    @property
    def depth(self) -> int:
        """Blocks of the encoder."""

    @property
    def family(self) -> str:
        """Of `core.recipe.families`, as somebody found who looked; empty where nobody did."""

    @property
    def has_decoder(self) -> bool:
        """Whether its decoder, or head, comes along."""

    @property
    def head(self) -> str:
        """What comes with the encoder, in words: `with its decoder`."""

    @property
    def reads(self) -> str:
        """What the model takes in, in words: `input 224 px`."""

    def all_parameters(self, recipe: Recipe) -> float:
        """Of encoder and decoder, or head."""

    def trained_parameters(self, recipe: Recipe) -> float:
        """Those that are trained at once at most: of them are gradients and moments."""

    def numbers_kept(self, recipe: Recipe) -> float:
        """Numbers that the backward pass needs of one example, in the costliest stage."""

    def forward_flop(self, recipe: Recipe) -> float:
        """Operations of a pass forward of the encoder over one whole example."""

    def masked_flop(self, recipe: Recipe) -> tuple[float, float]:
        """The same of the masked objective: in the encoder, and in decoder or head."""

    def settings_for(self, sizes: DataSizes) -> dict[str, int | None]:
        """Settings of the model that the data call for; None is the model's own."""

    def sizes_in_words(self, recipe: Recipe, sizes: DataSizes) -> str:
        """How data and model fit each other; empty where nothing can be said."""

    def misfit(self, recipe: Recipe) -> str:
        """Why the model can't be used with a setting, after its name; empty when it can."""


def trained_of_encoder(part: TrainedPart, parameters: float, width: int, depth: int) -> float:
    """Parameters that are trained of an encoder whose blocks are usual ones.

    A block has 12 width² (4 in attention, 8 in the MLP); the adapters of its four linear layers
    have 16 width numbers per rank.

    Args:
        part: Which part.
        parameters: Of the whole encoder.
        width: Of its tokens.
        depth: Its blocks.
    """
    block = 12.0 * width**2
    if part.kind == "last":
        return min(parameters, part.number * block)
    if part.kind == "lora":
        return min(parameters, block + 16.0 * width * part.number * (depth - 1))
    return parameters


def blocks_flop(tokens: float, width: int, depth: int) -> float:
    """Operations of a pass forward through usual blocks."""
    return depth * (24.0 * tokens * width**2 + 4.0 * tokens**2 * width)


def share_kept(part: TrainedPart, depth: int) -> float:
    """Share of an encoder's blocks that the backward pass goes through."""
    return min(1.0, part.number / depth) if part.kind == "last" else 1.0


class Shapes(Protocol):
    """What a modality's module `shape` has."""

    def shape_of(self, entry: CatalogEntry) -> ModelShape:
        """The shape of one of the catalog's models."""

    def shape_of_found(self, found: Mapping[str, Any]) -> ModelShape:
        """The shape of a model that `core.processes.check_model` looked at."""


def shapes_of(modality: Modality) -> Shapes:
    """The module `shape` of a modality."""
    return cast("Shapes", import_module(f"{modality.package}.shape"))
