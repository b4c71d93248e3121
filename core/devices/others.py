"""Apple's and Intel's GPUs, and the processor."""

import torch

from core.devices.kind import DeviceKind


class Mps(DeviceKind):
    """`mps`: Apple's GPUs, which share the processor's memory."""

    name = "mps"

    def give_back(self) -> None:
        """Empty torch's cache."""
        if torch.backends.mps.is_available():
            torch.mps.empty_cache()

    def synchronize(self, device: torch.device) -> None:
        """Wait for the command queue."""
        del device
        torch.mps.synchronize()


class Xpu(DeviceKind):
    """`xpu`: Intel's GPUs."""

    name = "xpu"

    def free_bytes(self, device: torch.device) -> int:
        """As the driver tells."""
        return int(torch.xpu.mem_get_info(device)[0])

    def peak_bytes(self, device: torch.device) -> int:
        """As torch's allocator counts."""
        return int(torch.xpu.max_memory_allocated(device))

    def forget_peak(self, device: torch.device) -> None:
        """Of torch's allocator."""
        torch.xpu.reset_peak_memory_stats(device)

    def give_back(self) -> None:
        """Empty torch's cache."""
        if torch.xpu.is_available():
            torch.xpu.empty_cache()

    def synchronize(self, device: torch.device) -> None:
        """Wait for all streams."""
        torch.xpu.synchronize(device)


class Cpu(DeviceKind):
    """`cpu`."""

    name = "cpu"
    runs_ahead = False
    # A gain of 5 to 15 % after minutes for each stage (`tests/benchmarks/README.md`).
    gains_by_compiling = False
