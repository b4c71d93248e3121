"""Run a model over many examples without training: for targets, probes and evaluation.

Examples are read, and what was computed is brought to the host, while the device computes.
"""

from collections import deque
from collections.abc import Callable, Generator, Iterator

import numpy as np
import torch
from torch import Tensor

from core.devices.kind import Reading
from core.errors import RunError
from core.training.ahead import done_ahead
from core.training.context import RunContext
from core.training.device import Hardware
from core.training.feed import Batch, ExampleSource, on_device, pinned
from core.training.memory import free_cached_memory, is_out_of_memory
from core.training.rows import USUAL_ROWS

Compute = Callable[[Batch], Tensor]
# Batches that are read ahead of the one that is computed.
_READ_AHEAD = 2
# Batches that are computed, or asked for, whose results are not on the host yet.
_UNDER_WAY = 2


def encode(
    compute: Compute,
    source: ExampleSource,
    examples: np.ndarray,
    hardware: Hardware,
    context: RunContext | None,
    *,
    what: str,
    batch_size: int = USUAL_ROWS,
    progress: Callable[[int], None] | None = None,
) -> np.ndarray:
    """`compute` over all examples, as (N, …) float32; see `encode_blocks`."""
    blocks = []
    done = 0
    for block in encode_blocks(
        compute, source, examples, hardware, context, what=what, batch_size=batch_size
    ):
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
    batch_size: int = USUAL_ROWS,
) -> Iterator[np.ndarray]:
    """`compute` over examples in order, block by block, as (n, …) float32.

    When memory runs out the block is halved, and stays so.

    Args:
        compute: Batch to (n, …) tensor; run without gradient, in the run's precision.
        source: Where examples come from; asked in a thread.
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
        left = examples[start:]
        try:
            for block in _blocks(compute, source, left, hardware, context, batch_size):
                yield block
                start += len(block)
            return
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
            detail = str(error).strip().splitlines()[0][:200]
        # Outside of the handler, whose error holds what takes the memory.
        free_cached_memory(detail)
        if batch_size == 1:
            device = hardware.device_in_words
            raise RunError("out-of-memory", stage=what, detail=detail, device=device)
        batch_size = max(1, min(batch_size, len(examples) - start) // 2)


def _blocks(
    compute: Compute,
    source: ExampleSource,
    examples: np.ndarray,
    hardware: Hardware,
    context: RunContext | None,
    size: int,
) -> Generator[np.ndarray, None, None]:
    def read(indices: np.ndarray) -> Batch:
        return pinned(source.batch(indices), hardware.kind)

    pieces = (examples[start : start + size] for start in range(0, len(examples), size))
    batches = done_ahead(read, pieces, threads=1, most=_READ_AHEAD, name="examples")
    coming: deque[Reading] = deque()
    try:
        for batch in batches:
            if context is not None:
                context.raise_if_requested()
            coming.append(_computed(compute, batch, hardware))
            while coming and (len(coming) == _UNDER_WAY or coming[0].is_there()):
                yield coming.popleft().wait()[0].numpy()
        while coming:
            yield coming.popleft().wait()[0].numpy()
    finally:
        batches.close()


def _computed(compute: Compute, batch: Batch, hardware: Hardware) -> Reading:
    there = on_device(batch, hardware.device)
    with torch.inference_mode(), hardware.accelerator.autocast():
        return hardware.kind.read([compute(there).float()])
