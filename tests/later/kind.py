"""The device in the program's own table, as a GPU would be; and how a process comes by it."""

import multiprocessing.util
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from core.devices.kind import AddedKind, Reading
from tests.later import copies
from tests.later.dlpack import NAME
from tests.later.kernels import KERNELS
from tests.later.memory import MEMORY
from tests.later.waits import WAITS


class _OnItsWay:
    def __init__(self, values: Sequence[Tensor]) -> None:
        self._host = [
            copies.pinned(torch.zeros(value.shape, dtype=value.dtype)) for value in values
        ]
        for host, value in zip(self._host, values, strict=True):
            host.copy_(value.detach(), non_blocking=True)
        self._number = copies.QUEUE.asked
        self._updates = WAITS.updates

    def is_there(self) -> bool:
        # By the time that the weights have changed once more.
        if WAITS.updates > self._updates:
            copies.QUEUE.finish(self._number)
        return copies.QUEUE.done >= self._number

    def wait(self) -> list[Tensor]:
        if not self.is_there():
            copies.wait("event", self._number)
        return self._host


class LaterKind(AddedKind):
    """What the program asks of the device."""

    name = NAME
    in_words = "Later (an accelerator for tests)"
    keeps_examples = True
    copies_ahead = True

    @property
    def has_bfloat16(self) -> bool:  # type: ignore[override]
        return KERNELS.has_bfloat16

    def free_bytes(self, device: torch.device) -> int:
        limit = 2**34 if MEMORY.limit is None else MEMORY.limit
        return max(0, limit - MEMORY.used)

    def peak_bytes(self, device: torch.device) -> int:
        return MEMORY.peak

    def forget_peak(self, device: torch.device) -> None:
        MEMORY.peak = MEMORY.used

    def synchronize(self, device: torch.device) -> None:
        copies.wait("synchronize")

    def pin(self, tensor: Tensor) -> Tensor:
        return copies.pinned(tensor)

    def read(self, values: Sequence[Tensor]) -> Reading:
        return _OnItsWay(values)

    def copy_out(self, values: Sequence[Tensor]) -> Reading:
        return _OnItsWay(values)

    def generator(self, device: torch.device, seed: int) -> torch.Generator:
        # Its kernels are the CPU's, and draw from the CPU's generators.
        return torch.Generator().manual_seed(seed)


class _Module:
    """What torch asks of the module of a device."""

    def is_initialized(self) -> bool:
        return True

    def is_available(self) -> bool:
        return True

    def current_device(self) -> int:
        return 0

    def device_count(self) -> int:
        return 1

    def _is_in_bad_fork(self) -> bool:
        return False

    def manual_seed_all(self, seed: int) -> None:
        del seed

    def get_amp_supported_dtype(self) -> list[torch.dtype]:
        return [torch.bfloat16, torch.float16]


@dataclass(frozen=True)
class Later:
    """Gives this process the device; called once, at its beginning.

    Attributes:
        bfloat16: Whether the device has it.
        memory: Bytes it has; None for no end of it.
        waits: Where what the host waited for is written at the end.
        then: Called afterwards.
    """

    bfloat16: bool = True
    memory: int | None = None
    waits: Path | None = None
    then: Any = None

    def __call__(self) -> None:
        from torch.utils import backend_registration

        from core.devices.table import add_kind

        backend_registration._setup_privateuseone_for_python_backend(
            rename=NAME, backend_module=_Module()
        )
        # torch can't put other memory under a parameter of a backend that it does not know.
        torch.__future__.set_swap_module_params_on_conversion(True)
        KERNELS.register()
        KERNELS.has_bfloat16 = self.bfloat16
        MEMORY.limit = self.memory
        WAITS.file = self.waits
        # Processes of multiprocessing end without the handlers of `atexit`.
        multiprocessing.util.Finalize(None, WAITS.write, exitpriority=1)
        add_kind(LaterKind())
        if self.then is not None:
            self.then()
