"""What the painters of the style share: colours and sizes of the look in use, rounded shapes."""

from functools import lru_cache

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QStyle, QStyleOption, QWidget

from gui.theme import tokens

State = QStyle.StateFlag


@lru_cache(maxsize=512)
def colour(value: str) -> QColor:
    """A colour of `#RRGGBB`; not to be changed."""
    return QColor(value)


def between(one: str, other: str, share: float) -> QColor:
    """A colour between two."""
    a, b = colour(one), colour(other)
    return QColor.fromRgbF(
        a.redF() + (b.redF() - a.redF()) * share,
        a.greenF() + (b.greenF() - a.greenF()) * share,
        a.blueF() + (b.blueF() - a.blueF()) * share,
    )


class Paints:
    """Colours and sizes that the style paints with now."""

    def __init__(self) -> None:
        self.colours = tokens.LIGHT
        self.scale = 1.0

    def px(self, size: float) -> int:
        """A size of the tokens in pixels now."""
        return max(1, round(size * self.scale))

    def box(
        self,
        painter: QPainter,
        rect: QRect | QRectF,
        fill: QColor | str | None,
        line: str = "",
        *,
        radius: float = tokens.RADIUS,
        width: float = 1.0,
        dashed: bool = False,
    ) -> None:
        """A rounded box; its line lies inside of the rectangle."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        inset = width / 2 if line else 0.0
        area = QRectF(rect).adjusted(inset, inset, -inset, -inset)
        if line:
            pen = QPen(colour(line), width)
            if dashed:
                pen.setDashPattern([4, 3])
            painter.setPen(pen)
        else:
            painter.setPen(Qt.PenStyle.NoPen)
        if fill is None:
            painter.setBrush(Qt.BrushStyle.NoBrush)
        else:
            painter.setBrush(colour(fill) if isinstance(fill, str) else fill)
        corner = max(0.0, min(radius * self.scale - inset, area.height() / 2, area.width() / 2))
        painter.drawRoundedRect(area, corner, corner)
        painter.restore()

    def ring(self, painter: QPainter, rect: QRect | QRectF, radius: float = tokens.RADIUS) -> None:
        """Says where the keyboard is."""
        self.box(painter, rect, None, self.colours.accent, radius=radius, width=2.0)

    def chevron(self, painter: QPainter, middle: QPointF, down: bool, role: str) -> None:
        """A small angle that points up or down."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(colour(getattr(self.colours, role)), 1.5 * self.scale)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        wide, high = 4.0 * self.scale, (2.0 if down else -2.0) * self.scale
        x, y = middle.x(), middle.y()
        ends = QPointF(x - wide, y - high), QPointF(x + wide, y - high)
        painter.drawPolyline(QPolygonF([ends[0], QPointF(x, y + high), ends[1]]))
        painter.restore()


def has(option: QStyleOption, flag: QStyle.StateFlag) -> bool:
    """Whether a state is set."""
    return bool(option.state & flag)


def role_of(widget: QWidget | None, name: str = "role") -> str:
    """The role that a widget was given, or another such property."""
    return str(widget.property(name) or "") if widget is not None else ""
