"""Which parts of an example decided: asked on demand, shown in the picture or the text."""

import re
from pathlib import Path
from typing import Any

from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QWidget

from core.language import _
from gui.pages.results.attempt import Attempt
from gui.pages.results.deciding_picture import DecidingPicture
from gui.pages.results.predictor import Predictor
from gui.theme import theme
from gui.widgets.basics import button, label, on_theme_change, row
from gui.widgets.notices import announce
from gui.words.numbers import percent

_WORD = re.compile(r"\S+")
# A change of the probability that nobody would call one.
_LEAST = 0.005
_HOW = _(
    "Each part is hidden once, and the classifier asked again. What takes most from its answer "
    "stays clear; parts that can stand in for each other may all look unimportant."
)


class Why(QWidget):
    """A button, and in words what it found.

    Args:
        predictor: Is asked.
        picture: Where it is shown of an image.
        text: Where it is shown of a text.
    """

    def __init__(
        self,
        predictor: Predictor,
        picture: DecidingPicture,
        text: QPlainTextEdit,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._predictor, self._picture, self._text = predictor, picture, text
        self._run: Path | None = None
        self._stage = ""
        self._tried: Attempt | None = None
        self._found: dict[str, Any] | None = None
        self._is_awaited = False
        self.ask = button(_("&Which parts decided?"), self._ask, icon_name="search", tip=_HOW)
        self.words = label("", "muted")
        line = row(self, gap=2)
        line.addWidget(self.ask)
        line.addWidget(self.words, 1)
        predictor.explained.connect(self._on_explained)
        on_theme_change(self, self._show)

    def show_attempt(self, run: Path | None, stage: str, tried: Attempt | None) -> None:
        """Another example is shown; what was found of the one before goes."""
        is_same = (run, stage) == (self._run, self._stage) and tried is self._tried
        self._run, self._stage, self._tried = run, stage, tried
        has_class = tried is not None and tried.is_answered and tried.number is None
        self.setVisible(has_class and tried is not None and not tried.problem)
        if not is_same:
            self._found = None
            self.words.setText("")
            self.ask.setEnabled(True)
            self._show()
        if self._is_awaited and not self.isHidden():
            self._ask()

    def ask_when_shown(self) -> None:
        """Ask as soon as the example in hand has its answer."""
        self._is_awaited = True
        self.show_attempt(self._run, self._stage, self._tried)

    def _ask(self) -> None:
        if self._run is None or self._tried is None:
            return
        self._is_awaited = False
        self.ask.setEnabled(False)
        self.words.setText(_("Hiding one part after another …"))
        tried = self._tried
        self._predictor.ask_why(self._run, tried.path, tried.text, self._stage)

    def _on_explained(self, message: dict[str, Any]) -> None:
        tried = self._tried
        about = str(message["path"]), str(message["text"])
        if tried is None or message["stage"] != self._stage or not tried.is_asked_by(*about):
            return
        self.ask.setEnabled(True)
        if message["problem"]:
            self.words.setText(
                _("That can't be told: {problem}.").format(problem=message["problem"])
            )
            return
        self._found = message
        self.words.setText(words_of(message))
        self._show()
        announce(self, self.words.text())

    def _show(self) -> None:
        found = self._found
        weights = weights_of(found["drops"]) if found is not None else []
        rows, columns = found["shape"] if found is not None else (0, 0)
        self._picture.show_weights(weights if rows and any(weights) else [], (rows, columns))
        is_text = found is not None and bool(found["words"])
        self._text.setExtraSelections(self._marks(weights) if is_text else [])

    def _marks(self, weights: list[float]) -> list[QTextEdit.ExtraSelection]:
        """The words, each on a ground as strong as it counts."""
        marks = []
        places = _WORD.finditer(self._text.toPlainText())
        for place, weight in zip(places, weights, strict=False):
            if weight <= 0:
                continue
            mark = QTextEdit.ExtraSelection()
            colour = theme().colour("accent")
            # Light enough that the letters stay readable.
            colour.setAlphaF(0.4 * weight)
            cursor = QTextCursor(self._text.document())
            cursor.setPosition(place.start())
            cursor.setPosition(place.end(), QTextCursor.MoveMode.KeepAnchor)
            mark.cursor = cursor
            mark.format.setBackground(colour)
            marks.append(mark)
        return marks


def weights_of(drops: list[float]) -> list[float]:
    """How much each part counts, the most important one 1; what speaks against the answer 0."""
    most = max(drops, default=0.0)
    return [max(0.0, drop) / most if most > _LEAST else 0.0 for drop in drops]


def words_of(message: dict[str, Any]) -> str:
    """The most important part in a sentence."""
    drops, name, share = message["drops"], str(message["name"]), float(message["share"])
    most = max(drops, default=0.0)
    if most <= _LEAST:
        return _("No single part decided: whatever is hidden, {name} stays as likely.").format(
            name=name
        )
    part = _("the clearest part")
    if message["words"]:
        part = f"“{message['words'][drops.index(most)]}”"
    return _("Without {part}, {name} falls from {before} to {after}.").format(
        part=part, name=name, before=percent(share, 0), after=percent(share - most, 0)
    )
