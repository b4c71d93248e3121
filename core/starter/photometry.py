"""What a camera does to a whole picture: light, tone, tint, view, sharpness, grain."""

import numpy as np
from PIL import Image, ImageFilter

from core.starter.canvas import Field, Random, as_field, as_image, as_pixels, grid, normal, uniform

_LUMA = np.array([0.299, 0.587, 0.114], dtype=np.float32)  # ITU-R BT.601


def photographed(random: Random, image: Field) -> np.ndarray:
    """(H, W, 3) bytes of a picture seen through a random camera."""
    image = _toned(random, image)
    view, sharpness = random.random(), random.random()
    if view < 0.2 or sharpness < 0.3:
        image = _resampled(random, image, tilted=view < 0.2, sharpness=sharpness)
    if random.random() < 0.25:
        image = image + normal(random, random.uniform(0.005, 0.06), image.shape)
    if random.random() < 0.25:
        image = np.repeat((image @ _LUMA)[..., None], 3, axis=2)
    return as_pixels(image)


def _toned(random: Random, image: Field) -> Field:
    """Contrast, exposure, a tint, uneven light; very flat pictures are spread out first."""
    image = np.clip(image, 0, 1)
    mean, spread = float(image.mean()), float(image.std())
    wanted = random.uniform(0.12, 0.3)
    contrast = min(max(wanted / max(spread, 0.02), 0.6), 2.5)
    middle = 0.5 + 0.6 * (mean - 0.5) + random.normal(0, 0.08)
    tint = contrast * uniform(random, 0.88, 1.12, 3)
    image = (image - mean) * tint + np.float32(middle)
    if random.random() < 0.3:
        x, y = grid(image.shape[0])
        slope = normal(random, 0.18, 2)
        image = image * (1 + slope[0] * x + slope[1] * y)[..., None]
    return image


def _resampled(random: Random, image: Field, *, tilted: bool, sharpness: float) -> Field:
    """Seen from the side, blurred, or of low resolution."""
    size = image.shape[0]
    picture = as_image(image)
    if tilted:
        corners = np.array([(0, 0), (0, size), (size, size), (size, 0)], dtype=np.float64)
        inwards = random.uniform(0, 0.4, (4, 2)) * size
        quad = corners + np.where(corners > 0, -inwards, inwards)
        picture = picture.transform(
            (size, size),
            Image.Transform.QUAD,
            quad.ravel().tolist(),
            Image.Resampling.BILINEAR,
        )
    if sharpness < 0.2:
        picture = picture.filter(ImageFilter.GaussianBlur(random.uniform(0.4, 1.6) * size / 64))
    elif sharpness < 0.3:
        small = int(size * random.uniform(0.12, 0.6))
        down = picture.resize((small, small), Image.Resampling.BOX)
        picture = down.resize((size, size), Image.Resampling.BICUBIC)
    return as_field(picture)
