"""Running out of memory, told apart from other errors; and how much is in use."""

import gc
import sys

import psutil
import torch

from core.training.allocator import give_back_freed_memory

# The last is all that oneDNN says when it finds no memory for the code and data of an operation.
_CPU_MARKS = (
    "can't allocate memory",
    "not enough memory",
    "Cannot allocate memory",
    "could not create a primitive",
)


def is_out_of_memory(error: BaseException) -> bool:
    """Whether `error` says that the device or the host ran out of memory."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    # torch's CPU allocator and oneDNN raise a plain RuntimeError.
    text = str(error)
    return isinstance(error, RuntimeError) and (
        any(mark in text for mark in _CPU_MARKS) or "out of memory" in text
    )


def free_cached_memory() -> None:
    """Give back what the allocator keeps, after running out."""
    gc.collect()
    give_back_freed_memory()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()


def peak_memory_gib(device: torch.device) -> float:
    """Peak memory in GiB: allocated on a CUDA device, else resident in this process."""
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device) / 2**30
    if sys.platform == "win32":
        return float(psutil.Process().memory_info().peak_wset) / 2**30
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # In bytes on macOS, in KiB elsewhere.
    return peak / (2**30 if sys.platform == "darwin" else 2**20)
