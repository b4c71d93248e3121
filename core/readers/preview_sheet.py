"""How a preview of images is laid out: rows of square cells with a gap between them."""

from typing import Final

# Pixels.
GAP: Final = 2
