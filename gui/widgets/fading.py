"""Things that come gently; at once for who wants no motion. What goes is gone at once."""

from PySide6.QtCore import QEasingCurve, QEvent, QObject, Qt, QVariantAnimation
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QWidget

from gui.theme import theme
from gui.theme.tokens import CALM_MS, QUICK_MS

# More pixels take longer to blend than a frame lasts.
_MOST_PIXELS = 4_500_000
_SEEN_AT_ONCE = 0.4


def uncover(widget: QWidget) -> QWidget | None:
    """Let a small widget come; it can be used meanwhile. Returns what lies over it until then."""
    if theme().is_still or not widget.isVisible():
        return None
    return _Veil(widget)


class _Veil(QWidget):
    """Has the colour of the ground, and lies over a widget that it hides less and less."""

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self._share = 1.0
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setGeometry(over.rect())
        over.installEventFilter(self)
        self._change = QVariantAnimation(self)
        self._change.setDuration(CALM_MS)
        self._change.setStartValue(1.0)
        self._change.setEndValue(0.0)
        self._change.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._change.valueChanged.connect(self._on_value)
        self._change.finished.connect(self._end)
        self.show()
        self.raise_()
        self._change.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """As large as what it hides."""
        if event.type() is QEvent.Type.Resize and isinstance(watched, QWidget):
            self.setGeometry(watched.rect())
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        """The ground, more or less."""
        colour = theme().colour("window")
        colour.setAlphaF(self._share)
        QPainter(self).fillRect(event.rect(), colour)

    def _on_value(self, share: float) -> None:
        self._share = share
        self.update()

    def _end(self) -> None:
        self.hide()
        self.deleteLater()


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
        # Not from nothing: on a machine that trains, the next frame may be long in coming.
        self._change.setStartValue(_SEEN_AT_ONCE)
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
