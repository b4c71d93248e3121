"""Settings of the model that few need: input size or length, a decoder, working offline."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QFormLayout, QFrame, QSpinBox, QToolButton, QWidget

from core.language import _
from core.recipe import ModelRecipe, RuntimeRecipe
from core.recipe.modality import foreign_settings
from gui.state.session import Session
from gui.theme import theme
from gui.widgets.basics import column, label, on_theme_change, paint_icon

_FIELDS = (
    ("max_length", _("Maximum length"), 8, 8192),
    ("image_size", _("Input size"), 0, 4096),
    ("decoder_depth", _("Decoder depth"), 1, 64),
    ("decoder_dim", _("Decoder width"), 4, 4096),
    ("decoder_heads", _("Decoder heads"), 1, 64),
)


class Advanced(QFrame):
    """Collapsed until it is asked for."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.toggle = QToolButton()
        self.toggle.setText(_("Advanced"))
        self.toggle.setCheckable(True)
        self.toggle.setProperty("role", "disclosure")
        self.toggle.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.toggle.setAccessibleName(_("Advanced settings of the model"))
        self.toggle.toggled.connect(self._open)
        self.body = QFrame()
        self.body.setProperty("role", "card")
        self.spins: dict[str, QSpinBox] = {}
        self._form = form = QFormLayout(self.body)
        form.setHorizontalSpacing(theme().space(4))
        form.setVerticalSpacing(theme().space(2))
        for key, title, least, most in _FIELDS:
            form.addRow(label(title, wrap=False), self._spin(key, title, least, most))
        self.whole_words = QCheckBox(_("Hide &whole words"))
        self.whole_words.setToolTip(str(ModelRecipe.model_fields["whole_word_masking"].description))
        self.whole_words.clicked.connect(self._change_whole_words)
        form.addRow("", self.whole_words)
        self.problem = label("", "bad")
        form.addRow("", self.problem)
        self.offline = QCheckBox(_("Work o&ffline"))
        self.offline.setToolTip(str(RuntimeRecipe.model_fields["offline"].description))
        self.offline.clicked.connect(self._change_offline)
        form.addRow("", self.offline)
        inside = column(self, gap=1)
        inside.addWidget(self.toggle)
        inside.addWidget(self.body)
        on_theme_change(self, self._paint)
        self._open(False)
        self.show_draft()

    def show_draft(self) -> None:
        """Show the values of the draft."""
        model, hidden = self._session.draft.model, foreign_settings(self._session.modality)
        self.whole_words.setChecked(model.whole_word_masking)
        for key, field in (*self.spins.items(), ("whole_word_masking", self.whole_words)):
            self._form.setRowVisible(field, f"model.{key}" not in hidden)
        for key, spin in self.spins.items():
            spin.blockSignals(True)
            spin.setValue(getattr(model, key) or 0)
            spin.blockSignals(False)
        self.offline.setChecked(self._session.draft.runtime.offline)

    def show_problem(self, words: str) -> None:
        """Say what is wrong with a value, or nothing."""
        self.problem.setText(words)
        self.problem.setVisible(bool(words))
        if words and not self.toggle.isChecked():
            self.toggle.setChecked(True)

    def _spin(self, key: str, title: str, least: int, most: int) -> QSpinBox:
        spin = QSpinBox()
        spin.setRange(least, most)
        # A wheel that scrolls the page must not change values.
        spin.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        spin.setKeyboardTracking(False)
        spin.setAccessibleName(title)
        spin.setToolTip(str(ModelRecipe.model_fields[key].description))
        spin.setMaximumWidth(theme().line_height * 9)
        if key == "image_size":
            spin.setSpecialValueText(_("its own"))
            spin.setSuffix(_(" px"))
        elif key == "max_length":
            spin.setSuffix(_(" tokens"))
        spin.valueChanged.connect(lambda value, key=key, title=title: self._set(key, title, value))
        self.spins[key] = spin
        return spin

    def _set(self, key: str, title: str, value: int) -> None:
        asked: dict[str, Any] = {key: value or None}
        if key == "image_size" and 0 < value < 8:
            return
        if key == "image_size":
            asked["fit_image_size"] = False
        words = _("its own") if not value else str(value)
        self._session.change(f"{title} {words}", model=asked)

    def _change_whole_words(self, is_on: bool) -> None:
        words = _("Hide whole words") if is_on else _("Hide single tokens")
        self._session.change(words, model={"whole_word_masking": is_on})

    def _change_offline(self, is_on: bool) -> None:
        self._session.change(
            _("Work offline") if is_on else _("Work online"), runtime={"offline": is_on}
        )

    def _open(self, is_open: bool) -> None:
        self.body.setVisible(is_open)
        self._paint()

    def _paint(self) -> None:
        paint_icon(self.toggle, "chevron-down" if self.toggle.isChecked() else "chevron-right")
