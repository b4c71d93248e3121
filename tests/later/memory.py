"""The device's memory: parts of the CPU's, counted and limited."""

import threading

import torch
from torch import Tensor


class Memory:
    """How much is used, the most that was, and how much there is."""

    def __init__(self) -> None:
        self.limit: int | None = None
        self.used = 0
        self.peak = 0
        self.refused = 0
        # A block may be freed by the collector while another is taken.
        self._lock = threading.RLock()

    def take(self, num_bytes: int) -> None:
        """Count an allocation; refused as on CUDA where there is not as much."""
        with self._lock:
            if self.limit is not None and self.used + num_bytes > self.limit:
                self.refused += 1
                raise torch.OutOfMemoryError(
                    f"Later out of memory. Tried to allocate {num_bytes} bytes; {self.used} of "
                    f"{self.limit} are in use."
                )
            self.used += num_bytes
            self.peak = max(self.peak, self.used)

    def give(self, num_bytes: int) -> None:
        """Count a release."""
        with self._lock:
            self.used -= num_bytes


MEMORY = Memory()


class Block:
    """Memory that one or several tensors of the device lie in; freed with the last of them."""

    def __init__(self, host: Tensor) -> None:
        self._num_bytes = host.untyped_storage().nbytes()
        self._taken = False
        MEMORY.take(self._num_bytes)
        self._taken = True
        self._host = host

    def __del__(self) -> None:
        if self._taken:
            MEMORY.give(self._num_bytes)
