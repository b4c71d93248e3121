"""What the model filled in at the start of a stage beside what it fills in now."""

from PySide6.QtCore import QPoint
from PySide6.QtGui import QImage, QPainter

from core.language import _
from core.readers.preview_sheet import GAP


def start_and_now(first: QImage, latest: QImage) -> QImage:
    """One picture of two; the latest alone where nothing is filled in or the examples differ.

    Args:
        first: Of the start of the stage.
        latest: Of the same examples behind the same masks, where this version wrote both.
    """
    columns = latest.text("columns").split("|")
    if columns[-1] != "filled in" or first.size() != latest.size():
        return latest
    pitch = (latest.width() + GAP) // len(columns)
    kept, height = (len(columns) - 1) * pitch, latest.height()
    if first.copy(0, 0, kept - GAP, height) != latest.copy(0, 0, kept - GAP, height):
        return latest
    both = QImage(latest.width() + pitch, height, latest.format())
    painter = QPainter(both)
    painter.drawImage(QPoint(0, 0), latest)
    gap = latest.copy(pitch - GAP, 0, GAP, height)
    painter.drawImage(QPoint(kept, 0), first.copy(kept, 0, pitch - GAP, height))
    painter.drawImage(QPoint(kept + pitch - GAP, 0), gap)
    painter.drawImage(QPoint(kept + pitch, 0), latest.copy(kept, 0, pitch - GAP, height))
    painter.end()
    both.setText("columns", "|".join((*columns[:-1], _("at the start"), _("now"))))
    return both
