"""One setting: its name, an editor, what it does, and how it differs from the preset."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QLineEdit,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from core.language import _
from gui.pages.plan.settings import SECTION_TITLES, Setting
from gui.theme import theme
from gui.widgets.basics import flowing, label, set_role, tool
from gui.widgets.notices import announce
from gui.widgets.plain import plain


class SettingRow:
    """Parts of one row; what can't be is marked beside the field, which keeps what was typed.

    Args:
        setting: Which.
        change: Called with the setting and what was chosen or typed.
    """

    def __init__(self, setting: Setting, change: Callable[[Setting, Any], None]) -> None:
        self.setting = setting
        self._change = change
        self._value: Any = None
        self._base: Any = setting.default
        self._wrong_beside: Any = None
        self.is_wrong = self.is_changed = False
        self.editor = self._made_editor()
        self.editor.setAccessibleName(f"{SECTION_TITLES[setting.section]}: {setting.title}")
        self.editor.setToolTip(plain(setting.help))
        self._label = label(setting.title, wrap=False)
        self._label.setBuddy(self.editor)
        self._label.setToolTip(plain(f"{setting.name}\n{setting.help}"))
        self.words = flowing("", "muted")
        self.words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.words.setToolTip(plain(setting.help))
        self.reset: QToolButton = tool(
            _("Set {title} as the preset has it").format(title=setting.title),
            "reset",
            lambda: change(setting, self._base),
        )

    def put_into(self, grid: QGridLayout, line: int) -> None:
        """Place it."""
        for index, part in enumerate((self._label, self.editor, self.reset, self.words)):
            grid.addWidget(part, line, index, Qt.AlignmentFlag.AlignVCenter)

    def set_visible(self, visible: bool) -> None:
        """Show or hide all of it."""
        for part in (self._label, self.editor, self.reset, self.words):
            part.setVisible(visible)

    def show_value(self, value: Any, base: Any, preset: str) -> None:
        """Show a value and whether it is the preset's; what was typed wrongly stays to be mended.

        Args:
            value: In the draft.
            base: In the preset.
            preset: Its title.
        """
        self._value, self._base = value, base
        self.is_changed = value != base
        if self.is_wrong and value == self._wrong_beside:
            return
        self.is_wrong = False
        self._fill(value)
        shown = self.setting.shown(base) or _("automatic")
        mark = (
            _("Changed; {preset} has {shown}. ").format(preset=preset, shown=shown)
            if self.is_changed
            else ""
        )
        self._say(f"{mark}{self.setting.first_sentence}", "" if self.is_changed else "muted")
        self._mark(is_wrong=False)
        self.editor.setAccessibleDescription(f"{mark}{self.setting.help}")
        self.reset.setEnabled(self.is_changed)
        self._label.setFont(theme().font(bold=self.is_changed))

    def show_problem(self, problem: str) -> None:
        """Say at the field what is wrong; what was there before still holds."""
        self.is_wrong, self._wrong_beside = True, self._value
        held = self.setting.shown(self._value) or _("automatic")
        words = _("{problem} Until then {held} holds.").format(problem=problem, held=held)
        self._say(words, "bad")
        self._mark(is_wrong=True)
        self.editor.setAccessibleDescription(words)
        self.reset.setEnabled(True)
        announce(self.editor, words)

    def forget_problem(self) -> None:
        """What is in the field will do."""
        self.is_wrong = False

    def _say(self, words: str, role: str) -> None:
        self.words.setText(words)
        set_role(self.words, role)

    def _mark(self, *, is_wrong: bool) -> None:
        set_role(self.editor, "true" if is_wrong else "", "wrong")

    def _fill(self, value: Any) -> None:
        editor = self.editor
        if isinstance(editor, QCheckBox):
            editor.setChecked(bool(value))
        elif isinstance(editor, QComboBox):
            editor.setCurrentText(self.setting.shown(value))
        elif isinstance(editor, QLineEdit):
            editor.setText(self.setting.shown(value))

    def _made_editor(self) -> QWidget:
        setting = self.setting
        if setting.kind == "bool":
            box = QCheckBox()
            box.clicked.connect(lambda on: self._change(setting, on))
            return box
        if setting.kind == "choice":
            choice = QComboBox()
            choice.addItems(list(setting.choices))
            choice.textActivated.connect(lambda text: self._change(setting, setting.parsed(text)))
            return choice
        field = QLineEdit()
        if setting.is_optional:
            field.setPlaceholderText(_("automatic"))
        field.editingFinished.connect(lambda: self._change(setting, self._typed(field)))
        return field

    def _typed(self, field: QLineEdit) -> Any:
        value = self.setting.parsed(field.text())
        if value is None and not self.setting.is_optional:
            return self._base
        return tuple(value) if isinstance(value, list) else value
