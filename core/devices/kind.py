"""A kind of device: memory, copies, random numbers, and how far the host may run ahead of it."""

from collections.abc import Sequence
from typing import Protocol

import torch
from torch import Tensor


class Reading(Protocol):
    """Values on their way from a device to the host."""

    def is_there(self) -> bool:
        """Whether `wait` would return at once; asking waits for nothing."""
        ...

    def wait(self) -> list[Tensor]:
        """The values on the CPU, once everything that they depend on is computed."""
        ...


class ReadAlready:
    """A `Reading` of what is there; of a device that nobody runs ahead of."""

    def __init__(self, values: Sequence[Tensor]) -> None:
        self._values = [value.detach().to("cpu", copy=True) for value in values]

    def is_there(self) -> bool:
        """It is."""
        return True

    def wait(self) -> list[Tensor]:
        """The values."""
        return self._values


class DeviceKind:
    """What a kind of device can do; the methods here are those of the simplest accelerator.

    Attributes:
        name: torch's name of the kind.
        runs_ahead: Whether the host goes on while the device computes. Then each question about a
            value waits for all that was asked of the device, so training asks rarely.
        keeps_examples: Whether the device has memory of its own, that examples may lie in.
        gains_by_compiling: Whether compiled steps may win back the time that compiling takes.
    """

    name: str
    runs_ahead: bool = True
    keeps_examples: bool = False
    gains_by_compiling: bool = False

    def prepare(self) -> None:
        """Set what has to be set before the device is used (once per process)."""

    # --- memory -----------------------------------------------------------------------------

    def free_bytes(self, device: torch.device) -> int | None:
        """Bytes that nobody uses; None where that is the host's memory, or not told."""
        del device
        return None

    def peak_bytes(self, device: torch.device) -> int | None:
        """The most that was allocated since `forget_peak`; None where that is not told."""
        del device
        return None

    def forget_peak(self, device: torch.device) -> None:
        """Let `peak_bytes` begin anew."""
        del device

    def give_back(self) -> None:
        """Give back to the device what the allocator keeps."""
        return

    def give_back_pinned(self) -> None:
        """Give back to the host what is kept of the memory that values were brought to."""
        return

    # --- copies -----------------------------------------------------------------------------

    def synchronize(self, device: torch.device) -> None:
        """Wait until all that was asked of the device is done."""
        del device

    def pin(self, tensor: Tensor) -> Tensor:
        """A CPU tensor where the device can fetch it while the host goes on."""
        return tensor

    @property
    def copies_ahead(self) -> bool:
        """Whether `non_blocking` copies of pinned tensors are safe, and worth it."""
        return False

    def read(self, values: Sequence[Tensor]) -> Reading:
        """Begin to bring values to the host that nothing changes any more.

        It goes on beside what is asked of the device later.
        """
        return ReadAlready(values)

    def copy_out(self, values: Sequence[Tensor]) -> Reading:
        """Begin to copy values to the host, as they are now.

        What is asked of the device later may change them.
        """
        return ReadAlready(values)

    # --- random numbers ---------------------------------------------------------------------

    def generator(self, device: torch.device, seed: int) -> torch.Generator:
        """A generator for draws on the device."""
        return torch.Generator(device).manual_seed(seed)


class AddedKind(DeviceKind):
    """A kind that is no part of this package.

    Attributes:
        in_words: For people.
        has_bfloat16: Whether it multiplies bfloat16 matrices in hardware.
    """

    in_words: str
    has_bfloat16: bool
