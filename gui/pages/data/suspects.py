"""Labels that are probably wrong: one after the other, with keys to keep, correct, leave out."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QListWidget, QListWidgetItem, QWidget

from core.data.decision import Correction, Decision
from core.errors import RunError
from core.language import _, ngettext
from core.run.files import SUSPECTS
from gui.pages.data.asking import AskingTab, AskingWords
from gui.pages.data.label_decisions import LabelDecisions
from gui.pages.data.letter_keys import LetterKeys
from gui.pages.data.one_example import OneExample
from gui.state.findings import Findings
from gui.state.session import Session
from gui.widgets.basics import button, column, label, row
from gui.widgets.flow import Flow
from gui.widgets.plain import plain
from gui.widgets.split import Split

_WORDS = AskingWords(
    picture="search",
    sentence=_("Some labels may be wrong"),
    about=_(
        "Before anything is trained, a probe of the frozen encoder says which labels it doubts: "
        "those of {examples} that it never saw with their labels. Test labels are left alone."
    ),
    ask=_("Look for &wrong labels"),
    ask_icon="search",
    progress=_("Progress of the look at labels"),
    stop=_("S&top looking"),
)
_MARKS = {"keep": _("kept"), "leave out": _("left out")}


class SuspectsTab(AskingTab):
    """Asks for suspects, and takes decisions on them."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, _WORDS, parent=parent)
        self._rows: list[dict[str, Any]] = []
        self._classes: list[str] = []
        self._labeled: str | None = None
        self._decisions: LabelDecisions | None = None
        keys = {
            "K": lambda: self.decide("keep"),
            "C": lambda: self.decide("correct"),
            "L": lambda: self.decide("leave out"),
            "U": self.undo,
        }
        LetterKeys(keys, (self, self.list), self, self._can_undo)

    def show_findings(self, findings: Findings) -> None:
        """The data were read; what was found of other data goes."""
        data = self._session.draft.data
        self._classes = [str(entry["name"]) for entry in findings.summary["classes"]]
        if data.labeled != self._labeled:
            self._labeled = data.labeled
            self._rows, self._decisions = [], None
            self._forget(findings.modality)
        self._let_ask()

    def ask(self) -> None:
        """Look for suspects."""
        self._ask(self._asker.scratch / SUSPECTS)

    def decide(self, decision: Decision) -> None:
        """Decide on the one in hand, and go on to the next."""
        at = self.list.currentRow()
        if self._decisions is None or not 0 <= at < len(self._rows):
            return
        entry = self._rows[at]
        new = self.new.currentText() if decision == "correct" else ""
        if decision == "correct" and new == entry["given"]:
            decision, new = "keep", ""
        try:
            content = entry.get("content", "")
            self._decisions.decide(
                Correction(entry["name"], entry["given"], decision, new, content)
            )
        except RunError as error:
            self._say(error.what, error.action)
        self._mark(at)
        self.list.setCurrentRow(min(at + 1, len(self._rows) - 1))
        self._show_number()

    def undo(self) -> None:
        """Take the last decision back, and show its example."""
        if self._decisions is None or not self._can_undo():
            return
        try:
            name = self._decisions.undo()
        except RunError as error:
            self._say(error.what, error.action)
            return
        at = next((n for n, entry in enumerate(self._rows) if entry["name"] == name), -1)
        if at >= 0:
            self._mark(at)
            self.list.setCurrentRow(at)
        self._show_number()

    def apply(self) -> None:
        """Have the next run, and the page, read the data with what was decided."""
        if self._decisions is None:
            return
        number = len(self._decisions)
        try:
            table = str(self._decisions.table()) if number else None
        except RunError as error:
            self._say(error.what, error.action)
            return
        words = (
            ngettext(
                "Use {number:,} decision on labels", "Use {number:,} decisions on labels", number
            )
            if number
            else _("Use the labels as they are")
        ).format(number=number)
        self._session.change(words, data={"corrections": table})
        self._show_number()

    def shut_down(self) -> None:
        """End the helper, read no more pictures."""
        super().shut_down()
        self.example.shut_down()

    def _built(self) -> QWidget:
        self.list = QListWidget()
        self.list.setAccessibleName(_("Labels to doubt"))
        self.list.setUniformItemSizes(True)
        self.list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.currentRowChanged.connect(lambda _: self._show())
        right = QWidget()
        inside = column(right, gap=2)
        self.what = label("", "heading")
        inside.addWidget(self.what)
        self.example = OneExample()
        inside.addWidget(self.example, 1)
        inside.addLayout(self._buttons())
        below = row()
        self.number = label("", "muted")
        self.use = button(_("Use the &decisions"), self.apply, icon_name="tick")
        below.addWidget(self.number, 1)
        below.addWidget(self.use)
        inside.addLayout(below)
        return Split(Qt.Orientation.Horizontal, (self.list, 2), (right, 5))

    def _buttons(self) -> Flow:
        line = Flow(gap=1)
        self.keep = button(_("Keep (K)"), lambda: self.decide("keep"), icon_name="tick")
        self.correct = button(_("Correct (C)"), lambda: self.decide("correct"), icon_name="labels")
        self.new = QComboBox()
        self.new.setAccessibleName(_("The right label"))
        self.leave = button(_("Leave out (L)"), lambda: self.decide("leave out"), icon_name="close")
        self.back = button(_("Undo (U)"), self.undo, icon_name="undo")
        for part in (self.keep, self.correct, self.new, self.leave, self.back):
            line.addWidget(part)
        return line

    def _on_answered(self, found: dict[str, Any]) -> None:
        data = self._session.draft.data
        applied = Path(data.corrections) if data.corrections else None
        try:
            self._decisions = LabelDecisions(data.labeled or "", applied)
        except RunError as error:
            self._say(error.what, error.action)
            return
        self._rows = found["rows"]
        modality = self._session.modality
        judged = modality.counted(found["num_judged"])
        words = _(
            "{num_found:,} labels of {judged} to doubt, the most suspect first. The "
            "probe agrees with {accuracy:.1%} of them."
        ).format(num_found=found["num_found"], judged=judged, accuracy=found["accuracy"])
        if found["is_weak"]:
            words += _(" With so little agreement most of these are the probe's own mistakes.")
        if found["num_found"] > len(self._rows):
            words += _(" The first {number:,} are shown.").format(number=len(self._rows))
        self.words.setText(words)
        self.new.clear()
        self.new.addItems(self._classes)
        self.list.clear()
        for at, entry in enumerate(self._rows):
            item = QListWidgetItem()
            item.setToolTip(plain(entry["name"]))
            self.list.addItem(item)
            self._mark(at)
        self._show_body(is_there=bool(self._rows))
        if self._rows:
            self.list.setCurrentRow(0)
            self.list.setFocus()
        self._show_number()

    def _can_undo(self) -> bool:
        return self._decisions is not None and self._decisions.can_undo

    def _mark(self, at: int) -> None:
        """Say in the list what was decided of an example, or what is suggested."""
        assert self._decisions is not None
        entry = self._rows[at]
        decided = self._decisions.of(entry["name"])
        said = f"{entry['given']} → {entry['suggested']}? {entry['probability']:.0%}"
        if decided is not None and decided.decision:
            said = _MARKS.get(decided.decision, f"→ {decided.new}")
            said = f"{entry['given']}, {said}" if decided.new == "" else f"{entry['given']} {said}"
        self.list.item(at).setText(f"{Path(entry['name']).name}: {said}")

    def _show(self) -> None:
        at = self.list.currentRow()
        if not 0 <= at < len(self._rows):
            return
        entry = self._rows[at]
        self.what.setText(
            _("Labeled {given}; the probe says {suggested} with {probability:.0%}").format(
                given=entry["given"], suggested=entry["suggested"], probability=entry["probability"]
            )
        )
        decided = self._decisions.of(entry["name"]) if self._decisions is not None else None
        right = decided.new if decided is not None and decided.new else entry["suggested"]
        self.new.setCurrentText(right)
        words = _("{name}, labeled {given}").format(name=entry["name"], given=entry["given"])
        self.example.show_example(Path(entry["file"]), entry["text"], words)

    def _show_number(self) -> None:
        assert self._decisions is not None
        number = len(self._decisions)
        applied = self._session.draft.data.corrections
        words = (
            ngettext(
                "{number:,} label to correct or leave out.",
                "{number:,} labels to correct or leave out.",
                number,
            )
            if number
            else _("Nothing decided yet.")
        ).format(number=number)
        if applied:
            words += _(" The data are read with earlier decisions.")
        self.number.setText(words)
        self.use.setEnabled(bool(number) or applied is not None)
        self.back.setEnabled(self._decisions.can_undo)
