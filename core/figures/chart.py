"""Numbers as a chart: lines with bands, or dots with whiskers over names."""

import math
from dataclasses import dataclass

from core.figures.scene import NUM_COLOURS, Area, Dot, Line, Point, Scene, Shape, Text
from core.recipe.shares import LEAST

_LEFT, _RIGHT, _TOP, _BOTTOM = 72.0, 18.0, 40.0, 56.0
_LEGEND_ROW = 20.0
_LETTER = 6.9  # mean width of a letter at 13 pixels


@dataclass(frozen=True)
class Series:
    """One line, or one row of dots.

    Attributes:
        name: In the legend; empty: not there.
        x: (N,) places; indices into `Chart.names` if that has any.
        y: (N,) values.
        low: (N,) lower ends of the 95 % intervals, None where there is none; empty: none at all.
        high: (N,) upper ends, likewise.
        has_dots: Whether each value has a dot.
        has_line: Whether a line joins them.
    """

    name: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    low: tuple[float | None, ...] = ()
    high: tuple[float | None, ...] = ()
    has_dots: bool = True
    has_line: bool = True


@dataclass(frozen=True)
class Chart:
    """What is drawn.

    Attributes:
        title: Over the chart.
        x_label: Under the horizontal axis.
        y_label: Beside the vertical axis.
        series: The lines.
        names: Names in place of numbers on the horizontal axis; lines are not joined then.
        is_percent: Whether values are shares, shown in percent.
        starts_at_zero: Whether the vertical axis shows 0.
    """

    title: str
    x_label: str
    y_label: str
    series: tuple[Series, ...]
    names: tuple[str, ...] = ()
    is_percent: bool = False
    starts_at_zero: bool = False


@dataclass(frozen=True)
class _Axes:
    left: float
    top: float
    right: float
    bottom: float
    x: tuple[float, float]
    y: tuple[float, float]

    def place(self, x: float, y: float) -> Point:
        across = (x - self.x[0]) / (self.x[1] - self.x[0])
        # What is off the scale, as R² may be, lies at its end.
        y = min(max(y, self.y[0]), self.y[1])
        up = (y - self.y[0]) / (self.y[1] - self.y[0])
        return (
            self.left + across * (self.right - self.left),
            self.bottom - up * (self.bottom - self.top),
        )


def draw(chart: Chart, description: str = "", *, width: float = 720, height: float = 400) -> Scene:
    """The chart as a scene; one without any value says so."""
    legend, legend_height = _legend(chart, width)
    axes = _axes(chart, width, height, _TOP + legend_height)
    shapes: list[Shape] = [Text((_LEFT, 22), chart.title, 15), *legend]
    shapes += [*_y_axis(chart, axes), *_x_axis(chart, axes)]
    for index, series in enumerate(chart.series):
        shapes += _drawn(chart, series, index, axes)
    if not any(series.x for series in chart.series):
        middle = ((axes.left + axes.right) / 2, (axes.top + axes.bottom) / 2)
        shapes.append(Text(middle, "no values", anchor="middle"))
    return Scene(width, height, tuple(shapes), chart.title, description)


def ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Round numbers from `low` to `high`, at most so many (and at least two)."""
    span = high - low
    rough = span / max(1, most - 1)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= rough * (1 - 1e-9))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(number * step, 12) for number in range(first, last + 1)]


def _axes(chart: Chart, width: float, height: float, top: float) -> _Axes:
    ys = [y for series in chart.series for y in (*series.y, *series.low, *series.high)]
    known = [y for y in ys if y is not None] or [0.0, 1.0]
    if chart.is_percent:
        known = [max(LEAST, y) for y in known]
    low, high = min(known), max(known)
    room = 0.06 * (high - low) or 0.05 * abs(high) or 0.5
    low, high = low - room, high + room
    if chart.is_percent:
        # Of R² there may be less than nothing.
        low, high = max(0.0, low) if min(known) >= 0 else low, min(1.0, high)
        if high - low < 0.05:
            low, high = max(0.0, high - 0.1), min(1.0, low + 0.1)
    if chart.starts_at_zero:
        low = min(0.0, low) if min(known) < 0 else 0.0
    if chart.names:
        across = (-0.5, len(chart.names) - 0.5)
    else:
        xs = [x for series in chart.series for x in series.x] or [0.0, 1.0]
        pad = 0.02 * (max(xs) - min(xs)) or 0.5
        across = (min(xs) - pad, max(xs) + pad)
    return _Axes(_LEFT, top, width - _RIGHT, height - _BOTTOM, across, (low, high))


def _y_axis(chart: Chart, axes: _Axes) -> list[Shape]:
    found: list[Shape] = []
    values = ticks(*axes.y)
    for value in values:
        y = axes.place(axes.x[0], value)[1]
        found.append(Line(((axes.left, y), (axes.right, y)), "faint", 1))
        found.append(Text((axes.left - 8, y + 4.5), _number(value, values, chart), 12, "end"))
    middle = (axes.top + axes.bottom) / 2
    label = f"{chart.y_label} (%)" if chart.is_percent else chart.y_label
    found.append(Text((18, middle), label, 13, "middle", is_upright=True))
    return found


def _x_axis(chart: Chart, axes: _Axes) -> list[Shape]:
    corners = ((axes.left, axes.bottom), (axes.right, axes.bottom))
    found: list[Shape] = [Line(corners, "ink", 1)]
    if chart.names:
        room = int((axes.right - axes.left) / len(chart.names) / _LETTER)
        labels = [(float(i), _short(name, room)) for i, name in enumerate(chart.names)]
    else:
        xs = sorted({x for series in chart.series for x in series.x})
        few = len(xs) <= 8 and _are_apart(xs, axes)
        values = xs if few else ticks(*axes.x)
        labels = [(value, f"{value:,.10g}") for value in values]
    for value, label in labels:
        x = axes.place(value, axes.y[0])[0]
        found.append(Line(((x, axes.bottom), (x, axes.bottom + 5)), "ink", 1))
        found.append(Text((x, axes.bottom + 19), label, 12, "middle"))
    middle = ((axes.left + axes.right) / 2, axes.bottom + 42)
    return [*found, Text(middle, chart.x_label, 13, "middle")]


def _are_apart(xs: list[float], axes: _Axes) -> bool:
    places = [axes.place(x, axes.y[0])[0] for x in xs]
    widths = [len(f"{x:,.10g}") * _LETTER + 8 for x in xs]
    gaps = zip(places, places[1:], widths, widths[1:], strict=False)
    return bool(xs) and all(b - a >= (v + w) / 2 for a, b, v, w in gaps)


def _drawn(chart: Chart, series: Series, index: int, axes: _Axes) -> list[Shape]:
    colour = f"s{index % NUM_COLOURS}"
    # Beside each other over a name; on the spot over a number.
    shift = 0.0
    if chart.names and len(chart.series) > 1:
        shift = 0.36 * (index / (len(chart.series) - 1) - 0.5)
    found: list[Shape] = []
    points = tuple(axes.place(x + shift, y) for x, y in zip(series.x, series.y, strict=True))
    ends = [
        (axes.place(x + shift, max(low, axes.y[0])), axes.place(x + shift, min(high, axes.y[1])))
        for x, low, high in zip(series.x, series.low, series.high, strict=False)
        if low is not None and high is not None
    ]
    for low, high in ends:
        found.append(Line((low, high), colour, 1.5))
        for x, y in (low, high):
            found.append(Line(((x - 5, y), (x + 5, y)), colour, 1.5))
    if not chart.names and len(ends) == len(points) > 1:
        band = (*(end[0] for end in ends), *(end[1] for end in reversed(ends)))
        found.insert(0, Area(band, colour, 0.15))
    if not chart.names and len(points) > 1 and series.has_line:
        found.append(Line(points, colour, 2, is_dashed=index % 2 == 1))
    if series.has_dots or len(points) == 1:
        found += [Dot(point, 4, colour) for point in points]
    return found


def _legend(chart: Chart, width: float) -> tuple[list[Shape], float]:
    named = [(i, each.name) for i, each in enumerate(chart.series) if each.name]
    found: list[Shape] = []
    x, row = _LEFT, 0
    for index, name in named:
        text = _short(name, 48)
        length = 34 + len(text) * _LETTER
        if x > _LEFT and x + length > width - _RIGHT:
            x, row = _LEFT, row + 1
        y = _TOP + row * _LEGEND_ROW
        colour = f"s{index % NUM_COLOURS}"
        if chart.names or not chart.series[index].has_line:
            found.append(Dot((x + 8, y), 4, colour))
        else:
            found.append(Line(((x, y), (x + 20, y)), colour, 2, is_dashed=index % 2 == 1))
        found.append(Text((x + 26, y + 4.5), text, 13))
        x += length + 12
    return found, (row + 1) * _LEGEND_ROW if named else 0.0


def _number(value: float, values: list[float], chart: Chart) -> str:
    scale = 100 if chart.is_percent else 1
    step = scale * (values[1] - values[0]) if len(values) > 1 else abs(scale * value) or 1.0
    digits = max(0, -math.floor(math.log10(step) + 1e-9))
    if abs(step / 10.0**-digits - round(step / 10.0**-digits)) > 1e-6:
        digits += 1
    return f"{scale * value:,.{digits}f}"


def _short(text: str, most: int) -> str:
    return text if len(text) <= max(4, most) else text[: max(3, most - 1)] + "\u2026"
