"""Decoded images as training batches; on the device itself when they all fit there."""

from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from core.devices.table import kind_of

# Share of the free device memory that images may take: the model needs the rest.
_RESIDENT_SHARE = 0.25


class PixelRows(Protocol):
    """Decoded pixels by index, from a memory map or decoded on demand."""

    def rows(self, indices: np.ndarray) -> np.ndarray:
        """(n, H, W, 3) uint8 pixels of the images at (n,) `indices`."""
        ...


class PixelSource:
    """Batches `{"pixels": (n, 3, H, W) uint8}` from decoded rows.

    Args:
        pixels: Where rows come from.
        num_bytes: Size of all of them; None when they are decoded on demand.
        num_images: How many there are.
        device: Where training happens.
    """

    def __init__(
        self, pixels: PixelRows, num_bytes: int | None, num_images: int, device: torch.device
    ) -> None:
        self._pixels = pixels
        self._resident = self._upload(num_bytes, num_images, device)

    @property
    def is_resident(self) -> bool:
        """Whether all images lie in device memory."""
        return self._resident is not None

    def leave(self) -> None:
        """Give the memory of the device back."""
        self._resident = None

    def batch(self, indices: np.ndarray) -> dict[str, Tensor]:
        """The images at (n,) `indices`."""
        if self._resident is not None:
            device = self._resident.device
            at = kind_of(device).pin(torch.from_numpy(indices)).to(device, non_blocking=True)
            rows = self._resident[at]
        else:
            rows = torch.from_numpy(self._pixels.rows(indices))
        return {"pixels": rows.permute(0, 3, 1, 2)}

    def _upload(
        self, num_bytes: int | None, num_images: int, device: torch.device
    ) -> Tensor | None:
        kind = kind_of(device)
        if not kind.keeps_examples or num_bytes is None or num_images == 0:
            return None
        if num_bytes > _RESIDENT_SHARE * (kind.free_bytes(device) or 0):
            return None
        first = self._pixels.rows(np.zeros(1, dtype=np.int64))
        resident = torch.empty((num_images, *first.shape[1:]), dtype=torch.uint8, device=device)
        for start in range(0, num_images, 1024):
            indices = np.arange(start, min(start + 1024, num_images))
            resident[start : start + len(indices)] = torch.from_numpy(self._pixels.rows(indices))
        return resident
