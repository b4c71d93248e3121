"""Flips, crops and light, on the device, on the batch; what a row gets was drawn beforehand."""

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


def draw_colours(num_rows: int, strength: float, generator: torch.Generator) -> Tensor:
    """(rows, 3) factors on brightness, contrast and saturation, uniform in 1 ± `strength`."""
    return 1 + strength * (2 * torch.rand(num_rows, 3, generator=generator) - 1)


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
    return F.grid_sample(_scaled(pixels), grid, padding_mode="border", align_corners=False)


def recolour(pixels: Tensor, factors: Tensor) -> Tensor:
    """Change the light of (B, 3, H, W) images, as 0 … 1 floats, cut to that range.

    Brightness multiplies all values; contrast moves them from or towards the image's mean grey,
    saturation from or towards each pixel's grey. One after the other, in this order, as in
    torchvision's colour jitter.

    Args:
        pixels: uint8, or floats in 0 … 1.
        factors: (B, 3) of brightness, contrast and saturation; 1 leaves an image as it is.
    """
    brightness, contrast, saturation = (
        factor[:, None, None, None] for factor in factors.to(pixels.device).unbind(1)
    )
    x = (_scaled(pixels) * brightness).clamp(0, 1)
    mean = _grey(x).mean(dim=(2, 3), keepdim=True)
    x = (mean + (x - mean) * contrast).clamp(0, 1)
    grey = _grey(x)
    return (grey + (x - grey) * saturation).clamp(0, 1)


def _scaled(pixels: Tensor) -> Tensor:
    return pixels.float() / 255 if pixels.dtype == torch.uint8 else pixels


def _grey(pixels: Tensor) -> Tensor:
    """(B, 1, H, W) luma of ITU-R BT.601, as in PIL and torchvision."""
    weights = pixels.new_tensor([0.299, 0.587, 0.114])[:, None, None]
    return (pixels * weights).sum(dim=1, keepdim=True)
