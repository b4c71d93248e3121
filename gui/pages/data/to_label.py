"""Labelling: what is worth a label next, one example at a time, with a key for each class."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QComboBox, QLineEdit, QListWidget, QSpinBox, QWidget

from core.errors import RunError
from core.language import _, ngettext
from core.run.files import TO_LABEL
from gui.pages.data.asking import AskingTab, AskingWords
from gui.pages.data.label_decisions import folder_for
from gui.pages.data.label_session import LabelSession
from gui.pages.data.label_ways import WAY_WORDS, chosen_in_words
from gui.pages.data.letter_keys import LetterKeys
from gui.pages.data.one_example import OneExample
from gui.state.findings import Findings
from gui.state.session import Session
from gui.widgets import dialogs
from gui.widgets.basics import button, column, label
from gui.widgets.flow import Flow
from gui.widgets.plain import plain
from gui.widgets.split import Split

_WORDS = AskingWords(
    picture="images",
    sentence=_("Which {examples} are worth a label?"),
    about=_("Of the unlabeled {examples}, those that are most worth a label."),
    ask=_("&Choose what to label"),
    ask_icon="labels",
    progress=_("Progress of the choice"),
    stop=_("S&top choosing"),
)
_KEYS = "123456789"
_SAVE_MS = 300


class ToLabelTab(AskingTab):
    """Chooses examples, and takes a label for each."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        count, way = QSpinBox(), QComboBox()
        super().__init__(session, _WORDS, (way, count), parent)
        self._labels: LabelSession | None = None
        self._unlabeled: tuple[str, ...] | None = None
        self._known: list[str] = []
        self.count, self.way = count, way
        self.count.setRange(1, 1000)
        self.count.setValue(20)
        self.count.setAccessibleName(_("How many to choose"))
        for at, each in enumerate(WAY_WORDS):
            self.way.addItem(each.title, each.way)
            self.way.setItemData(at, plain(each.about), Qt.ItemDataRole.ToolTipRole)
        self.way.setAccessibleName(_("How to choose"))
        self.way.currentIndexChanged.connect(lambda _: self._show_way())
        self._show_way()
        self._saving = QTimer(self, interval=_SAVE_MS, singleShot=True)
        self._saving.timeout.connect(self._save)
        keys: dict[str, Any] = {"S": self.skip, "U": self.undo}
        for number, key in enumerate(_KEYS):
            keys[key] = lambda number=number: self._label_by_number(number)
        LetterKeys(keys, (self, self.classes), self, self._can_undo)

    def show_findings(self, findings: Findings) -> None:
        """The data were read; what was chosen of other data goes."""
        unlabeled = self._session.draft.data.unlabeled
        if unlabeled != self._unlabeled:
            self._save()
            self._unlabeled, self._labels = unlabeled, None
            self._forget(findings.modality)
            self._show_way()
        self._known = [str(entry["name"]) for entry in findings.summary["classes"]]
        self._let_ask()

    def ask(self) -> None:
        """Choose examples; labels that were given count."""
        self._save()
        self._ask(self._table(), count=self.count.value(), way=self.way.currentData())

    def label_as(self, name: str) -> None:
        """Give the one in hand a label."""
        name = name.strip()
        if self._labels is None or self._labels.current is None or not name:
            return
        self._labels.label(name)
        if name not in self._shown_classes():
            self._known.append(name)
            self._show_classes()
        self._show()

    def skip(self) -> None:
        """Pass the one in hand over."""
        if self._labels is not None:
            self._labels.skip()
            self._show()

    def undo(self) -> None:
        """Take the last one back into the hand."""
        if self._labels is not None and self._can_undo():
            self._labels.undo()
            self._show()

    def use(self) -> None:
        """Have the next run learn from the labels."""
        if self._labels is None:
            return
        try:
            table = self._labels.copy_in(self._folder())
        except RunError as error:
            self._say(error.what, error.action)
            return
        words = _("Use {num_labeled:,} labels").format(num_labeled=self._labels.num_labeled)
        self._session.change(words, data={"labeled": str(table), "corrections": None})

    def export(self) -> None:
        """Write the table where the user wants it."""
        start = (self._session.settings.data_folder or Path.home()) / TO_LABEL
        chosen = dialogs.choose_new_file(self, _("Write the labels to"), _("CSV (*.csv)"), start)
        if chosen is not None and self._labels is not None:
            try:
                self._labels.save_as(chosen)
            except RunError as error:
                self._say(error.what, error.action)

    def shut_down(self) -> None:
        """Save, end the helper, read no more pictures."""
        self._save()
        super().shut_down()
        self.example.shut_down()

    def _built(self) -> QWidget:
        self.example = OneExample()
        right = QWidget()
        inside = column(right, gap=2)
        self.number = label("", "heading")
        inside.addWidget(self.number)
        self.classes = QListWidget()
        self.classes.setAccessibleName(_("Classes"))
        self.classes.itemActivated.connect(
            lambda item: self.label_as(item.data(Qt.ItemDataRole.UserRole))
        )
        inside.addWidget(self.classes, 1)
        self.new = QLineEdit()
        self.new.setPlaceholderText(_("Another class, then Enter"))
        self.new.setAccessibleName(_("Another class"))
        self.new.returnPressed.connect(self._on_new)
        inside.addWidget(self.new)
        inside.addLayout(self._buttons())
        self.saved = label("", "muted")
        inside.addWidget(self.saved)
        below = Flow(gap=1)
        self.to_use = button(_("&Use these labels"), self.use, icon_name="tick")
        self.to_export = button(_("Sa&ve as …"), self.export, icon_name="save")
        for part in (self.to_use, self.to_export):
            below.addWidget(part)
        inside.addLayout(below)
        return Split(Qt.Orientation.Horizontal, (self.example, 5), (right, 3))

    def _buttons(self) -> Flow:
        line = Flow(gap=1)
        self.pass_over = button(_("Skip (S)"), self.skip, icon_name="chevron-right")
        self.back = button(_("Undo (U)"), self.undo, icon_name="undo")
        for part in (self.pass_over, self.back):
            line.addWidget(part)
        return line

    def _can_undo(self) -> bool:
        return self._labels is not None and self._labels.can_undo

    def _folder(self) -> Path:
        return folder_for(*self._session.draft.data.unlabeled)

    def _table(self) -> Path:
        """Beside the run that is open; else where Redistill keeps what it can't compute again."""
        run = self._session.run
        return run.path / TO_LABEL if run is not None else self._folder() / TO_LABEL

    def _on_answered(self, found: dict[str, Any]) -> None:
        modality = self._session.modality
        try:
            self._labels = LabelSession(self._table(), are_texts=_are_texts(modality.shown_as))
        except RunError as error:
            self._say(error.what, error.action)
            return
        self.words.setText(
            ngettext(
                "{count} of {total:,} to label: {way}. {number:,} label known so far.",
                "{count} of {total:,} to label: {way}. {number:,} labels known so far.",
                found["num_labeled"],
            ).format(
                count=modality.counted(self._labels.num_waiting),
                total=found["num_unlabeled"],
                way=chosen_in_words(found["way"]),
                number=found["num_labeled"],
            )
        )
        self._show_body(is_there=True)
        self._show_classes()
        self._show()
        self.classes.setFocus()

    def _show_way(self) -> None:
        """Say what the way is for, and what was measured."""
        words, about = self._session.modality.words, WAY_WORDS[self.way.currentIndex()].about
        self.way.setToolTip(plain(about))
        self.way.setAccessibleDescription(about)
        self.empty.say(words(_WORDS.sentence), f"{words(_WORDS.about)} {about}")

    def _on_new(self) -> None:
        self.label_as(self.new.text())
        self.new.clear()
        self.classes.setFocus()

    def _label_by_number(self, number: int) -> None:
        names = self._shown_classes()
        if number < len(names):
            self.label_as(names[number])

    def _shown_classes(self) -> list[str]:
        count = self.classes.count()
        return [str(self.classes.item(at).data(Qt.ItemDataRole.UserRole)) for at in range(count)]

    def _show_classes(self) -> None:
        """Those that are shown keep their keys; new ones come last."""
        shown = self._shown_classes()
        given = self._labels.classes if self._labels is not None else []
        for name in dict.fromkeys([*self._known, *given]):
            if name not in shown:
                at = self.classes.count()
                key = _KEYS[at] if at < len(_KEYS) else " "
                self.classes.addItem(f"{key}  {name}")
                self.classes.item(at).setData(Qt.ItemDataRole.UserRole, name)

    def _show(self) -> None:
        labels = self._labels
        if labels is None:
            return
        self._saving.start()
        now, following = labels.current, labels.following
        self.number.setText(
            _("{num_given:,} labeled, {num_waiting:,} to go").format(
                num_given=labels.num_given, num_waiting=labels.num_waiting
            )
            if now is not None
            else _("All are done: choose more, or use the labels.")
        )
        self.saved.setText(
            _("{num_labeled:,} labels in {table}").format(
                num_labeled=labels.num_labeled, table=self._table()
            )
        )
        self.back.setEnabled(labels.can_undo)
        self.to_use.setEnabled(bool(labels.num_labeled))
        self.pass_over.setEnabled(now is not None)
        if now is None:
            self.example.show_nothing()
            return
        self.example.show_example(Path(now.place), now.text, now.place)
        if following is not None and not following.text:
            self.example.ahead(Path(following.place))

    def _save(self) -> None:
        self._saving.stop()
        if self._labels is not None:
            try:
                self._labels.save()
            except RunError as error:
                self._say(error.what, error.action)


def _are_texts(shown_as: str) -> bool:
    match shown_as:
        case "text":
            return True
        case _:
            return False
