"""What a person would see wrong in a window: words cut, controls out of reach, pale letters."""

from collections.abc import Iterator

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
    QScrollArea,
    QSlider,
    QTabBar,
    QWidget,
)

from gui.theme.fields import FIELD_BUTTON, FIELD_PADDING
from gui.theme.theme import theme

_MNEMONIC = int(Qt.TextFlag.TextShowMnemonic)
_CONTROLS = (
    *(QLabel, QAbstractButton, QComboBox, QLineEdit, QAbstractSpinBox, QSlider),
    *(QProgressBar, QAbstractItemView, QPlainTextEdit, QTabBar),
)
_OFF = Qt.ScrollBarPolicy.ScrollBarAlwaysOff
# Antialiasing and rounding.
_LEAST_CONTRAST, _PIXELS = 4.5, 2


def faults(window: QWidget) -> list[str]:
    """Words that are cut, controls out of reach, controls that cover each other."""
    shown = list(_shown(window))
    found = [_named(each, f"cut: {words}") for each in shown for words in _cut(each)]
    found += [_named(each, "out of reach") for each in shown if not _is_in_reach(each, window)]
    return found + list(_covered(shown, window))


def pale(window: QWidget) -> list[str]:
    """Words whose letters do not stand out from what is painted below them."""
    image = window.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    scale = image.width() / window.width()
    found = []
    for each in _shown(window):
        if not each.isEnabled() or not _words(each).strip():
            continue
        area = _clipped(each, window).adjusted(2, 2, -2, -2)
        if area.width() < 8 or area.height() < 8:
            continue
        at = QRect(area.topLeft() * scale, area.size() * scale)
        ratio = _best_contrast(image.copy(at))
        if ratio < _LEAST_CONTRAST:
            found.append(_named(each, f"contrast {ratio:.2f}"))
    return found


def _shown(widget: QWidget) -> Iterator[QWidget]:
    """Controls and texts in it that can be seen; what is hidden is not looked into."""
    for each in widget.children():
        if not isinstance(each, QWidget) or not each.isVisible() or each.isWindow():
            continue
        # The field of a spin box is a part of it.
        if isinstance(widget, (QAbstractSpinBox, QComboBox)):
            continue
        if isinstance(each, _CONTROLS) and not each.objectName().startswith("qt_"):
            yield each
        yield from _shown(each)


def _words(widget: QWidget) -> str:
    if isinstance(widget, (QLabel, QAbstractButton, QLineEdit)):
        return widget.text()
    return widget.currentText() if isinstance(widget, QComboBox) else ""


def _cut(widget: QWidget) -> Iterator[str]:
    """Texts of a widget that are not to be read in full, and not by a tool tip either."""
    text = _words(widget)
    if isinstance(widget, QTabBar):
        yield from _cut_tabs(widget)
        return
    if text and not widget.toolTip() and _is_cut(widget, text):
        yield text


def _cut_tabs(bar: QTabBar) -> Iterator[str]:
    """Names that are cut, or lie behind arrows; not those in the menu of a button that is seen."""
    more = getattr(bar, "more", None)
    away = bar.put_away if more is not None and more.isVisible() else ()  # type: ignore[attr-defined]
    for index in range(bar.count()):
        if not bar.isTabVisible(index) or index in away:
            continue
        wide = bar.fontMetrics().size(_MNEMONIC, bar.tabText(index)).width()
        area = bar.tabRect(index)
        if area.width() < wide or not bar.rect().adjusted(-1, -1, 1, 1).contains(area):
            yield bar.tabText(index)


def _is_cut(widget: QWidget, text: str) -> bool:
    metrics = widget.fontMetrics()
    if isinstance(widget, QLabel):
        return _is_label_cut(widget)
    if isinstance(widget, QAbstractButton) and _shows_text(widget):
        beside = 0 if widget.icon().isNull() else widget.iconSize().width()
        wide = metrics.size(_MNEMONIC, text).width() + beside
        return wide > widget.width() or metrics.height() > widget.height()
    if isinstance(widget, QComboBox):
        room = widget.width() - theme().space(1) * (FIELD_PADDING + FIELD_BUTTON) / 4
        return metrics.horizontalAdvance(text) > room
    return False


def _shows_text(button: QAbstractButton) -> bool:
    style = getattr(button, "toolButtonStyle", None)
    return style is None or style() is not Qt.ToolButtonStyle.ToolButtonIconOnly


def _is_label_cut(label: QLabel) -> bool:
    if label.textFormat() is Qt.TextFormat.RichText:
        return False
    area, metrics = label.contentsRect(), label.fontMetrics()
    if label.wordWrap():
        longest = max((metrics.horizontalAdvance(word) for word in label.text().split()), default=0)
        too_wide = longest > label.width() + _PIXELS and "\u200b" not in QLabel.text(label)
        return too_wide or label.heightForWidth(label.width()) > label.height() + _PIXELS
    wide = metrics.size(_MNEMONIC, label.text()).width()
    return wide > area.width() + _PIXELS or metrics.height() > area.height() + _PIXELS


def _is_in_reach(widget: QWidget, window: QWidget) -> bool:
    """Whether all of it can be brought to sight."""
    area, at = widget.rect(), widget
    while at is not window:
        parent = at.parentWidget()
        assert parent is not None, "it is in the window"
        area = QRect(at.mapToParent(area.topLeft()), area.size())
        room, around = parent.rect().adjusted(-1, -1, 1, 1), parent.parentWidget()
        across = down = True
        if isinstance(around, QAbstractScrollArea) and around.viewport() is parent:
            across = around.horizontalScrollBarPolicy() == _OFF
            down = around.verticalScrollBarPolicy() == _OFF
            inside = around.widget() if isinstance(around, QScrollArea) else None
            if inside is not None and not inside.rect().isEmpty():
                # What scrolls has to hold it, or no bar brings it to sight.
                held = QRect(inside.pos(), inside.size())
                if not held.adjusted(-1, -1, 1, 1).contains(area):
                    return False
        if across and (area.left() < room.left() or area.right() > room.right()):
            return False
        if down and (area.top() < room.top() or area.bottom() > room.bottom()):
            return False
        if not (across and down):
            area = parent.rect()
        at = parent
    return True


def _clipped(widget: QWidget, window: QWidget) -> QRect:
    """What is to be seen of it, in the window."""
    area = QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())
    at = widget.parentWidget()
    while at is not None and at is not window:
        area &= QRect(at.mapTo(window, QPoint(0, 0)), at.size())
        at = at.parentWidget()
    return area & window.rect()


def _covered(shown: list[QWidget], window: QWidget) -> Iterator[str]:
    places = [(each, _clipped(each, window)) for each in shown]
    for index, (one, area) in enumerate(places):
        for other, there in places[index + 1 :]:
            both = area & there
            if both.width() <= _PIXELS or both.height() <= _PIXELS:
                continue
            if not one.isAncestorOf(other) and not other.isAncestorOf(one):
                yield _named(one, f"overlaps {_named(other, '')}")


def _best_contrast(image: QImage) -> float:
    """Of the colour that is farthest from the most frequent one."""
    pixels = memoryview(image.constBits()).cast("B").cast("I")
    counts: dict[int, int] = {}
    for pixel in pixels:
        counts[pixel & 0xFFFFFF] = counts.get(pixel & 0xFFFFFF, 0) + 1
    ground = _luminance(max(counts, key=lambda each: counts[each]))
    return max(_ratio(ground, _luminance(pixel)) for pixel in counts)


def _ratio(one: float, other: float) -> float:
    low, high = sorted((one, other))
    return (high + 0.05) / (low + 0.05)


def _luminance(pixel: int) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = [(pixel >> shift & 255) / 255 for shift in (16, 8, 0)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _named(widget: QWidget, what: str) -> str:
    name = _words(widget) or widget.accessibleName()
    return f"{type(widget).__name__} “{name[:50]}” {what}".strip()
