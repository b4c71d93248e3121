"""The look in use: follows the system until somebody chooses, and tells when it changes."""

import sys
from enum import StrEnum
from functools import lru_cache

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QGuiApplication, QIcon, QPalette
from PySide6.QtWidgets import QApplication, QToolTip, QWidget
from shiboken6 import createdByPython, isValid

from gui.theme import fonts, tokens
from gui.theme.icons import icon_pixmap
from gui.theme.rescale import Rescaler
from gui.theme.style import RedistillStyle

_ICON_SIZES = (16, 24, 32, 48, 64, 128)


class Look(StrEnum):
    """What can be chosen."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"
    HIGH_CONTRAST = "high contrast"


class Motion(StrEnum):
    """Whether things move when they change."""

    SYSTEM = "system"
    FULL = "full"
    REDUCED = "reduced"


class Theme(QObject):
    """Colours, sizes and letters of the application.

    Signals:
        changed: They are others now; whoever painted with them paints again.
    """

    changed = Signal()

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._app = app
        self._look, self._motion = Look.SYSTEM, Motion.SYSTEM
        self._colours = tokens.LIGHT
        self._percent = 100
        self._rescaler = Rescaler()
        self._style = RedistillStyle()
        app.setStyle(self._style)
        app.setFont(fonts.text_font(1.0))
        hints = QGuiApplication.styleHints()
        hints.colorSchemeChanged.connect(self._on_scheme_changed)
        if hasattr(hints, "accessibility"):
            hints.accessibility().contrastPreferenceChanged.connect(self._on_scheme_changed)
        self.apply(Look.SYSTEM)
        self.move(Motion.SYSTEM)

    @property
    def colours(self) -> tokens.Colours:
        """The colours in use."""
        return self._colours

    @property
    def look(self) -> Look:
        """What was chosen."""
        return self._look

    @property
    def is_dark(self) -> bool:
        """Whether the ground is dark."""
        return self._colours is not tokens.LIGHT

    @property
    def text_size(self) -> int:
        """In per cent."""
        return self._percent

    @property
    def is_still(self) -> bool:
        """Whether nothing shall move on its own."""
        return self._style.eases.is_reduced

    @property
    def line_height(self) -> int:
        """Height of a line of text in device-independent pixels."""
        return QFontMetrics(self._app.font()).height()

    def space(self, steps: int) -> int:
        """A distance, in steps of the grid: a quarter of a line."""
        return self._style.paints.px(steps * tokens.GRID)

    def font(self, scale: float = 1.0, *, bold: bool = False, fixed: bool = False) -> QFont:
        """The application's font, larger or smaller."""
        plain = self._app.font()
        if fixed:
            return fonts.fixed(plain, scale)
        return fonts.sized(plain, scale, tokens.STRONG if bold else tokens.REGULAR)

    def colour(self, role: str) -> QColor:
        """A colour by its name in `Colours`."""
        return QColor(getattr(self._colours, role))

    def step(self, index: int, number: int) -> QColor:
        """The colour of one of so many steps from small to large."""
        steps = self._colours.steps
        return QColor(steps[round(index * (len(steps) - 1) / max(1, number - 1))])

    def curve(self, index: int) -> QColor:
        """The colour of the curve with that index; they repeat."""
        curves = self._colours.curves
        return QColor(curves[index % len(curves)])

    def apply(self, look: Look) -> None:
        """Use a look from now on."""
        self._look = look
        colours = _colours_of(look)
        if colours is not self._colours or self._style.paints.colours is not colours:
            self._colours = self._style.paints.colours = colours
        palette = _palette(self._colours)
        self._app.setPalette(palette)
        lists = _palette_of_lists(palette, self._colours)
        # The stubs ask for bytes, which PySide refuses.
        self._app.setPalette(lists, "QAbstractItemView")  # type: ignore[arg-type]
        QToolTip.setPalette(palette)
        self._dress_all()
        self.changed.emit()

    def resize_text(self, percent: int) -> None:
        """Use another text size from now on, everywhere; bounded to what can be chosen."""
        percent = min(max(percent, tokens.TEXT_SIZES[0]), tokens.TEXT_SIZES[-1])
        if percent == self._percent:
            return
        before, now = self._percent / 100, percent / 100
        self._percent = percent
        self._style.paints.scale = now
        self._app.setFont(fonts.text_font(now))
        QToolTip.setFont(self._app.font())
        # Those that pages made. Qt's own parts follow the style, and one of them that goes away
        # meanwhile leaves a wrapper that does not know it: a crash.
        widgets = [each for each in self._app.allWidgets() if createdByPython(each)]
        self._rescaler.rescale(widgets, before, now)
        self._dress_all()
        for widget in filter(isValid, widgets):
            widget.updateGeometry()
        self.changed.emit()

    def move(self, motion: Motion) -> None:
        """Ease changes, or not, from now on."""
        self._motion = motion
        reduced = motion is Motion.REDUCED
        if motion is Motion.SYSTEM:
            reduced = _system_wants_stillness()
        self._style.eases.is_reduced = reduced

    def dress(self, widget: QWidget) -> None:
        """The widget has another role now."""
        self._style.dress(widget)
        widget.update()

    def _dress_all(self) -> None:
        for widget in self._app.allWidgets():
            self._style.dress(widget)
            widget.update()

    def _on_scheme_changed(self) -> None:
        if self._look is Look.SYSTEM:
            self.apply(Look.SYSTEM)


def theme() -> Theme:
    """The theme of the application; made at the first call."""
    app = QApplication.instance()
    assert isinstance(app, QApplication), "a QApplication comes first"
    found = app.findChild(Theme)
    return found if isinstance(found, Theme) else Theme(app)


def icon(name: str, role: str = "text") -> QIcon:
    """The icon of that name in a colour of the theme."""
    return _icon(name, theme().colour(role).name())


@lru_cache(maxsize=512)
def _icon(name: str, colour: str) -> QIcon:
    result = QIcon()
    for size in _ICON_SIZES:
        result.addPixmap(icon_pixmap(name, colour, size))
    return result


def _colours_of(look: Look) -> tokens.Colours:
    if look is Look.SYSTEM:
        if _system_wants_contrast():
            return tokens.HIGH_CONTRAST
        dark = QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
        return tokens.DARK if dark else tokens.LIGHT
    return {
        Look.LIGHT: tokens.LIGHT,
        Look.DARK: tokens.DARK,
        Look.HIGH_CONTRAST: tokens.HIGH_CONTRAST,
    }[look]


def _system_wants_contrast() -> bool:
    """Whether the system asks for high contrast; Qt tells since 6.10."""
    hints = QGuiApplication.styleHints()
    accessibility = getattr(hints, "accessibility", None)
    if accessibility is None:
        return False
    return bool(accessibility().contrastPreference() == Qt.ContrastPreference.HighContrast)


def _system_wants_stillness() -> bool:
    """Whether the system has its animations off; Qt tells on Windows alone."""
    return sys.platform == "win32" and not QApplication.isEffectEnabled(Qt.UIEffect.UI_General)


def _palette(colours: tokens.Colours) -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    for name, value in {
        role.Window: colours.window,
        role.WindowText: colours.text,
        role.Base: colours.surface,
        role.AlternateBase: colours.window,
        role.Text: colours.text,
        role.PlaceholderText: colours.muted,
        role.Button: colours.raised,
        role.ButtonText: colours.text,
        role.BrightText: colours.bad,
        role.ToolTipBase: colours.surface,
        role.ToolTipText: colours.text,
        role.Highlight: colours.accent,
        role.HighlightedText: colours.on_accent,
        role.Link: colours.accent,
        role.LinkVisited: colours.accent,
        role.Accent: colours.accent,
        role.Mid: colours.edge,
        role.Light: colours.raised,
        role.Dark: colours.edge,
    }.items():
        palette.setColor(name, QColor(value))
    for name in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, name, QColor(colours.disabled))
    return palette


def _palette_of_lists(palette: QPalette, colours: tokens.Colours) -> QPalette:
    """What is chosen in a list keeps its ink."""
    own = QPalette(palette)
    own.setColor(QPalette.ColorRole.Highlight, QColor(colours.accent_soft))
    own.setColor(QPalette.ColorRole.HighlightedText, QColor(colours.text))
    return own
