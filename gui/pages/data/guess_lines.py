"""What a scan has found out by itself, a line each, with what changes it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QSizePolicy, QWidget

from core.language import _
from core.recipe.modality import modality_named
from gui.pages.data.guess_words import Line, lines_of
from gui.state.findings import Findings
from gui.state.session import Session
from gui.theme import theme
from gui.widgets.basics import clear, flowing, label
from gui.widgets.sign import Sign

# Of a sentence and its box, in lines of text.
_WIDEST = 72


class _Box(QComboBox):
    """Chosen from, not scrolled through by accident."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The page scrolls."""
        event.ignore()


class GuessLines(QWidget):
    """A line is a sentence and a box; a change of the box is scanned anew, and can be undone."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._findings: Findings | None = None
        self._changed = ""
        self._num_marked = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme().space(2))
        self._grid.setVerticalSpacing(theme().space(2))
        self._grid.setColumnStretch(1, 1)
        # On a wide screen the eye would lose the line between sentence and box.
        self.setMaximumWidth(theme().line_height * _WIDEST)
        self.boxes: dict[str, QComboBox] = {}

    @property
    def num_marked(self) -> int:
        """How many nobody has looked at."""
        return self._num_marked

    @property
    def num_lines(self) -> int:
        """How many there are."""
        return len(self.boxes)

    def show_findings(self, findings: Findings) -> None:
        """Show what a scan has guessed, and what was said instead."""
        is_new = findings is not self._findings
        self._findings = findings
        clear(self._grid)
        self.boxes.clear()
        unseen = {guess["setting"] for guess in self._session.readings.unseen(findings)}
        self._num_marked = len(unseen)
        for number, line in enumerate(lines_of(findings.summary, self._session.draft)):
            self._add(number, line, is_doubtful=line.setting in unseen)
        if not is_new:
            return
        if self._changed in self.boxes and self.isVisible():
            # The box that was used is another one now, and not yet to be seen.
            _focus_soon(self.boxes[self._changed])
        self._changed = ""

    def focus_first(self) -> None:
        """Go to the first line, if there is one."""
        if self.boxes:
            _focus_soon(next(iter(self.boxes.values())))

    def _add(self, number: int, line: Line, *, is_doubtful: bool) -> None:
        sign = Sign("attention" if is_doubtful else "", "warn")
        words = flowing(line.words)
        words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        box = _Box()
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(22)
        for text, value in line.choices:
            box.addItem(text, value)
        box.setCurrentIndex(line.current)
        box.setAccessibleName(line.name)
        check = _(" Please check.") if is_doubtful else ""
        box.setAccessibleDescription(f"{line.words}.{check}")
        box.activated.connect(lambda _, line=line, box=box: self._change(line, box.currentData()))
        beside: QLabel = label(line.beside, "muted", wrap=False)
        for at, part in enumerate((sign, words, beside, box)):
            self._grid.addWidget(part, number, at, Qt.AlignmentFlag.AlignVCenter)
        self.boxes[line.setting] = box

    def _change(self, line: Line, value: Any) -> None:
        findings = self._findings
        if findings is None or value == line.value:
            return
        self._changed = line.setting
        section, key = line.setting.split(".", 1)
        self._session.readings.edit(findings, line.setting, str(value))
        shown = Path(value).name if line.setting == "data.labeled" else value
        as_found = _("as found")
        words = f"{line.name}: {as_found if value is None else shown}"
        if line.setting == "data.kind":
            self._change_kind(words, value)
        else:
            self._session.change(words, **{section: {key: value}})

    def _change_kind(self, words: str, kind: str) -> None:
        data: Mapping[str, Any] = self._session.draft.data.model_dump(
            mode="json", exclude_none=True, include={"unlabeled", "labeled", "left_out"}
        )
        self._session.take_data(words, modality_named(kind), **{**data, "kind": kind})


def _focus_soon(box: QComboBox) -> None:
    """Give a box that was just made the focus, once it can be seen."""
    QTimer.singleShot(0, box, box.setFocus)
