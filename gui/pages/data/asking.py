"""What both tabs on labels have in common: they ask a helper, and show what it answers."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QWidget

from core.language import _
from core.recipe.modality import Modality
from gui.pages.data.label_asker import LabelAsker
from gui.state.session import Session
from gui.theme import theme
from gui.widgets.basics import button, column, flowing, row, set_role
from gui.widgets.busy_line import BusyLine
from gui.widgets.empty_state import EmptyState
from gui.widgets.notices import announce


@dataclass(frozen=True, kw_only=True)
class AskingWords:
    """What a tab says before it has an answer.

    Attributes:
        picture: A drawing of `resources/pictures/`.
        sentence: What it does for one.
        about: How, in more words.
        ask: On the button that asks, with its mnemonic.
        ask_icon: Its icon.
        progress: What the bar tells, for a screen reader.
        stop: On the button that ends it.
    """

    picture: str
    sentence: str
    about: str
    ask: str
    ask_icon: str
    progress: str
    stop: str


class AskingTab(QWidget):
    """A picture, a sentence and a button first; then a line of words above the answer.

    Args:
        words: What it says before there is an answer.
        controls: What is asked for in particular; always there.

    Attributes:
        words: What was found, or what went wrong.
        ask_button: Asks; again, once there is an answer.
    """

    def __init__(
        self,
        session: Session,
        words: AskingWords,
        controls: tuple[QWidget, ...] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._said, self._controls = session, words, controls
        self._asker = LabelAsker(self)
        self._asker.answered.connect(self._on_answered)
        self._asker.failed.connect(self._say)
        self._asker.ended.connect(self._on_ended)
        layout = column(self, gap=2)
        layout.setContentsMargins(0, theme().space(2), 0, 0)
        self._head = QWidget()
        line = row(self._head)
        self.words = flowing("", "muted")
        line.addWidget(self.words, 1)
        for control in controls:
            line.addWidget(control)
        self.ask_button = button(words.ask, self.ask, icon_name=words.ask_icon)
        line.addWidget(self.ask_button)
        layout.addWidget(self._head)
        self._busy = BusyLine(words.progress, words.stop)
        self._busy.cancelled.connect(self._asker.stop)
        self._asker.progressed.connect(self._busy.show_progress)
        layout.addWidget(self._busy)
        first = button(words.ask, self.ask, icon_name=words.ask_icon)
        self.empty = EmptyState(words.picture, words.sentence, first)
        layout.addWidget(self.empty, 1)
        self._body = self._built()
        layout.addWidget(self._body, 1)
        self._show_body(is_there=False)

    def ask(self) -> None:
        """Ask the helper."""
        raise NotImplementedError

    def shut_down(self) -> None:
        """End the helper."""
        self._asker.shut_down()

    def _built(self) -> QWidget:
        """What shows the answer."""
        raise NotImplementedError

    def _on_answered(self, found: dict[str, Any]) -> None:
        """Show what the helper found."""
        raise NotImplementedError

    def _forget(self, modality: Modality) -> None:
        """Other data: nothing was asked about them."""
        self._asker.shut_down()
        self._busy.hide()
        self.words.setText("")
        self.empty.say(modality.words(self._said.sentence), modality.words(self._said.about))
        self._show_body(is_there=False)

    def _show_body(self, *, is_there: bool) -> None:
        self._body.setVisible(is_there)
        self.empty.setVisible(not is_there)
        self._head.setVisible(is_there or bool(self.words.text() or self._controls))
        self.ask_button.setVisible(is_there)

    def _let_ask(self) -> None:
        is_free = not self._asker.is_busy
        for each in (self.ask_button, self.empty.action):
            assert each is not None
            each.setEnabled(is_free)

    def _ask(self, out: Path, **more: Any) -> None:
        """Send the request; `out` is the table that the helper writes."""
        set_role(self.words, "muted")
        self._busy.show_progress(_("Loading the model"), 0, 0)
        self._asker.ask(self._session.draft, out, **more)
        self._let_ask()

    def _say(self, what: str, action: str) -> None:
        """What went wrong."""
        self.words.setText(f"{what} {action}")
        set_role(self.words, "bad")
        self._head.show()
        announce(self, what)

    def _on_ended(self) -> None:
        self._busy.hide()
        self._let_ask()
