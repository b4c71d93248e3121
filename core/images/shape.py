"""What of a vision transformer decides how much memory it takes. Imports no torch.

The blocks keep for the backward pass 16 numbers per token and width in each block of the encoder,
18 of the decoder (counted with saved-tensor hooks on the starter and on timm's tiny and small ViT;
tests/core/planning/test_fit.py counts again).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.hub.catalog import CatalogEntry
from core.language import _
from core.planning.shapes import DataSizes, blocks_flop, share_kept, trained_of_encoder
from core.recipe import Recipe
from core.recipe.objectives import objective_named
from core.recipe.trained import trained_part, why_not

_KEPT_ENCODER = 16
_KEPT_DECODER = 18
_LEAST_ACROSS = 8
# Times fewer patches.
_WORTH_SAYING = 1.5
# Width and blocks.
_FAMILIES = {
    "starter": (192, 6),
    "tiny": (192, 12),
    "small": (384, 12),
    "base": (768, 12),
    "large": (1024, 24),
    "huge": (1280, 32),
}


@dataclass(frozen=True, kw_only=True)
class ImageShape:
    """What of a model decides how much memory it takes; its family where somebody looked."""

    parameters: int
    embed_dim: int
    depth: int
    patch: int
    input_size: int
    has_decoder: bool
    family: str = ""

    def num_tokens(self, image_size: int | None) -> int:
        """Patches of an image and the class token."""
        return ((image_size or self.input_size) // self.patch) ** 2 + 1

    def all_parameters(self, recipe: Recipe) -> float:
        """Of encoder and decoder."""
        return self.parameters + _decoder_parameters(self, recipe)

    def trained_parameters(self, recipe: Recipe) -> float:
        """In pre-training what is asked for and the decoder; in fine-tuning the whole encoder."""
        part = trained_part(recipe.pretrain.train)
        trained = trained_of_encoder(part, self.parameters, self.embed_dim, self.depth)
        trained += _decoder_parameters(self, recipe)
        return max(trained, self.parameters) if recipe.finetune.steps else trained

    def numbers_kept(self, recipe: Recipe) -> float:
        """Of one image in the costliest stage: self-distillation encodes all patches as well."""
        return _numbers_kept(self, recipe)

    def forward_flop(self, recipe: Recipe) -> float:
        """Over all patches of an image."""
        tokens = self.num_tokens(recipe.model.image_size)
        return blocks_flop(tokens, self.embed_dim, self.depth)

    def masked_flop(self, recipe: Recipe) -> tuple[float, float]:
        """In the encoder on the visible patches, in the decoder on all of them."""
        tokens = self.num_tokens(recipe.model.image_size)
        visible = tokens * (1 - recipe.pretrain.mask_ratio)
        depth, width = _decoder(self, recipe)
        encoder = blocks_flop(visible, self.embed_dim, self.depth)
        return encoder, blocks_flop(tokens, width, depth)

    def settings_for(self, sizes: DataSizes) -> dict[str, int | None]:
        """An input size near that of the images, where the model's own costs much more."""
        if sizes.side is None:
            return {"image_size": None}
        return {"image_size": worthwhile_size(sizes.side, own=self.input_size, patch=self.patch)}

    @property
    def head(self) -> str:
        """Whether it has a decoder of its own."""
        return _("with its decoder") if self.has_decoder else _("without decoder")

    @property
    def reads(self) -> str:
        """Its input size."""
        return _("input {size} px").format(size=self.input_size)

    def sizes_in_words(self, recipe: Recipe, sizes: DataSizes) -> str:
        """Images of some shorter side in front of the model."""
        if sizes.side is None:
            return ""
        side, size = sizes.side, recipe.model.image_size or self.input_size
        if side < 0.75 * size:
            how = _("they are enlarged")
        elif side > 2 * size:
            how = _("they are scaled down; fine details are lost")
        else:
            how = _("they fit")
        words = _("Your images have about {side} px, the model looks at {size} px: {how}.")
        fits = words.format(side=side, size=size, how=how)
        return f"{fits} {self._cost_in_words(size, side)}".strip()

    def size_for(self, side: int) -> int:
        """The input size for images of a shorter side; see `fitting_size`."""
        return fitting_size(side, own=self.input_size, patch=self.patch)

    def _cost_in_words(self, size: int, side: int) -> str:
        """What another input size would save; empty when that is little."""
        fitting = self.size_for(side)
        times = (size // self.patch) ** 2 / (fitting // self.patch) ** 2
        if times < _WORTH_SAYING:
            return ""
        fewer = f"{times:.1f}".removesuffix(".0")
        return _(
            "At {fitting} px, near their own size, there would be {fewer} times fewer patches, so "
            "much less time and memory; positions are interpolated then. That is guessed from "
            "their sizes: Input size (Advanced) sets it."
        ).format(fitting=fitting, fewer=fewer)

    def misfit(self, recipe: Recipe) -> str:
        """An input size that is no multiple of the patch, or a part that it doesn't have."""
        size = recipe.model.image_size
        if size is None or size % self.patch == 0:
            part = trained_part(recipe.pretrain.train)
            return why_not(part, blocks=self.depth, width=self.embed_dim)
        return f"cuts images into patches of {self.patch} pixels: {size} is not a multiple."


def fitting_size(side: int, *, own: int, patch: int) -> int:
    """The input size for images of a shorter side: a multiple of the patch, at most the model's.

    At least eight patches across: with fewer there is hardly anything to hide and to guess.

    Args:
        side: Pixels of the images' shorter side.
        own: Input size of the model in pixels.
        patch: Its patch size in pixels.
    """
    least = min(own, _LEAST_ACROSS * patch)
    fitting = patch * max(1, round(side / patch))
    return min(own, max(least, fitting))


def worthwhile_size(side: int, *, own: int, patch: int) -> int | None:
    """The same where the model's own has many more patches; None: its own will do."""
    fitting = fitting_size(side, own=own, patch=patch)
    times = (own // patch) ** 2 / (fitting // patch) ** 2
    return fitting if times >= _WORTH_SAYING else None


def shape_of(entry: CatalogEntry) -> ImageShape:
    """The shape of one of the catalog's models for images, by its name."""
    family = next(name for name in _FAMILIES if name in entry.name)
    embed_dim, depth = _FAMILIES[family]
    named = re.search(r"patch(\d+)", entry.name)
    patch = int(named[1]) if named else {"starter": 8, "huge": 14}.get(family, 16)
    return ImageShape(
        parameters=entry.parameters,
        embed_dim=embed_dim,
        depth=depth,
        patch=patch,
        input_size=entry.input_size,
        has_decoder=entry.source != "timm",
    )


def shape_of_found(found: Mapping[str, Any]) -> ImageShape:
    """The shape of a model that the check helper looked at."""
    numbers = ("parameters", "embed_dim", "depth", "patch", "input_size")
    values = {key: int(found[key]) for key in numbers}
    is_fresh = bool(found["decoder_is_fresh"])
    return ImageShape(**values, has_decoder=not is_fresh, family=str(found.get("family", "")))


def _numbers_kept(shape: ImageShape, recipe: Recipe) -> float:
    tokens = shape.num_tokens(recipe.model.image_size)
    whole = _KEPT_ENCODER * tokens * shape.embed_dim * shape.depth
    if not recipe.pretrain.steps:
        return whole
    trained = whole * share_kept(trained_part(recipe.pretrain.train), shape.depth)
    matched = trained if recipe.distill.rounds else 0.0
    objective = objective_named(recipe.pretrain.objective)
    if objective is not None and objective.passes is not None:
        # A pass forward and its backward one are three: so many views are kept.
        pretraining = trained * objective.passes / 3 + matched
    else:
        depth, width = _decoder(shape, recipe)
        decoder = _KEPT_DECODER * tokens * width * depth
        pretraining = trained * (1 - recipe.pretrain.mask_ratio) + decoder + matched
    return max(pretraining, whole) if recipe.finetune.steps else pretraining


def _decoder_parameters(shape: ImageShape, recipe: Recipe) -> float:
    depth, width = _decoder(shape, recipe)
    return 12 * depth * width**2 + width * (shape.embed_dim + 3 * shape.patch**2)


def _decoder(shape: ImageShape, recipe: Recipe) -> tuple[int, int]:
    """Depth and width: a fresh one as the recipe says, an own one as ViT-MAE's or the starter's."""
    if not shape.has_decoder:
        return recipe.model.decoder_depth, recipe.model.decoder_dim
    return (2, 128) if shape.embed_dim < 256 else (8, 512)
