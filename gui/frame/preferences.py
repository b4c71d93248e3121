"""What can be chosen once for the whole window; every choice counts at once and is kept."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QDialog, QGridLayout, QLabel, QWidget

from core.language import _
from core.language.choice import CHINESE, LANGUAGES, SYSTEM
from gui.state.settings import Settings, default_runs_folder
from gui.theme import Look, Motion, theme
from gui.theme.fonts import has_chinese
from gui.theme.tokens import TEXT_SIZES
from gui.widgets import dialogs
from gui.widgets.basics import button, column, label, row
from gui.widgets.elided import Elided
from gui.words.mnemonics import without_mnemonic

LOOKS = {
    Look.SYSTEM: _("As the system"),
    Look.LIGHT: _("Light"),
    Look.DARK: _("Dark"),
    Look.HIGH_CONTRAST: _("High contrast"),
}
_MOTIONS = {
    Motion.SYSTEM: _("As the system"),
    Motion.FULL: _("Eased"),
    Motion.REDUCED: _("Reduced: nothing moves by itself"),
}
_LETTERS_WIDE = 30
_COLOURS, _TEXT_SIZE, _MOTION = _("&Colours"), _("&Text size"), _("&Motion")
_LANGUAGE, _RUNS_FOLDER, _NOTIFICATIONS = _("&Language"), _("&Runs folder"), _("Notifications")
PREFERENCES = tuple(
    map(
        without_mnemonic,
        (_COLOURS, _TEXT_SIZE, _MOTION, _LANGUAGE, _RUNS_FOLDER, _NOTIFICATIONS),
    )
)


class Appearance(QObject):
    """How the window looks: uses a choice now, and keeps it.

    Signals:
        changed: Something else was chosen.
    """

    changed = Signal()

    def __init__(self, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings

    def use_look(self, look: Look) -> None:
        """Other colours."""
        self._settings.look = look
        theme().apply(look)
        self.changed.emit()

    def use_text_size(self, percent: int) -> None:
        """Another text size."""
        theme().resize_text(percent)
        self._settings.text_size = theme().text_size
        self.changed.emit()

    def step_text_size(self, steps: int) -> None:
        """The next larger or smaller text size."""
        now = theme().text_size
        nearest = min(range(len(TEXT_SIZES)), key=lambda at: abs(TEXT_SIZES[at] - now))
        at = min(max(nearest + steps, 0), len(TEXT_SIZES) - 1)
        self.use_text_size(TEXT_SIZES[at])

    def use_motion(self, motion: Motion) -> None:
        """Ease changes, or not."""
        self._settings.motion = motion
        theme().move(motion)
        self.changed.emit()


class Preferences(QDialog):
    """Signals: `runs_moved` when new runs are put elsewhere."""

    runs_moved = Signal()

    def __init__(self, parent: QWidget, settings: Settings, appearance: Appearance) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("Preferences - Redistill"))
        self._settings, self._appearance = settings, appearance
        self._controls: dict[str, QWidget] = {}
        layout = column(self, margin=5, gap=4)
        layout.addWidget(label(_("Preferences"), "title"))
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(theme().space(4))
        self._grid.setVerticalSpacing(theme().space(3))
        self._grid.setColumnStretch(1, 1)
        layout.addLayout(self._grid)
        self.look = self._choice(_COLOURS, {words: look for look, words in LOOKS.items()})
        self.text_size = self._choice(_TEXT_SIZE, {f"{each} %": each for each in TEXT_SIZES})
        self._explain(_("Ctrl++ and Ctrl+- change it anywhere; Ctrl+0 brings back 100 %."))
        self.motion = self._choice(_MOTION, {words: each for each, words in _MOTIONS.items()})
        languages = {_("As the system"): SYSTEM} | {own: code for code, own in LANGUAGES.items()}
        self.language = self._choice(_LANGUAGE, dict(languages))
        self._explain(_("Used from the next start on. Running trainings go on meanwhile."))
        self.no_font = self._explain(
            _("No font here has Chinese characters: install one first, such as Noto Sans CJK.")
        )
        self._add_runs_folder()
        self.notifies = QCheckBox(_("&Notify me when a run has ended and I am elsewhere"))
        self.notifies.setChecked(settings.notifies)
        self._controls[_NOTIFICATIONS] = self.notifies
        self._grid.addWidget(self.notifies, self._grid.rowCount(), 1)
        layout.addStretch(1)
        line = row()
        line.addStretch(1)
        self.close_button = button(_("C&lose"), self.close, role="primary")
        line.addWidget(self.close_button)
        layout.addLayout(line)
        self._show()
        # Qt gives back what is kept in a box as plain text.
        self.look.activated.connect(lambda: appearance.use_look(Look(self.look.currentData())))
        self.text_size.activated.connect(
            lambda: appearance.use_text_size(self.text_size.currentData())
        )
        self.motion.activated.connect(
            lambda: appearance.use_motion(Motion(self.motion.currentData()))
        )
        self.language.activated.connect(self._on_language)
        self.notifies.toggled.connect(self._on_notifies)
        appearance.changed.connect(self._show)

    def go_to(self, name: str) -> None:
        """Put the focus on one of `PREFERENCES`."""
        self._controls[name].setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _choice(self, title: str, choices: dict[str, object]) -> QComboBox:
        box = QComboBox()
        for words, value in choices.items():
            box.addItem(words, value)
        box.setAccessibleName(without_mnemonic(title))
        self._name(title, box)
        self._grid.addWidget(box, self._grid.rowCount() - 1, 1)
        return box

    def _name(self, title: str, control: QWidget) -> None:
        name = label(title, wrap=False)
        name.setTextFormat(Qt.TextFormat.AutoText)
        name.setBuddy(control)
        self._controls[without_mnemonic(title)] = control
        self._grid.addWidget(name, self._grid.rowCount(), 0)

    def _explain(self, words: str) -> QLabel:
        made = label(words, "muted")
        self._grid.addWidget(made, self._grid.rowCount(), 1)
        return made

    def _add_runs_folder(self) -> None:
        self.folder = Elided(mode=Qt.TextElideMode.ElideMiddle)
        self.folder.setMinimumWidth(self.fontMetrics().averageCharWidth() * _LETTERS_WIDE)
        choose = button(_("C&hoose …"), self._choose_folder, icon_name="folder")
        self.usual = button(_("&Usual place"), self._use_usual_folder)
        self._name(_RUNS_FOLDER, choose)
        line = row()
        line.addWidget(self.folder, 1)
        line.addWidget(choose)
        line.addWidget(self.usual)
        self._grid.addLayout(line, self._grid.rowCount() - 1, 1)

    def _show(self) -> None:
        settings = self._settings
        for box, value in (
            (self.look, settings.look),
            (self.text_size, theme().text_size),
            (self.motion, settings.motion),
            (self.language, settings.language),
        ):
            box.setCurrentIndex(box.findData(value))
        self.no_font.setVisible(settings.language == CHINESE and not has_chinese())
        self.folder.show_text(str(settings.runs_folder))
        self.usual.setEnabled(settings.runs_folder != default_runs_folder())

    def _choose_folder(self) -> None:
        chosen = dialogs.choose_folder(self, _("Put new runs into"), self._settings.runs_folder)
        if chosen is not None:
            self._use_folder(chosen)

    def _use_usual_folder(self) -> None:
        self._use_folder(default_runs_folder())

    def _use_folder(self, folder: Path) -> None:
        self._settings.runs_folder = folder
        self._show()
        self.runs_moved.emit()

    def _on_language(self) -> None:
        self._settings.language = str(self.language.currentData())
        self._show()

    def _on_notifies(self, on: bool) -> None:
        self._settings.notifies = on


def show_preferences(
    window: QWidget, settings: Settings, appearance: Appearance, on_moved: Callable[[], object]
) -> Preferences:
    """Open them, or bring them to the front."""
    found = window.findChild(Preferences, options=Qt.FindChildOption.FindDirectChildrenOnly)
    if isinstance(found, Preferences):
        shown = found
    else:
        shown = Preferences(window, settings, appearance)
        shown.runs_moved.connect(on_moved)
    shown.show()
    shown.activateWindow()
    return shown
