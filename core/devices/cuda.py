"""NVIDIA's and AMD's GPUs."""

import os
import sys

import torch
from torch import Tensor

from core.devices.kind import DeviceKind, Reading


class _OnItsWay:
    """Values that a GPU copies into pinned memory behind what it computes."""

    def __init__(self, values: Tensor) -> None:
        self._host = torch.empty(values.shape, dtype=values.dtype, pin_memory=True)
        self._host.copy_(values.detach(), non_blocking=True)
        self._done = torch.cuda.Event()  # type: ignore[no-untyped-call]
        self._done.record(torch.cuda.current_stream(values.device))

    def wait(self) -> Tensor:
        self._done.synchronize()
        return self._host


class Cuda(DeviceKind):
    """`cuda`."""

    name = "cuda"
    keeps_examples = True

    def prepare(self) -> None:
        """Let segments of memory grow, so that batches of other sizes leave no holes.

        What the user asked of torch's allocator stands; only Linux can do it.
        """
        asked = {"PYTORCH_ALLOC_CONF", "PYTORCH_CUDA_ALLOC_CONF", "PYTORCH_HIP_ALLOC_CONF"}
        if sys.platform == "linux" and torch.version.cuda and not asked & os.environ.keys():
            torch._C._accelerator_setAllocatorSettings("expandable_segments:True")  # noqa: SLF001

    def free_bytes(self, device: torch.device) -> int:
        """As the driver tells, and what torch's allocator keeps without using it."""
        free, _ = torch.cuda.mem_get_info(device)
        kept = torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
        return int(free) + int(kept)

    def peak_bytes(self, device: torch.device) -> int:
        """As torch's allocator counts."""
        return int(torch.cuda.max_memory_allocated(device))

    def forget_peak(self, device: torch.device) -> None:
        """Of torch's allocator."""
        torch.cuda.reset_peak_memory_stats(device)

    def give_back(self) -> None:
        """Empty torch's cache."""
        if torch.cuda.is_initialized():  # type: ignore[no-untyped-call]
            torch.cuda.empty_cache()

    def synchronize(self, device: torch.device) -> None:
        """Wait for all streams."""
        torch.cuda.synchronize(device)

    def pin(self, tensor: Tensor) -> Tensor:
        """In page-locked memory."""
        return tensor.pin_memory()

    @property
    def copies_ahead(self) -> bool:
        """They are."""
        return True

    def read(self, values: Tensor) -> Reading:
        """Behind what was asked of the GPU so far, which is all that `wait` waits for."""
        return _OnItsWay(values)
