"""What a model of signals takes: next to nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.hub.catalog import CatalogEntry
from core.planning.shapes import DataSizes
from core.recipe import Recipe


@dataclass(frozen=True)
class SignalShape:
    parameters: int
    depth: int = 1
    has_decoder: bool = True
    family: str = ""
    head: str = "with its decoder"
    reads: str = "64 samples"

    def all_parameters(self, recipe: Recipe) -> float:
        del recipe
        return self.parameters

    def trained_parameters(self, recipe: Recipe) -> float:
        del recipe
        return self.parameters

    def numbers_kept(self, recipe: Recipe) -> float:
        del recipe
        return 10_000

    def forward_flop(self, recipe: Recipe) -> float:
        del recipe
        return 2.0 * self.parameters

    def masked_flop(self, recipe: Recipe) -> tuple[float, float]:
        return self.forward_flop(recipe), self.forward_flop(recipe)

    def settings_for(self, sizes: DataSizes) -> dict[str, int | None]:
        del sizes
        return {}

    def sizes_in_words(self, recipe: Recipe, sizes: DataSizes) -> str:
        del recipe, sizes
        return ""

    def misfit(self, recipe: Recipe) -> str:
        del recipe
        return ""


def shape_of(entry: CatalogEntry) -> SignalShape:
    return SignalShape(entry.parameters)


def shape_of_found(found: Mapping[str, Any]) -> SignalShape:
    return SignalShape(int(found["parameters"]))
