"""The look in use: follows the system until somebody chooses, and tells when it changes."""

from enum import StrEnum
from functools import lru_cache

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QGuiApplication, QIcon, QPalette
from PySide6.QtWidgets import QApplication

from gui.processes.scratch import ScratchFolder
from gui.theme import tokens
from gui.theme.icons import icon_pixmap
from gui.theme.sheet import style_sheet

_ICON_SIZES = (16, 24, 32, 48, 64, 128)


class Look(StrEnum):
    """What can be chosen."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"
    HIGH_CONTRAST = "high contrast"


class Theme(QObject):
    """Colours and sizes of the application.

    Signals:
        changed: Colours are others now; whoever painted with them paints again.
    """

    changed = Signal()

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._app = app
        self._files = ScratchFolder()
        self._look = Look.SYSTEM
        self._colours = tokens.LIGHT
        app.setStyle("Fusion")
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._on_scheme_changed)
        hints = QGuiApplication.styleHints()
        if hasattr(hints, "accessibility"):
            hints.accessibility().contrastPreferenceChanged.connect(self._on_scheme_changed)
        self.apply(Look.SYSTEM)

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
    def line_height(self) -> int:
        """Height of a line of text in device-independent pixels; all sizes follow from it."""
        return QFontMetrics(self._app.font()).height()

    def space(self, quarters: int) -> int:
        """A distance, in quarters of a line of text."""
        return max(1, round(self.line_height * quarters / 4))

    def font(self, scale: float = 1.0, *, bold: bool = False, fixed: bool = False) -> QFont:
        """The application's font, larger or smaller."""
        font = QFont(self._app.font())
        if fixed:
            font.setFamilies(["monospace"])
            font.setStyleHint(QFont.StyleHint.Monospace)
        if font.pointSizeF() > 0:
            font.setPointSizeF(font.pointSizeF() * scale)
        else:
            font.setPixelSize(round(font.pixelSize() * scale))
        font.setBold(bold)
        return font

    def colour(self, role: str) -> QColor:
        """A colour by its name in `Colours`."""
        return QColor(getattr(self._colours, role))

    def curve(self, index: int) -> QColor:
        """The colour of the curve with that index; they repeat."""
        curves = self._colours.curves
        return QColor(curves[index % len(curves)])

    def apply(self, look: Look) -> None:
        """Use a look from now on."""
        self._look = look
        self._colours = _colours_of(look)
        self._app.setPalette(_palette(self._colours))
        sheet = style_sheet(self._colours, self.line_height, self._pictures())
        if sheet != self._app.styleSheet():
            # All widgets are styled anew: the look of the settings may be the one in use.
            self._app.setStyleSheet(sheet)
        self.changed.emit()

    def _pictures(self) -> str:
        """A style sheet takes pictures from files only; each look has a folder of its own."""
        colours = self._colours
        folder = self._files.path / (colours.muted[1:] + colours.on_accent[1:])
        folder.mkdir(exist_ok=True)
        for name, colour in (
            ("chevron-down", colours.muted),
            ("chevron-up", colours.muted),
            ("tick", colours.on_accent),
        ):
            icon_pixmap(name, colour, 96).save(str(folder / f"{name}.png"))
        return folder.as_posix()

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


def _palette(colours: tokens.Colours) -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    for name, value in {
        role.Window: colours.window,
        role.WindowText: colours.text,
        role.Base: colours.surface,
        role.AlternateBase: colours.raised,
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
        role.Mid: colours.border,
        role.Light: colours.raised,
        role.Dark: colours.border,
    }.items():
        palette.setColor(name, QColor(value))
    for name in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, name, QColor(colours.border))
    return palette
