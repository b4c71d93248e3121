"""Whether a model fits this machine's memory: an estimate before anything is loaded.

Imports no torch. The Plan page measures a real step; this only sorts models. Of a training step
are counted: weights, gradients and AdamW's two moments of what is trained, and what the model's
shape says that its blocks keep for the backward pass.
"""

from dataclasses import dataclass
from typing import Literal

import psutil

from core.language import _
from core.planning.shapes import ModelShape
from core.recipe import Recipe
from core.system.kernels import Gpu, best_precision
from core.system.nvml import driver, seen_handles

Verdict = Literal["fits", "in portions", "too large"]

# Per parameter; gradient and both moments only of those that are trained.
_BYTES_OF_WEIGHT = 4
_BYTES_OF_GRADIENT = 4
_BYTES_OF_MOMENTS = {"float32": 8, "bfloat16": 4}
# The program itself, torch and its buffers.
_FLOOR = 0.7e9
_COMFORT = 0.8
# Examples at a time: with fewer no machine trains at a speed that anybody waits for.
_LEAST_PORTION = 4


@dataclass(frozen=True)
class Room:
    """Memory to train in.

    Attributes:
        free: Bytes.
        where: In words: `NVIDIA H200`, `main memory`.
        bytes_per_value: Of what is kept for the backward pass; 2 where bfloat16 or float16 is used.
    """

    free: float
    where: str
    bytes_per_value: int = 4


@dataclass(frozen=True)
class Fit:
    """The estimate.

    Attributes:
        verdict: Whether a whole step fits, only portions of it, or not even small ones.
        needed: Bytes of a whole step.
        room: Where it shall fit.
    """

    verdict: Verdict
    needed: float
    room: Room


def fit_of(shape: ModelShape, recipe: Recipe, room: Room) -> Fit:
    """Whether training with this recipe fits."""
    per_trained = _BYTES_OF_GRADIENT + _BYTES_OF_MOMENTS[recipe.runtime.moments]
    fixed = _FLOOR + _BYTES_OF_WEIGHT * shape.all_parameters(recipe)
    fixed += per_trained * shape.trained_parameters(recipe)
    per_example = room.bytes_per_value * max(shape.numbers_kept(recipe), 1)
    limit = recipe.runtime.micro_batch_size or max(_batch_sizes(recipe), default=1)
    needed = fixed + per_example * min(limit, max(_batch_sizes(recipe), default=1))
    if needed <= _COMFORT * room.free:
        verdict: Verdict = "fits"
    elif fixed + _LEAST_PORTION * per_example <= _COMFORT * room.free:
        verdict = "in portions"
    else:
        verdict = "too large"
    return Fit(verdict, needed, room)


def as_measured(fit: Fit, needed: float) -> Fit:
    """An estimate after a whole step was measured; it was whole, so it fits in some way.

    Args:
        fit: What was counted.
        needed: Bytes that the step took.
    """
    verdict: Verdict = "fits" if needed <= _COMFORT * fit.room.free else "in portions"
    return Fit(verdict, needed, fit.room)


def room_here(device: str, chosen: str = "cuda") -> Room:
    """Free memory of the GPU that is meant, or of the machine for any other device.

    Args:
        device: As in the recipe.
        chosen: What `auto` is here, as far as is known (`core.processes.device`).
    """
    if device == "auto":
        device = chosen
    if device.partition(":")[0] == "cuda":
        gpu = _nvidia_room(int(device.partition(":")[2] or 0))
        if gpu is not None:
            return gpu
    return Room(psutil.virtual_memory().available, _("main memory"))


def _nvidia_room(index: int) -> Room | None:
    """Of the device `cuda:index`; None where CUDA shows none of that number."""
    import pynvml

    try:
        with driver() as nvml:
            seen = seen_handles(nvml)
            if index >= len(seen):
                return None
            name = str(nvml.nvmlDeviceGetName(seen[index]))
            capability = tuple(nvml.nvmlDeviceGetCudaComputeCapability(seen[index]))
            gpu = Gpu(index=index, name=name, capability=capability)
            bytes_per_value = 4 if best_precision(gpu) == "float32" else 2
            free = float(nvml.nvmlDeviceGetMemoryInfo(seen[index]).free)
            return Room(free, name, bytes_per_value)
    except pynvml.NVMLError:
        return None


def _batch_sizes(recipe: Recipe) -> list[int]:
    sizes = [recipe.pretrain.batch_size] if recipe.pretrain.steps else []
    sizes += [recipe.distill.batch_size] if recipe.distill.rounds else []
    return sizes + ([recipe.finetune.batch_size] if recipe.finetune.steps else [])
