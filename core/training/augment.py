"""Flips and crops, on the device, on the batch; what each row gets was drawn beforehand."""

import math

import torch
import torch.nn.functional as F  # noqa: N812  (its name everywhere)
from torch import Tensor


def draw_flips(num_rows: int, generator: torch.Generator) -> Tensor:
    """(rows,) bool: flip with probability one half."""
    return torch.rand(num_rows, generator=generator) < 0.5


def draw_crops(num_rows: int, scale: float, generator: torch.Generator) -> Tensor:
    """(rows, 4) boxes as centre x, centre y, width, height, in shares of the image.

    The area is uniform in `scale … 1` and the aspect ratio log-uniform in 3/4 … 4/3, as in the
    random resized crop of Szegedy et al. (2015) that MAE and torchvision use; a side that would
    leave the image is cut to it.
    """
    draws = torch.rand(num_rows, 4, generator=generator)
    area = scale + (1 - scale) * draws[:, 0]
    log_ratio = math.log(4 / 3) * (2 * draws[:, 1] - 1)
    width = (area * log_ratio.exp()).sqrt().clamp(max=1.0)
    height = (area / log_ratio.exp()).sqrt().clamp(max=1.0)
    x = width / 2 + (1 - width) * draws[:, 2]
    y = height / 2 + (1 - height) * draws[:, 3]
    return torch.stack([x, y, width, height], dim=1)


def flip(pixels: Tensor, flips: Tensor) -> Tensor:
    """Flip the chosen rows of (B, C, H, W) horizontally."""
    return torch.where(flips[:, None, None, None], pixels.flip(-1), pixels)


def crop(pixels: Tensor, boxes: Tensor) -> Tensor:
    """Cut (B, 4) boxes out of (B, C, H, W) and scale them to (H, W), bilinearly, as 0 … 1 floats.

    Crops are never larger than the image, so this only magnifies: no smoothing is needed.
    """
    x, y, width, height = boxes.to(pixels.device).unbind(1)
    theta = pixels.new_zeros(len(pixels), 2, 3, dtype=torch.float32)
    theta[:, 0, 0], theta[:, 0, 2] = width, 2 * x - 1
    theta[:, 1, 1], theta[:, 1, 2] = height, 2 * y - 1
    grid = F.affine_grid(theta, list(pixels.shape), align_corners=False)
    scaled = pixels.float() / 255 if pixels.dtype == torch.uint8 else pixels
    return F.grid_sample(scaled, grid, padding_mode="border", align_corners=False)
