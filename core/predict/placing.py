"""Where a classifier answers: on the device of a run, if there is room."""

from typing import TypeVar

import torch
from torch import Tensor, nn

from core.training.device import best_device
from core.training.memory import free_cached_memory, is_out_of_memory

M = TypeVar("M", bound=nn.Module)


def on_best_device(module: M) -> M:
    """The module on the best device; on the CPU where a training leaves it no memory."""
    try:
        return module.to(best_device())
    except RuntimeError as error:
        if not is_out_of_memory(error):
            raise
        module = module.to("cpu")
        free_cached_memory(str(error))
        return module


def beside(module: nn.Module, batch: dict[str, Tensor]) -> dict[str, Tensor]:
    """A batch where a module is."""
    device: torch.device = next(module.parameters()).device
    return {name: value.to(device) for name, value in batch.items()}
