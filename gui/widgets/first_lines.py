"""The first lines of a text at some width."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetrics, QTextLayout, QTextOption

# Enough for a few lines on any screen; laying out a whole document for them would take long.
_LAID_OUT = 600


def first_lines(text: str, font: QFont, width: int, most: int) -> list[str]:
    """At most so many lines, the last one cut with an ellipsis if there is more."""
    words = " ".join(text[:_LAID_OUT].split())
    layout = QTextLayout(words, font)
    how = QTextOption()
    how.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(how)
    layout.beginLayout()
    starts: list[int] = []
    while len(starts) < most and (line := layout.createLine()).isValid():
        line.setLineWidth(width)
        starts.append(line.textStart())
    layout.endLayout()
    lines = [words[a:b] for a, b in zip(starts, [*starts[1:], len(words)], strict=True)]
    if lines:
        elide = Qt.TextElideMode.ElideRight
        lines[-1] = QFontMetrics(font).elidedText(lines[-1], elide, width)
    return lines
