"""Running out of memory, told apart from other errors; and how much is in use."""

import gc
import logging
import sys

import psutil
import torch

from core.devices.table import give_back_everywhere, kind_of
from core.training.allocator import give_back_freed_memory

# All that oneDNN says when it finds no memory for the code and data of an operation.
_NO_CODE = "could not create a primitive"
# torch's allocators on a CPU and elsewhere; NVIDIA's libraries, which allocate for themselves
# (cublasCreate says it of its handle so); Intel's.
_MARKS = (
    *("can't allocate memory", "not enough memory", "Cannot allocate memory", _NO_CODE),
    *("out of memory", "ALLOC_FAILED", "ALLOCATION_FAILED"),
    "CUBLAS_STATUS_NOT_INITIALIZED when calling `cublasCreate",
    *("OUT_OF_DEVICE_MEMORY", "OUT_OF_HOST_MEMORY"),
)
_log = logging.getLogger(__name__)


def is_out_of_memory(error: BaseException) -> bool:
    """Whether `error` says that the device or the host ran out of memory."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    # All but torch's allocators of devices raise a plain RuntimeError.
    text = str(error)
    return isinstance(error, RuntimeError) and any(mark in text for mark in _MARKS)


def free_cached_memory(said: str) -> None:
    """Give back what the allocator keeps, after running out.

    Where it was oneDNN that ran out, this process does without it from now on: its assembler keeps
    that error for the thread, so that it makes nothing any more, however much memory is free.

    Args:
        said: What the error said.
    """
    gc.collect()
    give_back_freed_memory()
    give_back_everywhere()
    if _NO_CODE in said:
        _log.warning("oneDNN ran out of memory; slower kernels are used until the run is continued")
        torch.backends.mkldnn.enabled = False  # type: ignore[assignment]


def peak_memory_gib(device: torch.device) -> float:
    """Peak memory in GiB: allocated on a device that tells, else resident in this process."""
    allocated = kind_of(device).peak_bytes(device)
    if allocated is not None:
        return allocated / 2**30
    if sys.platform == "win32":
        return float(psutil.Process().memory_info().peak_wset) / 2**30
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # In bytes on macOS, in KiB elsewhere.
    return peak / (2**30 if sys.platform == "darwin" else 2**20)
