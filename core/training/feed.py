"""What each step is fed: a pure function of the step, fetched ahead by a thread."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

import numpy as np
import torch
from torch import Tensor

from core.devices.kind import DeviceKind
from core.devices.table import kind_of
from core.training.augment import draw_crops, draw_flips
from core.training.order import Order
from core.training.seeds import torch_generator

Batch = dict[str, Tensor]


@dataclass(frozen=True)
class BatchPlace:
    """Where a piece of a batch stands: its first row within the global batch of a step."""

    step: int
    start: int
    global_rows: int


def pinned(batch: Batch, kind: DeviceKind) -> Batch:
    """The batch, what lies on the CPU put where a device of that kind can fetch it itself."""
    return {
        key: kind.pin(value) if value.device.type == "cpu" else value
        for key, value in batch.items()
    }


def on_device(batch: Batch, device: torch.device) -> Batch:
    """The batch, pinned before, on the device; the host goes on while it fetches it."""
    ahead = kind_of(device).copies_ahead
    return {key: value.to(device, non_blocking=ahead) for key, value in batch.items()}


class ExampleSource(Protocol):
    """Examples by index, as the model takes them."""

    def batch(self, indices: np.ndarray) -> Batch:
        """The examples at (n,) int64 `indices`, as tensors with n rows, on any device."""
        ...


@runtime_checkable
class Resident(Protocol):
    """An `ExampleSource` that may keep its examples in the memory of the device."""

    @property
    def is_resident(self) -> bool:
        """Whether it does."""
        ...

    def leave(self) -> None:
        """Give that memory back; examples come from elsewhere from now on, the same ones."""
        ...


@dataclass(frozen=True, kw_only=True)
class Feed:
    """Batches of one stage.

    Attributes:
        source: Where examples come from.
        examples: (N,) indices into `source` of this stage's examples.
        order: Positions in `examples` at a step, for the global batch.
        batch_size: Global batch size.
        place: Where in the run, for the seed: `(seed, stage)`.
        mask_noise: Draws (rows, L) noise, for masked objectives.
        flips: Whether rows are flipped at random.
        crop_scale: Smallest area of random resized crops; None for no crops.
        views: Draws the numbers that views are made of, rows first; None for no views.
        knows_places: Whether a batch says which examples it has: `position` in `examples`.
        plan_masks: Adds to a batch what a device would have to be asked for; None for nothing.
        labels: (N,) class indices, for fine-tuning.
        targets: Teacher targets of (n,) positions under (n,) flips; None for none.
    """

    source: ExampleSource
    examples: np.ndarray
    order: Order
    batch_size: int
    place: tuple[int | str, ...]
    mask_noise: Callable[[int, torch.Generator], Tensor] | None = None
    views: Callable[[int, torch.Generator], Batch] | None = None
    knows_places: bool = False
    plan_masks: Callable[[Batch], Batch] | None = None
    flips: bool = False
    crop_scale: float | None = None
    labels: np.ndarray | None = None
    targets: Callable[[np.ndarray, np.ndarray], np.ndarray] | None = None

    def fetch(self, step: int, rows: slice) -> Batch:
        """Rows `rows` of the global batch of a step.

        All random numbers of the step are drawn for the global batch and then cut, so they do
        not depend on who asks for which rows.
        """
        positions = self.order(step)
        generator = torch_generator(*self.place, "draws", step)
        batch: Batch = {}
        flips = torch.zeros(self.batch_size, dtype=torch.bool)
        if self.mask_noise is not None:
            batch["noise"] = self.mask_noise(self.batch_size, generator)[rows]
        if self.flips:
            flips = draw_flips(self.batch_size, generator)
            batch["flip"] = flips[rows]
        if self.crop_scale is not None:
            batch["crop"] = draw_crops(self.batch_size, self.crop_scale, generator)[rows]
        if self.views is not None:
            # From a generator of its own: all else is drawn as without views.
            drawn = self.views(self.batch_size, torch_generator(*self.place, "views", step))
            batch |= {name: value[rows] for name, value in drawn.items()}
        own = positions[rows]
        if self.knows_places:
            batch["position"] = torch.from_numpy(own.astype(np.int64))
        if self.labels is not None:
            batch["label"] = torch.from_numpy(self.labels[own])
        if self.targets is not None:
            batch["target"] = torch.from_numpy(self.targets(own, flips[rows].numpy()))
        batch |= self.source.batch(self.examples[own])
        if self.plan_masks is not None:
            batch |= self.plan_masks(batch)
        return batch


def share_of(rank: int, world: int, num_rows: int) -> slice:
    """The rows of `num_rows` that a rank computes: equal shares, the first ones one larger."""
    base, extra = divmod(num_rows, world)
    start = rank * base + min(rank, extra)
    return slice(start, start + base + (rank < extra))


@dataclass
class Prefetch:
    """Fetches the next steps in a thread, so that the device does not wait for data.

    Attributes:
        feed: What to fetch.
        rows: Rows of this process within the global batch.
        num_steps: Steps of the stage; nothing is fetched beyond.
        kind: Of the device that the batches go to; they are put where it can fetch them itself.
        ahead: Steps fetched ahead.
    """

    feed: Feed
    rows: slice
    num_steps: int
    kind: DeviceKind
    ahead: int = 2
    _pool: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(1, thread_name_prefix="prefetch")
    )
    _coming: dict[int, Future[Batch]] = field(default_factory=dict)

    def get(self, step: int) -> Batch:
        """The batch of a step; steps are normally asked for in order, or again."""
        self._coming = {at: future for at, future in self._coming.items() if at >= step}
        for at in range(step, min(step + self.ahead + 1, self.num_steps)):
            if at not in self._coming:
                self._coming[at] = self._pool.submit(self._fetch, at)
        return self._coming[step].result()

    def forget(self) -> None:
        """Drop all that was fetched, once nothing is being fetched any more.

        When memory runs out fetching fails too, ahead of its step: what it then left behind would
        look like the next time that memory runs out. And what it holds may be what is missing.
        """
        for future in self._coming.values():
            future.cancel()
        wait(self._coming.values())
        self._coming.clear()

    def close(self) -> None:
        """Stop fetching."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _fetch(self, step: int) -> Batch:
        return pinned(self.feed.fetch(step, self.rows), self.kind)
