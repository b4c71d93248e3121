"""Random fields with a chosen spectrum, as natural scenes have one (amplitude about 1/f)."""

from functools import lru_cache

import numpy as np
from scipy import fft

from core.starter.canvas import Field, Random, uniform


@lru_cache(maxsize=4)
def _frequencies(size: int) -> tuple[Field, Field]:
    """(H, W // 2 + 1) cycles per image, vertical and horizontal."""
    fy, fx = np.meshgrid(
        np.fft.fftfreq(size, 1 / size), np.fft.rfftfreq(size, 1 / size), indexing="ij"
    )
    return fy.astype(np.float32), fx.astype(np.float32)


def _synthesised(random: Random, size: int, channels: int, amplitude: Field) -> Field:
    amplitude = amplitude * (np.abs(amplitude).sum() > 0)
    amplitude[0, 0] = 0
    # Uniform parts are four times as fast; their sums in the image are normal anyway.
    parts = uniform(random, -1, 1, (channels, size, size // 2 + 1, 2))
    spectrum = parts.view(np.complex64)[..., 0] * amplitude
    field: Field = np.asarray(fft.irfft2(spectrum, s=(size, size)), dtype=np.float32)
    return field / max(float(field.std()), 1e-9)


def power_noise(
    random: Random,
    size: int,
    exponent: float,
    *,
    channels: int = 1,
    stretch: float = 1.0,
    angle: float = 0.0,
) -> Field:
    """(channels, H, W) noise of unit variance whose amplitude falls as 1/f^exponent.

    Args:
        random: Where the numbers come from.
        size: H and W in pixels.
        exponent: 0 is white; about 1 is a natural scene; 2 is clouds.
        channels: How many independent fields.
        stretch: How many times longer than wide the structures are.
        angle: Their direction in radians.
    """
    fy, fx = _frequencies(size)
    if stretch != 1.0:
        cos, sin = np.cos(angle), np.sin(angle)
        along = (fx * float(cos) + fy * float(sin)) * stretch
        across = fy * float(cos) - fx * float(sin)
        squared = along * along + across * across
    else:
        squared = fx * fx + fy * fy
    return _synthesised(random, size, channels, (squared + 0.3) ** (-0.5 * exponent))


def band_noise(random: Random, size: int, frequency: float, width: float) -> Field:
    """(H, W) noise of unit variance around one frequency (cycles per image): spots, stripes."""
    fy, fx = _frequencies(size)
    distance = np.sqrt(fx * fx + fy * fy) / frequency - 1
    field: Field = _synthesised(random, size, 1, np.exp(-0.5 * (distance / width) ** 2))[0]
    return field
