"""Whether a model fits this machine's memory: an estimate before anything is loaded.

Imports no torch. The Plan page measures a real step; this only sorts models. Of a training step
are counted: weights, their gradients and AdamW's two moments (4 x 4 bytes per parameter), and
what the blocks keep for the backward pass: 16 numbers per token and width in each block of the
encoder, 18 of the decoder (counted with saved-tensor hooks on the starter and on timm's tiny and
small ViT; tests/core/planning/test_fit.py counts again).
"""

import re
from dataclasses import dataclass
from typing import Literal

import psutil

from core.hub.catalog import CatalogEntry
from core.recipe import Recipe
from core.text.shape import TextShape

Verdict = Literal["fits", "in portions", "too large"]

_BYTES_PER_PARAMETER = 16
_KEPT_ENCODER = 16
_KEPT_DECODER = 18
# The program itself, torch and its buffers.
_FLOOR = 0.7e9
_COMFORT = 0.8
_FAMILIES = {
    "starter": (192, 6),
    "tiny": (192, 12),
    "small": (384, 12),
    "base": (768, 12),
    "large": (1024, 24),
    "huge": (1280, 32),
}


@dataclass(frozen=True, kw_only=True)
class Shape:
    """What of a model decides how much memory it takes."""

    parameters: int
    embed_dim: int
    depth: int
    patch: int
    input_size: int
    has_decoder: bool

    def num_tokens(self, image_size: int | None) -> int:
        """Patches of an image and the class token."""
        return ((image_size or self.input_size) // self.patch) ** 2 + 1

    def all_parameters(self, recipe: Recipe) -> float:
        """Of encoder and decoder."""
        return self.parameters + _decoder_parameters(self, recipe)

    def numbers_kept(self, recipe: Recipe) -> float:
        """Of one image in the costliest stage: self-distillation encodes all patches as well."""
        return _numbers_kept(self, recipe)


@dataclass(frozen=True)
class Room:
    """Memory to train in.

    Attributes:
        free: Bytes.
        where: In words: `NVIDIA H200`, `main memory`.
        bytes_per_value: Of what is kept for the backward pass; 2 where bfloat16 is used.
    """

    free: float
    where: str
    bytes_per_value: int = 4


@dataclass(frozen=True)
class Fit:
    """The estimate.

    Attributes:
        verdict: Whether a whole step fits, only portions of it, or not even one image.
        needed: Bytes of a whole step.
        room: Where it shall fit.
    """

    verdict: Verdict
    needed: float
    room: Room


def shape_of(entry: CatalogEntry) -> Shape:
    """The shape of one of the catalog's models for images, by its name."""
    family = next(name for name in _FAMILIES if name in entry.name)
    embed_dim, depth = _FAMILIES[family]
    named = re.search(r"patch(\d+)", entry.name)
    patch = int(named[1]) if named else {"starter": 8, "huge": 14}.get(family, 16)
    return Shape(
        parameters=entry.parameters,
        embed_dim=embed_dim,
        depth=depth,
        patch=patch,
        input_size=entry.input_size,
        has_decoder=entry.source != "timm",
    )


def estimate(shape: Shape | TextShape, recipe: Recipe, room: Room) -> Fit:
    """Whether training with this recipe fits."""
    fixed = _FLOOR + _BYTES_PER_PARAMETER * shape.all_parameters(recipe)
    per_image = room.bytes_per_value * max(shape.numbers_kept(recipe), 1)
    limit = recipe.runtime.micro_batch_size or max(_batch_sizes(recipe), default=1)
    needed = fixed + per_image * min(limit, max(_batch_sizes(recipe), default=1))
    if needed <= _COMFORT * room.free:
        verdict: Verdict = "fits"
    elif fixed + per_image <= room.free:
        verdict = "in portions"
    else:
        verdict = "too large"
    return Fit(verdict, needed, room)


def room_here(device: str) -> Room:
    """Free memory of the first GPU, or of the machine for a CPU or where there is no GPU."""
    if device in {"auto", "mps", "xpu"} or device.startswith("cuda"):
        gpu = _nvidia_room(int(device.partition(":")[2] or 0))
        if gpu is not None:
            return gpu
    return Room(psutil.virtual_memory().available, "main memory")


def _nvidia_room(index: int) -> Room | None:
    import pynvml

    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError:
        return None
    try:
        handle = pynvml.nvmlDeviceGetHandleByIndex(index)
        memory = pynvml.nvmlDeviceGetMemoryInfo(handle)
        return Room(float(memory.free), str(pynvml.nvmlDeviceGetName(handle)), 2)
    except pynvml.NVMLError:
        return None
    finally:
        pynvml.nvmlShutdown()


def _batch_sizes(recipe: Recipe) -> list[int]:
    sizes = [recipe.pretrain.batch_size] if recipe.pretrain.steps else []
    sizes += [recipe.distill.batch_size] if recipe.distill.rounds else []
    return sizes + ([recipe.finetune.batch_size] if recipe.finetune.steps else [])


def _numbers_kept(shape: Shape, recipe: Recipe) -> float:
    tokens = shape.num_tokens(recipe.model.image_size)
    whole = _KEPT_ENCODER * tokens * shape.embed_dim * shape.depth
    if not recipe.pretrain.steps:
        return whole
    depth, width = _decoder(shape, recipe)
    decoder = _KEPT_DECODER * tokens * width * depth
    visible = whole * (1 - recipe.pretrain.mask_ratio)
    return visible + decoder + (whole if recipe.distill.rounds else 0.0)


def _decoder_parameters(shape: Shape, recipe: Recipe) -> float:
    depth, width = _decoder(shape, recipe)
    return 12 * depth * width**2 + width * (shape.embed_dim + 3 * shape.patch**2)


def _decoder(shape: Shape, recipe: Recipe) -> tuple[int, int]:
    """Depth and width: a fresh one as the recipe says, an own one as ViT-MAE's or the starter's."""
    if not shape.has_decoder:
        return recipe.model.decoder_depth, recipe.model.decoder_dim
    return (2, 128) if shape.embed_dim < 256 else (8, 512)
