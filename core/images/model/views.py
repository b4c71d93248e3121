"""Views of images: what is drawn for them, and how it makes one."""

import torch

from core.models.for_objectives import Views
from core.models.masked_model import Batch
from core.training.augment import crop, draw_colours, draw_crops, draw_flips, flip, recolour

_CROP, _FLIP, _COLOUR = "view_crop", "view_flip", "view_colour"


def draw_image_views(num_rows: int, generator: torch.Generator, asked: Views) -> Batch:
    """(rows, views, …) crops, flips and factors of light, those that are asked for."""
    number, settings = num_rows * asked.number, asked.settings
    drawn = {_CROP: draw_crops(number, settings.view_area, generator)}
    flips = draw_flips(number, generator)
    if asked.flips:
        drawn[_FLIP] = flips
    if settings.view_colour:
        drawn[_COLOUR] = draw_colours(number, settings.view_colour, generator)
    return {
        name: value.view(num_rows, asked.number, *value.shape[1:]) for name, value in drawn.items()
    }


def image_view(batch: Batch, number: int) -> Batch:
    """The batch with view `number` of its images: cropped, then flipped, then in another light."""
    pixels = crop(batch["pixels"], batch[_CROP][:, number])
    if _FLIP in batch:
        pixels = flip(pixels, batch[_FLIP][:, number])
    if _COLOUR in batch:
        pixels = recolour(pixels, batch[_COLOUR][:, number])
    left = {name: value for name, value in batch.items() if name not in {_CROP, _FLIP, _COLOUR}}
    return {**left, "pixels": pixels}
