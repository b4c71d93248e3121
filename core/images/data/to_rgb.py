"""A decoded picture of any mode as RGB, with a note on what that took."""

from typing import Final

from PIL import Image

from core.images.data import tiff
from core.images.data.grey_range import real_to_bytes, whole_to_bytes
from core.language import _

_DEEP_MODES: Final = frozenset({"I;16", "I;16B", "I;16L", "I;16N", "I"})
_MODE_WORDS: Final = {
    "1": "black and white",
    "L": "grey",
    "LA": "grey",
    "La": "grey",
    "P": "palette",
    "PA": "palette",
    "CMYK": "CMYK",
    "YCbCr": "",
    "LAB": "LAB",
}


def to_rgb(image: Image.Image, *, deep_colour: bool) -> tuple[Image.Image, str]:
    """A loaded picture as RGB, on white where it is transparent; and the note.

    Args:
        image: As Pillow has it.
        deep_colour: Whether its file has colours of 16 bits.
    """
    mode = image.mode
    if mode in _DEEP_MODES or mode == "F" or tiff.is_signed_bytes(image):
        return _from_grey(image)
    words = [_MODE_WORDS.get(mode, "")]
    if deep_colour:
        words.append(_("16-bit colour scaled"))
    if mode in {"RGBA", "LA", "PA", "RGBa", "La"} or "transparency" in image.info:
        words.append(_("alpha on white"))
        image = _on_white(image)
    # Where nothing is to be converted, Pillow would copy all pixels.
    rgb = image if image.mode == "RGB" else image.convert("RGB")
    return rgb, ", ".join(word for word in words if word)


def _from_grey(image: Image.Image) -> tuple[Image.Image, str]:
    values = tiff.true_values(image)
    if image.mode == "F":
        grey, note = real_to_bytes(values)
    else:
        grey, note = whole_to_bytes(values, {"I": 32, "L": 8}.get(image.mode, 16))
    note = note.replace(", ", " ")
    if tiff.is_white_zero(image):
        grey, note = 255 - grey, _("{note} and inverted: 0 is white in it").format(note=note)
    return Image.fromarray(grey).convert("RGB"), note


def _on_white(image: Image.Image) -> Image.Image:
    rgba = image.convert("RGBA")
    white = Image.new("RGBA", rgba.size, "white")
    return Image.alpha_composite(white, rgba)
