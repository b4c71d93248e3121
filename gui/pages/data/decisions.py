"""What was decided about the data, each decision with its reason, changeable and undoable."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QCheckBox, QComboBox, QFormLayout, QHBoxLayout, QSpinBox, QWidget

from core.language import _
from gui.pages.data.groups import Groups
from gui.pages.data.left_out_list import LeftOutList
from gui.pages.data.words import more_words
from gui.state.findings import Findings
from gui.state.session import Session
from gui.theme import theme
from gui.widgets.basics import button, clear, column, label, row
from gui.widgets.elided import Elided
from gui.words.mnemonics import without_mnemonic
from gui.words.sentences import in_sentence

_BALANCE = (
    ("none", _("As they are")),
    ("weights", _("Weight rare classes in the loss")),
    ("sampling", _("Show all classes equally often")),
)
_COPIES = (
    ("near", _("Left out of training, nearly identical ones too")),
    ("exact", _("Left out of training, identical ones only")),
    ("all", _("Left out, and of two training {examples} one")),
    ("none", _("Trained on, save what pre-training would see of the test")),
)
_ABOUT_COPIES = _("Of test and validation {examples}: trained on, they flatter the score.")
_WITH_TEST = _("Let &pre-training see test {examples} (without their labels)")
_SHARE = _("Of each class, where the data have no such split of their own.")
_ROLES = (_("Unlabeled {examples}"), _("Labeled {examples}"), _("Both"), _("Remove"))


class Decisions(QWidget):
    """A form over the draft's data section."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._updating = False
        layout = column(self, margin=2, gap=3)
        self._words = label("")
        layout.addWidget(self._words)
        layout.addLayout(self._choices())
        layout.addWidget(label(_("Folders are read as"), "heading"))
        self._folders = column(gap=1)
        layout.addLayout(self._folders)
        self.left_out = LeftOutList(session)
        layout.addWidget(self.left_out)
        layout.addLayout(self._taking_back())
        layout.addStretch(1)
        session.draft_changed.connect(self.refresh)
        self.refresh()

    def _choices(self) -> QFormLayout:
        form = QFormLayout()
        # Below their names where letters are large.
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        form.setSpacing(theme().space(2))
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.FieldsStayAtSizeHint)
        self._form = form
        self._test = self._share(_("Held out for &testing"), "test_fraction")
        self._val = self._share(_("Held out for va&lidation"), "val_fraction")
        self._with_test = QCheckBox()
        self._with_test.setToolTip(
            _("They are then no longer new to the encoder. As published: no.")
        )
        self._with_test.toggled.connect(self._on_with_test)
        form.addRow("", self._with_test)
        self._balance = QComboBox()
        for value, text in _BALANCE:
            self._balance.addItem(text, value)
        self._balance.currentIndexChanged.connect(self._on_balance)
        self._row(_("C&lasses of different size"), self._balance)
        self._copies = QComboBox()
        for value in dict(_COPIES):
            self._copies.addItem("", value)
        self._copies.currentIndexChanged.connect(self._on_copies)
        self._row(_("Copies of &held-out ones"), self._copies)
        self.groups = Groups(self._session)
        form.addRow(_("What belongs to&gether"), self.groups)
        self.groups.way.setAccessibleName(_("What belongs together"))
        return form

    def _taking_back(self) -> QHBoxLayout:
        line = row()
        undo = self._session.undo
        back = button(_("&Undo"), undo.undo, icon_name="undo")
        again = button(_("Red&o"), undo.redo, icon_name="redo")
        undo.canUndoChanged.connect(back.setEnabled)
        undo.canRedoChanged.connect(again.setEnabled)
        for part, is_open in ((back, undo.canUndo()), (again, undo.canRedo())):
            part.setEnabled(is_open)
            line.addWidget(part)
        line.addStretch(1)
        return line

    def show_findings(self, findings: Findings) -> None:
        """Say what the summary has no room for, and which decisions the data leave no room for."""
        self._words.setText(words := more_words(findings.summary))
        self._words.setVisible(bool(words))
        for field, split, what in (
            (self._test, "test", _("The data have a test split of their own.")),
            (self._val, "val", _("The data have a validation split of their own.")),
        ):
            has_own = findings.has_own_split(split)
            field.setEnabled(not has_own)
            field.setToolTip(what if has_own else _SHARE)
        # Of numbers there are no classes; with several labels none is drawn for one of them.
        lacks = findings.task.lacks
        self._form.setRowVisible(self._balance, "weights" not in lacks)
        ways = self._balance.model()
        assert isinstance(ways, QStandardItemModel), "it is what a combo box has"
        for index, (value, _words) in enumerate(_BALANCE):
            ways.item(index).setEnabled(value not in lacks)

    def refresh(self) -> None:
        """Show the draft."""
        data = self._session.draft.data
        self._updating = True
        self._with_test.setText(self._session.modality.words(_WITH_TEST))
        self._test.setValue(round(100 * data.test_fraction))
        self._val.setValue(round(100 * data.val_fraction))
        self._with_test.setChecked(data.pretrain_on_test)
        balance = self._session.draft.finetune.balance
        self._balance.setCurrentIndex([value for value, _ in _BALANCE].index(balance))
        words = self._session.modality.words
        for index, text in enumerate(dict(_COPIES).values()):
            self._copies.setItemText(index, words(text))
        self._copies.setCurrentIndex([value for value, _ in _COPIES].index(data.leave_out_copies))
        self._copies.setToolTip(words(_ABOUT_COPIES))
        self.groups.refresh()
        clear(self._folders)
        paths = dict.fromkeys([*data.unlabeled, *([data.labeled] if data.labeled else [])])
        for path in paths:
            self._folders.addWidget(self._folder(path))
        self._updating = False

    def _share(self, text: str, key: str) -> QSpinBox:
        field = QSpinBox()
        field.setRange(0, 90)
        field.setSuffix(" %")
        field.setKeyboardTracking(False)
        field.setToolTip(_SHARE)
        field.valueChanged.connect(lambda value: self._on_share(key, value))
        self._row(text, field)
        return field

    def _row(self, text: str, field: QWidget) -> None:
        self._form.addRow(text, field)
        field.setAccessibleName(without_mnemonic(text))

    def _folder(self, path: str) -> QWidget:
        data = self._session.draft.data
        line_widget = QWidget()
        line = row(line_widget)
        box = QComboBox()
        box.addItems([self._session.modality.words(role) for role in _ROLES])
        is_labeled = data.labeled == path
        both = is_labeled and path in data.unlabeled
        box.setCurrentIndex(2 if both else 1 if is_labeled else 0)
        box.setAccessibleName(_("How {name} is read").format(name=Path(path).name))
        box.activated.connect(lambda role: self._on_role(path, role))
        name = Elided(path, mode=Qt.TextElideMode.ElideMiddle)
        name.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        line.addWidget(box)
        line.addWidget(name, 1)
        return line_widget

    def _on_role(self, path: str, role: int) -> None:
        data = self._session.draft.data
        unlabeled = [known for known in data.unlabeled if known != path]
        labeled = None if data.labeled == path else data.labeled
        if role in (0, 2):
            unlabeled.append(path)
        if role in (1, 2):
            labeled = path
        words = _("Read {name} as {role}").format(
            name=Path(path).name, role=in_sentence(self._session.modality.words(_ROLES[role]))
        )
        self._change(words, data={"unlabeled": unlabeled, "labeled": labeled})

    def _on_share(self, key: str, value: int) -> None:
        self._change(_("Hold out {value} %").format(value=value), data={key: value / 100})

    def _on_with_test(self, value: bool) -> None:
        words = self._session.modality.words(_("Test {examples} in pre-training"))
        self._change(words, data={"pretrain_on_test": value})

    def _on_balance(self, index: int) -> None:
        self._change(_("Balance of classes"), finetune={"balance": _BALANCE[index][0]})

    def _on_copies(self, index: int) -> None:
        self._change(_("Copies of held-out ones"), data={"leave_out_copies": _COPIES[index][0]})

    def _change(self, words: str, **sections: dict[str, Any]) -> None:
        if not self._updating:
            self._session.change(words, **sections)
