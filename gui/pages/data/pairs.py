"""Examples side by side that are too much alike, or of which one has a wrong label."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from core.language import _
from core.recipe.modality import AUTO, Modality, modality_named
from gui.pages.data.pair_side import PairSide
from gui.state.findings import Findings
from gui.state.session import Session
from gui.theme import theme
from gui.widgets.basics import button, column, flowing, row
from gui.widgets.plain import plain
from gui.widgets.split import Split

# By the kind of a pair: what it is, and why it matters. Others are shown under their own name.
_KINDS = {
    "splits": (
        _("Copies in two splits"),
        _("It is known from training, which flatters the score."),
    ),
    "unlabeled": (
        _("Unlabeled copy of a test {example}"),
        _("Pre-training leaves it out by itself."),
    ),
    "labels": (_("One {example}, two labels"), _("One of the labels is wrong.")),
    "exact": (_("Copies"), _("One is the same as the other, which flatters the score.")),
    "near": (
        _("Nearly the same {examples}"),
        _("One may be a copy of the other, a little changed."),
    ),
}
_LEFT_OUT = _("Training leaves out the one on the right by itself.")


class PairsTab(QWidget):
    """A list of pairs, and the two of the one in hand with a button each to leave it out."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._pairs: list[dict[str, Any]] = []
        self._modality: Modality = modality_named(AUTO)
        layout = column(self, gap=2)
        layout.setContentsMargins(0, theme().space(2), 0, 0)
        self.list = QListWidget()
        self.list.setAccessibleName(_("Pairs"))
        self.list.setUniformItemSizes(True)
        self.list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.currentRowChanged.connect(lambda _: self._show())
        self.why = flowing("", "muted")
        right = QWidget()
        inside = column(right, gap=2)
        line = row()
        line.addWidget(self.why, 1)
        undo = session.undo
        back = button(_("&Undo"), undo.undo, icon_name="undo")
        undo.canUndoChanged.connect(back.setEnabled)
        back.setEnabled(undo.canUndo())
        line.addWidget(back)
        inside.addLayout(line)
        self.sides = (PairSide("left"), PairSide("right"))
        beside = row(gap=2)
        for side in self.sides:
            side.left_out.connect(self._leave_out)
            beside.addWidget(side, 1)
        inside.addLayout(beside, 1)
        layout.addWidget(Split(Qt.Orientation.Horizontal, (self.list, 2), (right, 5)), 1)

    @property
    def num_pairs(self) -> int:
        """How many there are."""
        return len(self._pairs)

    def show_findings(self, findings: Findings) -> None:
        """Show the pairs of a scan; the one in hand is that in the same place as before."""
        at = max(0, self.list.currentRow())
        self._pairs, self._modality = findings.summary["pairs"], findings.modality
        self.list.clear()
        for pair in self._pairs:
            what, _ = self._words(pair)
            names = " = ".join(side["name"] for side in pair["sides"])
            item = QListWidgetItem(f"{what}: {names}")
            item.setToolTip(plain(names))
            self.list.addItem(item)
        if self._pairs:
            self.list.setCurrentRow(min(at, len(self._pairs) - 1))
        self._show()

    def shut_down(self) -> None:
        """Read no more pictures."""
        for side in self.sides:
            side.shut_down()

    def _words(self, pair: dict[str, Any]) -> tuple[str, str]:
        what, why = _KINDS.get(pair["kind"], (pair["kind"].capitalize(), ""))
        return self._modality.words(what), self._modality.words(why)

    def _show(self) -> None:
        at = self.list.currentRow()
        if not 0 <= at < len(self._pairs):
            return
        pair = self._pairs[at]
        what, why = self._words(pair)
        words = [f"{what}.", why, _LEFT_OUT if pair["left_out"] else ""]
        self.why.setText(" ".join(filter(None, words)))
        for side, entry in zip(self.sides, pair["sides"], strict=True):
            side.show_entry(entry, self._modality.shown_as)

    def _leave_out(self, name: str) -> None:
        known = self._session.draft.data.left_out
        if name not in known:
            shown = Path(name).name
            self._session.change(
                _("Leave out {shown}").format(shown=shown), data={"left_out": [*known, name]}
            )
