"""The form of all settings: by topic, searchable, each with what it does and the preset's value."""

from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QLineEdit, QWidget

from core.language import _
from core.recipe.command import nearest_preset
from core.recipe.presets import preset_recipe
from gui.pages.plan.presets import preset_title
from gui.pages.plan.setting_row import SettingRow
from gui.pages.plan.settings import SECTION_TITLES, Setting, all_settings
from gui.state.session import Session
from gui.theme import theme
from gui.widgets.basics import column, label
from gui.widgets.disclosure import Disclosure


class SettingForm(QWidget):
    """Edits the draft; a value that can't be is marked at its field, and the old one holds.

    Attributes:
        modality: Whose settings it shows; another one needs another form.

    Signals:
        searched: The words of the search are others: what was found is below its field.
    """

    searched = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.modality = session.modality
        layout = column(self, gap=2)
        self.search = QLineEdit()
        self.search.setPlaceholderText(_("Search settings: learning rate, mask, batch …"))
        self.search.setAccessibleName(_("Search settings"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(lambda _: self._search())
        layout.addWidget(self.search)
        self._nothing = label(_("No setting matches these words."), "muted")
        self._nothing.hide()
        layout.addWidget(self._nothing)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(theme().space(3))
        self._grid.setVerticalSpacing(theme().space(1))
        self._grid.setColumnStretch(3, 1)
        layout.addLayout(self._grid)
        self.rows: dict[str, SettingRow] = {}
        self.topics: dict[str, Disclosure] = {}
        self._fill()
        session.draft_changed.connect(self.refresh)
        self.refresh()
        self._show_rows()

    def refresh(self) -> None:
        """Show the draft's values beside those of the preset that is nearest to it."""
        draft = self._session.draft
        preset = nearest_preset(draft)
        base = preset_recipe(preset, draft.data.kind)
        for row in self.rows.values():
            setting = row.setting
            row.show_value(setting.value_in(draft), setting.value_in(base), preset_title(preset))
        for section, topic in self.topics.items():
            rows = [row for row in self.rows.values() if row.setting.section == section]
            changed = sum(row.is_changed for row in rows)
            title = SECTION_TITLES[section]
            topic.setText(
                _("{title} ({changed} changed)").format(title=title, changed=changed)
                if changed
                else title
            )

    def field_of(self, name: str) -> QWidget:
        """Open the topic of a setting; the field in which it is changed."""
        self.search.clear()
        row = self.rows[name]
        self.topics[row.setting.section].setChecked(True)
        return row.editor

    def open_topics(self, sections: Iterable[str]) -> None:
        """Show the settings of these sections of the recipe."""
        for section in sections:
            self.topics[section].setChecked(True)

    def _fill(self) -> None:
        line = 0
        for setting in all_settings(self.modality):
            if setting.section not in self.topics:
                self._grid.addWidget(self._topic(setting.section), line, 0, 1, 4)
                line += 1
            row = SettingRow(setting, self._change)
            self.rows[setting.name] = row
            row.put_into(self._grid, line)
            line += 1

    def _topic(self, section: str) -> Disclosure:
        topic = Disclosure(SECTION_TITLES[section])
        topic.setAccessibleName(_("Settings: {section}").format(section=SECTION_TITLES[section]))
        topic.toggled.connect(lambda _: self._show_rows())
        self.topics[section] = topic
        return topic

    def _change(self, setting: Setting, value: Any) -> None:
        row = self.rows[setting.name]
        problems = self._session.problems_with(setting.section, setting.key, value)
        if problems:
            row.show_problem(" ".join(problems))
            return
        row.forget_problem()
        if value == setting.value_in(self._session.draft):
            self.refresh()
            return
        shown = setting.shown(value) or _("default")
        words = f"{setting.title}: {shown}"
        if setting.section:
            self._session.change(words, **{setting.section: {setting.key: value}})
        else:
            self._session.change_top(words, **{setting.key: value})

    def _search(self) -> None:
        self._show_rows()
        self.searched.emit()

    def _show_rows(self) -> None:
        """Those of open topics; while there are words, those that match, wherever they are."""
        words = self.search.text()
        found = {name for name, row in self.rows.items() if row.setting.matches(words)}
        for name, row in self.rows.items():
            is_open = bool(words.strip()) or self.topics[row.setting.section].isChecked()
            row.set_visible(name in found and is_open)
        for section, topic in self.topics.items():
            topic.setVisible(any(self.rows[name].setting.section == section for name in found))
            topic.show_open(topic.isChecked() or bool(words.strip()))
        self._nothing.setVisible(not found)
