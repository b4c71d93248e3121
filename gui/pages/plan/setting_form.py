"""The form of all settings: searchable, each with its default, a reset and its help."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QLabel,
    QLineEdit,
    QToolButton,
    QWidget,
)

from gui.pages.plan.settings import SECTION_TITLES, Setting, all_settings
from gui.state.session import Session
from gui.theme import theme
from gui.widgets.basics import column, label, tool


class SettingForm(QWidget):
    """Edits the draft; a value that can't be is refused in words and put back.

    Attributes:
        modality: Whose settings it shows; another one needs another form.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.modality = session.modality
        layout = column(self, gap=2)
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search settings: learning rate, mask, batch …")
        self.search.setAccessibleName("Search settings")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._filter)
        layout.addWidget(self.search)
        self._nothing = label("No setting matches these words.", "muted")
        self._nothing.hide()
        layout.addWidget(self._nothing)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(theme().space(3))
        self._grid.setVerticalSpacing(theme().space(1))
        self._grid.setColumnStretch(3, 1)
        layout.addLayout(self._grid)
        self.rows: dict[str, SettingRow] = {}
        self._headings: dict[str, QLabel] = {}
        self._fill()
        session.draft_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the draft's values."""
        for row in self.rows.values():
            row.show_value(row.setting.value_in(self._session.draft))

    def _fill(self) -> None:
        line = 0
        for setting in all_settings(self.modality):
            if setting.section not in self._headings:
                heading = label(SECTION_TITLES[setting.section], "heading")
                self._headings[setting.section] = heading
                self._grid.addWidget(heading, line, 0, 1, 4)
                line += 1
            row = SettingRow(setting, self._change)
            self.rows[setting.name] = row
            row.put_into(self._grid, line)
            line += 1

    def _change(self, setting: Setting, value: Any) -> None:
        if value == setting.value_in(self._session.draft):
            return
        words = f"{setting.title}: {setting.shown(value) or 'default'}"
        if setting.section:
            self._session.change(words, **{setting.section: {setting.key: value}})
        else:
            self._session.change_top(words, **{setting.key: value})

    def _filter(self, words: str) -> None:
        shown = {name for name, row in self.rows.items() if row.setting.matches(words)}
        for name, row in self.rows.items():
            row.set_visible(name in shown)
        for section, heading in self._headings.items():
            heading.setVisible(any(self.rows[name].setting.section == section for name in shown))
        self._nothing.setVisible(not shown)


class SettingRow:
    """Label, editor, default and reset of one setting."""

    def __init__(self, setting: Setting, change: Any) -> None:
        self.setting = setting
        self._change = change
        self.editor = self._made_editor()
        self.editor.setAccessibleName(f"{SECTION_TITLES[setting.section]}: {setting.title}")
        self.editor.setAccessibleDescription(setting.help)
        self.editor.setToolTip(setting.help)
        self._label = label(setting.title, wrap=False)
        self._label.setBuddy(self.editor)
        self._label.setToolTip(setting.help)
        default = setting.shown(setting.default) or "automatic"
        self._default = label(f"Default: {default}", "muted", wrap=False)
        self._default.setToolTip(setting.help)
        self.reset: QToolButton = tool(
            f"Reset {setting.title} to {default}", "reset", lambda: change(setting, setting.default)
        )

    def put_into(self, grid: QGridLayout, line: int) -> None:
        """Place it."""
        for index, part in enumerate((self._label, self.editor, self.reset, self._default)):
            grid.addWidget(part, line, index, Qt.AlignmentFlag.AlignVCenter)

    def set_visible(self, visible: bool) -> None:
        """Show or hide all of it."""
        for part in (self._label, self.editor, self.reset, self._default):
            part.setVisible(visible)

    def show_value(self, value: Any) -> None:
        """Show a value, and whether it is the default."""
        editor = self.editor
        if isinstance(editor, QCheckBox):
            editor.setChecked(bool(value))
        elif isinstance(editor, QComboBox):
            editor.setCurrentText(self.setting.shown(value))
        elif isinstance(editor, QLineEdit):
            editor.setText(self.setting.shown(value))
        changed = value != self.setting.default
        self.reset.setEnabled(changed)
        font = theme().font(bold=changed)
        self._label.setFont(font)
        mark = " (changed)" if changed else ""
        self.editor.setAccessibleDescription(self.setting.help + mark)

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
            field.setPlaceholderText("automatic")
        field.editingFinished.connect(lambda: self._change(setting, self._typed(field)))
        return field

    def _typed(self, field: QLineEdit) -> Any:
        value = self.setting.parsed(field.text())
        if value is None and not self.setting.is_optional:
            return self.setting.default
        return tuple(value) if isinstance(value, list) else value
