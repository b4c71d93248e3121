"""Copies between host and device: those that nobody waited for are not done yet.

What the host gets without waiting is poison until somebody waits; what the device fetches from
pinned memory must not have changed by then. Memory that is not pinned is waited for, as on CUDA.
"""

import threading
import weakref
from collections import deque
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from tests.later.dlpack import is_ours, on_host
from tests.later.waits import WAITS

_POISON = 0x7F
# What waits for longer than so many later copies is done by then on any device.
_MOST = 512

# By address: host memory that the device can fetch from on its own.
_pinned: dict[int, int] = {}


@dataclass(frozen=True)
class _Copy:
    host: Tensor
    values: Tensor
    to_host: bool

    def finish(self) -> None:
        if self.to_host:
            self.host.copy_(self.values)
        elif not torch.equal(self.host, self.values):
            raise RuntimeError("pinned memory was changed before the device had fetched it")


class Queue:
    """Copies that were asked for and not waited for, in order."""

    def __init__(self) -> None:
        self._copies: deque[_Copy] = deque()
        self._done = 0
        self._lock = threading.RLock()

    def add(self, copy: _Copy) -> None:
        """Do a copy later."""
        with self._lock:
            self._copies.append(copy)
            if len(self._copies) > _MOST:
                self.finish(self._done + 1)

    @property
    def asked(self) -> int:
        """How many were ever asked for."""
        with self._lock:
            return self._done + len(self._copies)

    @property
    def done(self) -> int:
        """How many are done."""
        return self._done

    def finish(self, number: int | None = None) -> None:
        """Do all of them, or the first `number` that were ever asked for."""
        with self._lock, torch.inference_mode():
            while self._copies and (number is None or self._done < number):
                self._done += 1
                self._copies.popleft().finish()


QUEUE = Queue()


def pinned(tensor: Tensor) -> Tensor:
    """A copy in pinned memory."""
    # An array of numpy's can tell when it goes, and torch holds on to it.
    array = np.empty(max(1, tensor.numel() * tensor.element_size()), dtype=np.uint8)
    address = array.ctypes.data
    _pinned[address] = array.nbytes
    weakref.finalize(array, _pinned.pop, address, None)
    flat = torch.from_numpy(array)[: tensor.numel() * tensor.element_size()].view(tensor.dtype)
    found = flat.view(tensor.shape)
    found.copy_(tensor)
    return found


def is_pinned(tensor: Tensor) -> bool:
    """Whether it lies in pinned memory."""
    return tensor.untyped_storage().data_ptr() in _pinned


def wait(what: str, number: int | None = None) -> None:
    """Let the host wait for the device, and note that it does."""
    WAITS.note(what)
    QUEUE.finish(number)


def copy_(to: Tensor, values: Tensor, non_blocking: bool = False) -> Tensor:
    """`aten::copy_` where at least one is on the device."""
    if is_ours(to) and is_ours(values):
        on_host(to).copy_(on_host(values))
    elif is_ours(to):
        if non_blocking and is_pinned(values):
            QUEUE.add(_Copy(values, values.clone(), to_host=False))
        else:
            wait("copy of pageable memory to the device")
        on_host(to).copy_(values)
    elif non_blocking:
        if not is_pinned(to):
            WAITS.note("copy to pageable memory of the host")
        QUEUE.add(_Copy(to, on_host(values).clone(), to_host=True))
        to.view(torch.uint8).fill_(_POISON) if to.dim() and to.is_contiguous() else to.fill_(
            _POISON
        )
    else:
        wait("copy to the host")
        to.copy_(on_host(values))
    return to
