"""The stages in a plot: alternating grounds with titles at the top, the current one marked."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFontMetrics

from core.readers.history import History
from gui.theme import theme
from gui.words.numbers import stage_short

_LEAST_LETTERS = 4


@dataclass(frozen=True)
class Band:
    """One stage: its title, its first and last step in the whole story.

    Attributes:
        title: In a few words; of stages that differ in their seeds the first one has it for all.
        low: Its first step.
        high: Its last step.
        title_end: So far its title may reach.
        is_current: Whether it is trained now.
    """

    title: str
    low: float
    high: float
    title_end: float
    is_current: bool = False


def bands_of(history: History, *, is_training: bool) -> list[Band]:
    """The stages of a history; the last one is the current one while it trains."""
    bands: list[Band] = []
    start, alike = 0.0, ""
    for number, (name, stage) in enumerate(history.stages.items(), 1):
        is_current = is_training and number == len(history.stages)
        end, kind = start + stage.num_steps, _without_seed(name)
        title = stage_short(name) if is_current else stage_short(kind) if kind != alike else ""
        bands.append(Band(title, start, end, end, is_current))
        start, alike = end, kind
    for at in range(len(bands) - 2, -1, -1):
        if not bands[at + 1].title:
            bands[at] = replace(bands[at], title_end=bands[at + 1].title_end)
    return bands


def _without_seed(name: str) -> str:
    """`05-finetune-base-seed-1` as `00-finetune-base`: what a row of seeds has in common."""
    return f"00-{name.partition('-')[2].partition('-seed-')[0]}"


class Bands:
    """The bands of one plot."""

    def __init__(self, item: pg.PlotItem) -> None:
        self._item = item
        self._shown: list[tuple[Band, pg.LinearRegionItem, pg.TextItem]] = []
        self._has_titles = False
        self._key: tuple[object, ...] = ()
        item.getViewBox().sigRangeChanged.connect(lambda *_: self.place())
        item.getViewBox().sigResized.connect(lambda *_: self.place())

    def show(self, bands: Sequence[Band], *, with_titles: bool) -> None:
        """Show these bands, in the colours of now."""
        key = (*bands, with_titles, theme().colours)
        if key == self._key:
            return
        self._key = key
        for _, ground, title in self._shown:
            self._item.removeItem(ground)
            self._item.removeItem(title)
        self._has_titles = with_titles
        self._shown = [
            (band, self._ground(band, is_odd=index % 2 == 1), self._title(band))
            for index, band in enumerate(bands)
        ]
        self.place()

    def renew(self) -> None:
        """The same bands in the colours of now."""
        bands = [band for band, _, _ in self._shown]
        self.show(bands, with_titles=self._has_titles)

    def place(self) -> None:
        """Keep the titles at the top of what is seen of their stages."""
        box = self._item.getViewBox()
        (low, high), (_, top) = box.viewRange()
        per_step = box.width() / max(high - low, 1e-9)
        for band, _, title in self._shown:
            first, last = max(band.low, low), min(band.title_end, high)
            room = int((last - first) * per_step) - theme().space(2)
            font = theme().font(bold=band.is_current)
            metrics = QFontMetrics(font)
            text = metrics.elidedText(band.title, Qt.TextElideMode.ElideRight, max(0, room))
            # In width: Chinese says as much in fewer letters.
            least = metrics.averageCharWidth() * _LEAST_LETTERS
            is_readable = text == band.title or metrics.horizontalAdvance(text) > least
            title.setVisible(self._has_titles and bool(text) and is_readable)
            if title.isVisible():
                if title.toPlainText() != text:
                    title.setText(text)
                title.setPos(first, top)

    def _ground(self, band: Band, *, is_odd: bool) -> pg.LinearRegionItem:
        colour: QColor = theme().colour("accent_soft" if band.is_current else "raised")
        if not band.is_current and not is_odd:
            colour.setAlpha(0)
        ground = pg.LinearRegionItem((band.low, band.high), movable=False, brush=colour)
        for line in ground.lines:
            line.setPen(pg.mkPen(theme().colours.line))
        ground.setZValue(-20)
        self._item.addItem(ground, ignoreBounds=True)
        return ground

    def _title(self, band: Band) -> pg.TextItem:
        role = "text" if band.is_current else "muted"
        title = pg.TextItem(band.title, color=theme().colour(role), anchor=(0, 0))
        title.setFont(theme().font(bold=band.is_current))
        title.setZValue(10)
        self._item.addItem(title, ignoreBounds=True)
        return title
