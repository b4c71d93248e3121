"""A network that answers where it was placed, and gives way where memory or precision end."""

import contextlib
import threading
from collections.abc import Callable
from typing import Final

import numpy as np
import torch
from torch import Tensor, nn

from core.devices.table import kind_of
from core.errors import RunError
from core.models.masked_model import Batch
from core.predict.placing import Place
from core.training.allocator import keep_freed_memory
from core.training.device import choose_precision
from core.training.feed import on_device, pinned
from core.training.memory import free_cached_memory, is_out_of_memory
from core.training.rows import memory_for_batches

# How far a faster precision may move a probability, and how close two classes are equally likely.
TOLERANCE: Final = 0.03

# Of a batch on the network's device: what it answers, rows first, the probabilities first.
Compute = Callable[[Batch], tuple[Tensor, ...]]


class Answering:
    """Answers batches of any size, from any number of threads.

    Batches are cut where memory asks for it: first by an estimate, and by half whenever it runs
    out. A device that has not even room for one row is left for the CPU. A precision below float32
    is compared with float32 on the first batch, and left if the classes are not the same.

    Args:
        network: Ready to predict; moved to its place.
        compute: What is computed of a batch.
        place: Where.
        unit: How large differences of answers are: 1 of probabilities.
    """

    def __init__(
        self, network: nn.Module, compute: Compute, place: Place, unit: float = 1.0
    ) -> None:
        self._network, self._compute, self._unit = network, compute, unit
        self._lock = threading.RLock()
        # Threads on a CPU compute side by side, a device works for one at a time.
        self._is_shared = place.is_cpu
        self._threads = place.threads
        self._budget: int | None = None
        self._notes: list[str] = []
        self._device: torch.device
        self._precision: str
        self._words: str
        self._is_checked: bool
        self._set_place(place.device, place.precision, place.words)
        if place.is_cpu:
            keep_freed_memory()
        else:
            self._enter_device(place)

    @property
    def words(self) -> str:
        """Where and how precisely it answers, and why not otherwise."""
        notes = "".join(f"; {note}" for note in self._notes)
        return f"{self._words}, {self._precision}{notes}"

    def __call__(self, batch: Batch, row_bytes: int) -> tuple[np.ndarray, ...]:
        """What the network answers, float32.

        Args:
            batch: On the CPU, rows first.
            row_bytes: What a row will take on the device, roughly.

        Raises:
            RunError: `predict-memory`.
        """
        rows = len(next(iter(batch.values())))
        found: list[tuple[np.ndarray, ...]] = []
        start = 0
        while start < rows:
            size = min(self._most_rows(row_bytes), rows - start)
            piece = {name: value[start : start + size] for name, value in batch.items()}
            try:
                found.append(self._answers(piece))
                start += size
                continue
            except (RuntimeError, MemoryError) as error:
                if not is_out_of_memory(error):
                    raise
                said = str(error)
            # Outside of the handler, whose error holds what takes the memory.
            self._give_way(size, row_bytes, said)
        return tuple(np.concatenate(parts) for parts in zip(*found, strict=True))

    def _answers(self, piece: Batch) -> tuple[np.ndarray, ...]:
        with torch.inference_mode():
            if self._is_shared and self._is_checked:
                return self._computed(piece, self._precision)
            if self._lock.acquire(blocking=not self._is_shared):
                try:
                    if not self._is_checked:
                        return self._checked(piece)
                    return self._computed(piece, self._precision)
                finally:
                    self._lock.release()
            # Another thread checks the precision: what is computed meanwhile holds if that does.
            precision = self._precision
            found = self._computed(piece, precision)
            with self._lock:
                holds = self._precision == precision
            return found if holds else self._computed(piece, self._precision)

    def _computed(self, piece: Batch, precision: str) -> tuple[np.ndarray, ...]:
        there = on_device(pinned(piece, kind_of(self._device)), self._device)
        with _in(precision, self._device):
            outputs = self._compute(there)
        return tuple(output.float().cpu().numpy() for output in outputs)

    def _checked(self, piece: Batch) -> tuple[np.ndarray, ...]:
        """The answers, and from now on in a precision that keeps them."""
        exact = self._computed(piece, "float32")
        fast = self._computed(piece, self._precision)
        moved = float(np.abs(fast[0] - exact[0]).max()) / self._unit
        chosen = np.take_along_axis(exact[0], fast[0].argmax(1)[:, None], axis=1)[:, 0]
        is_same = bool((exact[0].max(1) - chosen <= TOLERANCE).all())
        self._is_checked = True
        # Written so that a value that is no number fails too.
        if is_same and moved <= TOLERANCE:
            return fast
        self._notes.append(f"{self._precision} would move answers by {moved:.2f}")
        self._precision = "float32"
        return exact

    def _most_rows(self, row_bytes: int) -> int:
        if self._budget is None:
            at_once = self._threads if self._is_shared else 1
            self._budget = memory_for_batches(self._device, at_once)
        return max(1, self._budget // row_bytes)

    def _give_way(self, rows: int, row_bytes: int, said: str) -> None:
        with self._lock:
            free_cached_memory(said)
            if rows > 1:
                half = rows // 2 * row_bytes
                self._budget = min(self._budget or half, half)
            elif self._device.type != "cpu":
                self._leave_device()
            else:
                raise RunError("predict-memory", detail=said.strip().partition("\n")[0])

    def _enter_device(self, place: Place) -> None:
        kind_of(place.device).prepare()
        try:
            self._network.to(place.device)
            return
        except RuntimeError as error:
            if not is_out_of_memory(error):
                raise
            said = str(error)
        free_cached_memory(said)
        self._leave_device()

    def _leave_device(self) -> None:
        self._notes.append(f"{self._words} has not enough memory left")
        self._network.to("cpu")
        free_cached_memory("")
        self._budget = None
        asked = "float32" if self._precision == "float32" else "auto"
        self._set_place(torch.device("cpu"), choose_precision(asked, "cpu"), "CPU")

    def _set_place(self, device: torch.device, precision: str, words: str) -> None:
        self._device = device
        self._precision = precision
        self._words = words
        self._is_checked = precision == "float32"


def _in(precision: str, device: torch.device) -> contextlib.AbstractContextManager[object]:
    if precision == "float32":
        return contextlib.nullcontext()
    return torch.autocast(device.type, getattr(torch, precision))
