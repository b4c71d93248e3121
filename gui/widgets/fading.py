"""Things that come and go gently; at once for who wants no motion."""

from collections.abc import Callable

from PySide6.QtCore import QEasingCurve, QPropertyAnimation, Qt, QVariantAnimation
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QGraphicsOpacityEffect, QWidget

from gui.theme import theme
from gui.theme.tokens import CALM_MS, QUICK_MS

# More pixels take longer to blend than a frame lasts.
_MOST_PIXELS = 4_500_000


def fade(widget: QWidget, *, away: bool = False, then: Callable[[], object] | None = None) -> None:
    """Let a small widget come or go; it can be used meanwhile."""
    if theme().is_still or not widget.isVisible():
        if then is not None:
            then()
        return
    effect = QGraphicsOpacityEffect(widget)
    effect.setOpacity(1.0 if away else 0.0)
    widget.setGraphicsEffect(effect)
    change = QPropertyAnimation(effect, b"opacity", widget)
    change.setDuration(CALM_MS)
    change.setEndValue(0.0 if away else 1.0)
    change.setEasingCurve(QEasingCurve.Type.OutCubic)

    def end() -> None:
        # An effect that stays would be painted through for ever.
        widget.setGraphicsEffect(None)  # type: ignore[arg-type]
        if then is not None:
            then()

    change.finished.connect(end)
    change.start(QPropertyAnimation.DeletionPolicy.DeleteWhenStopped)


class Entrance(QWidget):
    """Lies over a page that has come to the front and uncovers it; the mouse goes through.

    It shows a picture of the page, taken once: no frame has to paint the page again.
    """

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self._picture = QPixmap()
        self._share = 1.0
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._change = QVariantAnimation(self)
        self._change.setDuration(QUICK_MS)
        self._change.setStartValue(0.0)
        self._change.setEndValue(1.0)
        self._change.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._change.valueChanged.connect(self._on_value)
        self._change.finished.connect(self._end)
        self.hide()

    def show_page(self, page: QWidget) -> None:
        """Let a page come; at once where that would take too long."""
        self._change.stop()
        self._end()
        pixels = page.width() * page.height() * page.devicePixelRatioF() ** 2
        if theme().is_still or not page.isVisible() or pixels > _MOST_PIXELS:
            return
        self._picture = page.grab()
        self.setGeometry(page.rect())
        self.show()
        self.raise_()
        self._change.start()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The ground, and the picture as far as it has come."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), theme().colour("window"))
        painter.setOpacity(self._share)
        painter.drawPixmap(0, 0, self._picture)

    def _on_value(self, share: float) -> None:
        self._share = share
        self.update()

    def _end(self) -> None:
        self.hide()
        self._picture = QPixmap()
