"""Text on a large screen that nobody has scaled: as high as it is on a usual one."""

from gui.theme.tokens import TEXT_SIZES

# From there on a screen is large; one of a laptop has fewer lines, and is looked at from nearer.
_LARGE = 1800
# Dots per inch of a usual screen, and what no screen has: nobody has told its size, or wrongly.
_USUAL, _LEAST, _MOST = 110.0, 60.0, 400.0


def text_size_on(lines: int, dots_per_inch: float) -> int:
    """The text size in per cent to begin with.

    Args:
        lines: Height of the screen in device-independent pixels.
        dots_per_inch: How close these are.
    """
    if lines < _LARGE or not _LEAST <= dots_per_inch <= _MOST:
        return 100
    wanted = max(100.0, 100 * dots_per_inch / _USUAL)
    return min(TEXT_SIZES, key=lambda size: abs(size - wanted))
