"""NVIDIA's and AMD's GPUs."""

import functools
import os
import sys
from collections.abc import Sequence

import torch
from torch import Tensor

from core.devices.kind import DeviceKind, Reading


class _OnItsWay:
    """Values of one GPU that its current stream copies into pinned memory."""

    def __init__(self, values: Sequence[Tensor]) -> None:
        self._host = [
            torch.empty(value.shape, dtype=value.dtype, pin_memory=True) for value in values
        ]
        for host, value in zip(self._host, values, strict=True):
            host.copy_(value.detach(), non_blocking=True)
        self._done = torch.cuda.Event()  # type: ignore[no-untyped-call]
        self._done.record(torch.cuda.current_stream(values[0].device))

    def is_there(self) -> bool:
        return bool(self._done.query())  # type: ignore[no-untyped-call]

    def wait(self) -> list[Tensor]:
        self._done.synchronize()
        return self._host


@functools.cache
def _side_stream(device: torch.device) -> torch.cuda.Stream:
    return torch.cuda.Stream(device)  # type: ignore[no-untyped-call]


class Cuda(DeviceKind):
    """`cuda`."""

    name = "cuda"
    keeps_examples = True
    gains_by_compiling = True

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

    def give_back_pinned(self) -> None:
        """Empty torch's cache of page-locked memory."""
        if torch.cuda.is_initialized():  # type: ignore[no-untyped-call]
            torch._C._host_emptyCache()  # noqa: SLF001  (torch.accelerator has no name for it)

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

    def read(self, values: Sequence[Tensor]) -> Reading:
        """On a stream of its own, behind what was asked of the GPU so far."""
        device = values[0].device
        side, main = _side_stream(device), torch.cuda.current_stream(device)
        side.wait_stream(main)
        with torch.cuda.stream(side):
            reading = _OnItsWay(values)
        for value in values:
            # Their memory goes to nobody else before they are read.
            value.record_stream(side)
        return reading

    def copy_out(self, values: Sequence[Tensor]) -> Reading:
        """On the stream that computes: so what is asked of the GPU later comes after it."""
        return _OnItsWay(values)
