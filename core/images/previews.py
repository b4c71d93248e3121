"""Previews of images: originals with what is hidden and filled in, or with views of them."""

import io

import numpy as np
import torch
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from torch import Tensor

from core.images.model.mae import MaskedAutoencoder
from core.readers.preview_sheet import GAP
from core.training.feed import Batch

LEAST_CELL = 64
_GREY = 128
_GAP_COLOUR = 255
# What stands in the picture file under the key `columns`, for whoever shows it.
_MASKED_COLUMNS = "original|masked|filled in"
_VIEW_COLUMNS = "original|a view|another view"


def image_preview(model: MaskedAutoencoder, batch: Batch, noise: Tensor) -> bytes:
    """A PNG file with a row per image: original, masked, reconstructed."""
    whole, mask = model.reconstruct(batch, noise)
    original = _as_uint8(batch["pixels"])
    hidden = _hidden_pixels(model, mask)
    masked = np.where(hidden, np.uint8(_GREY), original)
    filled_in = np.where(hidden, _as_uint8(whole), original)
    return _as_png(contact_sheet(original, masked, filled_in), _MASKED_COLUMNS)


def views_preview(model: MaskedAutoencoder, batch: Batch) -> bytes:
    """A PNG file with a row per image: the original and two views that were drawn of it."""
    views = (_as_uint8(model.view(batch, number)["pixels"]) for number in range(2))
    return _as_png(contact_sheet(_as_uint8(batch["pixels"]), *views), _VIEW_COLUMNS)


def contact_sheet(*columns: np.ndarray) -> np.ndarray:
    """One picture with a row per image and a column per argument.

    Args:
        columns: (n, H, W, 3) uint8 each; small images are enlarged by a whole factor.

    Returns:
        (height, width, 3) uint8.
    """
    n, H, W, _ = columns[0].shape
    factor = max(1, -(-LEAST_CELL // min(H, W)))
    H, W = H * factor, W * factor
    shape = (n * (H + GAP) - GAP, len(columns) * (W + GAP) - GAP, 3)
    sheet = np.full(shape, _GAP_COLOUR, dtype=np.uint8)
    for column, images in enumerate(columns):
        left = column * (W + GAP)
        for row, image in enumerate(images):
            top = row * (H + GAP)
            cell = image.repeat(factor, axis=0).repeat(factor, axis=1)
            sheet[top : top + H, left : left + W] = cell
    return sheet


def _hidden_pixels(model: MaskedAutoencoder, mask: Tensor) -> np.ndarray:
    """(n, H, W, 1) whether a pixel is in a hidden patch, from the (n, L) mask."""
    height, width = model.encoder.patch_embed.patch_size
    patches = mask.unsqueeze(-1).expand(-1, -1, height * width * 3)
    whole: np.ndarray = model.unpatchify(patches)[:, :1].permute(0, 2, 3, 1).bool().cpu().numpy()
    return whole


def _as_uint8(pixels: Tensor) -> np.ndarray:
    """(n, 3, H, W) uint8, or float in 0 … 1, to (n, H, W, 3) uint8."""
    if pixels.dtype != torch.uint8:
        # A training that goes astray makes no numbers: shown as black, not refused.
        pixels = (pixels.float().nan_to_num() * 255).round().clamp(0, 255).to(torch.uint8)
    array: np.ndarray = pixels.permute(0, 2, 3, 1).cpu().numpy()
    return array


def _as_png(sheet: np.ndarray, columns: str) -> bytes:
    file, said = io.BytesIO(), PngInfo()
    said.add_text("columns", columns)
    Image.fromarray(sheet).save(file, format="PNG", pnginfo=said)
    return file.getvalue()
