"""Run a model over many examples without training: for targets, probes and evaluation."""

from collections.abc import Callable, Iterator

import numpy as np
import torch
from torch import Tensor

from core.errors import RunError
from core.training.context import RunContext
from core.training.device import Hardware
from core.training.feed import Batch, ExampleSource
from core.training.memory import free_cached_memory, is_out_of_memory

Compute = Callable[[Batch], Tensor]
_BATCH = 128


def encode(
    compute: Compute,
    source: ExampleSource,
    examples: np.ndarray,
    hardware: Hardware,
    context: RunContext | None,
    *,
    what: str,
    progress: Callable[[int], None] | None = None,
) -> np.ndarray:
    """`compute` over all examples, as (N, …) float32; see `encode_blocks`."""
    blocks = []
    done = 0
    for block in encode_blocks(compute, source, examples, hardware, context, what=what):
        blocks.append(block)
        done += len(block)
        if progress is not None:
            progress(done)
    return np.concatenate(blocks)


def encode_blocks(
    compute: Compute,
    source: ExampleSource,
    examples: np.ndarray,
    hardware: Hardware,
    context: RunContext | None,
    *,
    what: str,
    batch_size: int = _BATCH,
) -> Iterator[np.ndarray]:
    """`compute` over examples in order, block by block, as (n, …) float32.

    When memory runs out the block is halved, and stays so.

    Args:
        compute: Batch to (n, …) tensor; run without gradient, in the run's precision.
        source: Where examples come from.
        examples: (N,) indices into `source`.
        hardware: Device and precision.
        context: Asked to pause or stop, this ends between two blocks; None to go through.
        what: What is being computed, for errors.
        batch_size: Largest block.

    Raises:
        RunError: Memory ran out with a single example.
        Interrupted: The run was asked to pause or stop.
    """
    start = 0
    while start < len(examples):
        if context is not None:
            context.raise_if_requested()
        indices = examples[start : start + batch_size]
        try:
            block = _compute(compute, source.batch(indices), hardware)
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
            detail = str(error).strip().splitlines()[0][:200]
            block = None
        if block is not None:
            yield block
            start += len(indices)
            continue
        free_cached_memory(detail)
        if batch_size == 1:
            device = hardware.device_in_words
            raise RunError("out-of-memory", stage=what, detail=detail, device=device)
        batch_size = max(1, min(batch_size, len(indices)) // 2)


def _compute(compute: Compute, batch: Batch, hardware: Hardware) -> np.ndarray:
    on_device = {key: value.to(hardware.device) for key, value in batch.items()}
    with torch.inference_mode(), hardware.accelerator.autocast():
        result: np.ndarray = compute(on_device).float().cpu().numpy()
        return result
