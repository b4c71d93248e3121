"""Every setting, behind a line that opens it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from core.language import _
from gui.pages.plan.setting_form import SettingForm
from gui.state.session import Session
from gui.widgets.basics import clear, column
from gui.widgets.disclosure import Disclosure

# Topics that are open where there is room for all.
_OF_THE_METHOD = ("pretrain", "distill", "finetune")


class Advanced(QWidget):
    """Makes the form when it is first asked for: a hundred widgets that most people never see.

    Signals:
        searched: What was found should be seen: the widget below which it stands.
    """

    searched = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.toggle = Disclosure(_("&Advanced: every setting"))
        self.toggle.toggled.connect(self._show_form)
        self._place = column()
        self.form: SettingForm | None = None
        layout = column(self, gap=2)
        layout.addWidget(self.toggle)
        layout.addLayout(self._place)
        layout.addStretch(1)
        self._is_opened_by_us = False

    def show_beside(self, is_beside: bool) -> None:
        """Open it where it has a column of its own; close it again if nobody else opened it."""
        if is_beside and not self.toggle.isChecked():
            self._is_opened_by_us = True
            self.toggle.setChecked(True)
            assert self.form is not None
            self.form.open_topics(_OF_THE_METHOD)
        elif not is_beside and self._is_opened_by_us:
            self._is_opened_by_us = False
            self.toggle.setChecked(False)

    def show_modality(self) -> None:
        """Other examples have other settings."""
        if self.form is not None and self.form.modality is not self._session.modality:
            self._show_form(self.toggle.isChecked())

    def field_of(self, name: str) -> QWidget:
        """Open what is around a setting; the field in which it is changed.

        Args:
            name: As in `--set`: `pretrain.lr`.
        """
        self.toggle.setChecked(True)
        self.show_modality()
        assert self.form is not None
        return self.form.field_of(name)

    def _show_form(self, shown: bool) -> None:
        if self.form is not None and self.form.modality is not self._session.modality:
            clear(self._place)
            self.form = None
        if self.form is None and shown:
            form = self.form = SettingForm(self._session)
            form.searched.connect(lambda: self.searched.emit(form.search))
            self._place.addWidget(form)
        if self.form is not None:
            self.form.setVisible(shown)
