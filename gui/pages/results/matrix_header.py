"""Headers of the confusion matrix: names of classes, readable in narrow columns."""

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QHeaderView, QTableView

from gui.theme import theme


class MatrixHeader(QHeaderView):
    """Names of classes; those of columns stand upright where they are wider than their column."""

    def __init__(self, orientation: Qt.Orientation, parent: QTableView) -> None:
        super().__init__(orientation, parent)
        self._longest = 0
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setSectionsClickable(False)
        self.setMinimumSectionSize(theme().space(3))

    def measure(self) -> None:
        """The names are others."""
        model, wide = self.model(), self.fontMetrics().horizontalAdvance
        names = (str(model.headerData(i, self.orientation()) or "") for i in range(self.count()))
        self._longest = max(map(wide, names), default=0)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Room for the names, up to nine lines."""
        long = min(self._longest + theme().space(3), theme().line_height * 9)
        if self.orientation() is Qt.Orientation.Vertical:
            return QSize(max(long, theme().space(6)), super().sizeHint().height())
        return QSize(super().sizeHint().width(), long if self._stands_up() else theme().space(7))

    def paintSection(self, painter: QPainter, rect: QRect, logical_index: int) -> None:  # noqa: N802
        """Paint a name."""
        painter.save()
        painter.fillRect(rect, theme().colour("raised"))
        painter.setPen(theme().colour("text"))
        pad, align = theme().space(1), Qt.AlignmentFlag.AlignCenter
        place = rect.adjusted(pad, 0, -pad, 0)
        if self.orientation() is Qt.Orientation.Vertical:
            align = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        elif self._stands_up():
            painter.translate(rect.left(), rect.bottom())
            painter.rotate(-90)
            place = QRect(pad, 0, rect.height() - 2 * pad, rect.width())
            align = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        name = str(self.model().headerData(logical_index, self.orientation()) or "")
        shown = self.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, place.width())
        painter.drawText(place, int(align), shown)
        painter.restore()

    def _stands_up(self) -> bool:
        return self._longest + theme().space(2) > self.defaultSectionSize()
