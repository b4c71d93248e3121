"""The axis of the values, with few and plain ticks on a logarithmic scale too."""

import numpy as np
import pyqtgraph as pg

from gui.theme import theme

# From many ticks to few; the first that leaves room for the labels is taken.
_MANTISSAS = ((1, 2, 3, 4, 5, 6, 7, 8, 9), (1, 2, 5), (1, 3), (1,))
_MOST_DECADES = 30


class ValueAxis(pg.AxisItem):  # type: ignore[misc]
    """An axis on the left."""

    def __init__(self, *, is_share: bool = False) -> None:
        super().__init__("left")
        self._is_share = is_share

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """Numbers; shares in percent, and nothing where there is no share."""
        if not self._is_share:
            strings: list[str] = super().tickStrings(values, scale, spacing)
            return strings
        # One tick below 0 is the margin of a share; of several the curve is R², which may be there.
        least = -np.inf if sum(value < -1e-9 for value in values) > 1 else -1e-9
        return [f"{100 * value:g} %" if least <= value <= 1 + 1e-9 else "" for value in values]

    def logTickValues(  # noqa: N802
        self,
        minVal: float,  # noqa: N803
        maxVal: float,  # noqa: N803
        size: float,
        stdTicks: object,  # noqa: N803
    ) -> list[tuple[float | None, list[float]]]:
        """Where ticks are, as powers of ten: one level, all labelled."""
        del stdTicks
        most = max(2.0, size / (1.8 * theme().line_height))
        first, last = int(np.floor(minVal)), int(np.ceil(maxVal))
        step = max(1, (last - first) // _MOST_DECADES)
        found: list[float] = []
        for mantissas in _MANTISSAS:
            ticks = [
                decade + float(np.log10(mantissa))
                for decade in range(first, last + 1, step)
                for mantissa in mantissas
            ]
            found = [tick for tick in ticks if minVal <= tick <= maxVal]
            gaps = np.diff(found)
            room = float(gaps.min()) / max(1e-9, maxVal - minVal) * size if len(gaps) else size
            if len(found) <= most and room > theme().line_height:
                break
        return [(None, found)]

    def logTickStrings(  # noqa: N802
        self,
        values: list[float],
        scale: float,
        spacing: float | None,
    ) -> list[str]:
        """Plain numbers."""
        del scale, spacing
        return [_plain(10.0**value) for value in values]


def _plain(value: float) -> str:
    return f"{value:.3g}" if 0.001 <= value < 1e6 else f"{value:.0e}".replace("e-0", "e-")
