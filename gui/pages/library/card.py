"""One run in the library."""

from pathlib import Path

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QImage, QKeyEvent
from PySide6.QtWidgets import QMenu, QProgressBar, QPushButton, QVBoxLayout, QWidget

from core.language import _
from core.readers.summary import RunSummary
from core.run.folder import RunState
from gui.pages.library.sparkline import Sparkline
from gui.pages.library.states import (
    CAN_CONTINUE,
    facts_words,
    look_of,
    score_words,
    state_words,
    verdict_words,
)
from gui.pages.library.thumbnail import Thumbnail
from gui.theme import theme
from gui.widgets.basics import button, column, label, row, set_role, tool
from gui.widgets.choice import Choice, in_card, let_through
from gui.widgets.elided import Elided
from gui.widgets.plain import plain
from gui.widgets.sign import Sign


class RunCard(Choice):
    """Shows a run and what can be done with it.

    Signals:
        wanted: What shall be done (`open`, `continue`, `watch`, `again`, `rename`, `note`, `show`,
            `remove`, `delete`), path.
    """

    wanted = Signal(str, object)

    def __init__(self, path: Path, parent: QWidget | None = None) -> None:
        super().__init__(_("Run {name}").format(name=path.name), parent)
        self.path = path
        self.summary: RunSummary | None = None
        self.thumbnail = Thumbnail()
        self.title = Elided(path.name, "heading")
        self.sign = Sign()
        self.state = Elided(_("Looking …"), "muted")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setProperty("role", "thin")
        self.bar.setMaximum(1000)
        self.score, self.verdict = Elided(), Elided()
        # A line of its own: at the end of another it would be the part that is cut off.
        self.chance = Elided("", "warn")
        self.line, self.notes = Sparkline(), Elided("", "muted")
        self.facts = Elided("", "muted")
        self.reason = in_card(label("", "muted"))
        self.action: QPushButton = button("", self._use_action)
        self.more = tool(_("More about {name}").format(name=path.name), "more", self._show_menu)
        self._build()
        self.clicked.connect(lambda: self._want(self.verbs()[0]))
        self.setToolTip(plain(str(path)))

    def show_summary(self, summary: RunSummary) -> None:
        """Show what is known of the run now."""
        self.summary = summary
        look = look_of(summary)
        self.sign.show_icon(look.icon, look.colour)
        self.state.show_text(state_words(summary))
        set_role(self.state, look.role)
        self.thumbnail.show_text(summary.excerpt)
        has_bar = summary.state is RunState.RUNNING or summary.state in CAN_CONTINUE
        self.bar.setVisible(has_bar)
        self.bar.setValue(round(1000 * (summary.share or 0.0)))
        self.bar.setAccessibleName(_("Done of {name}").format(name=summary.name))
        self.score.show_text(score_words(summary))
        self.score.setVisible(bool(self.score.whole))
        self.verdict.show_text(verdict_words(summary))
        self.verdict.setVisible(bool(self.verdict.whole))
        self.chance.show_text(summary.chance)
        self.chance.setVisible(bool(summary.chance))
        self.line.show_values(summary.story.line, summary.story.what)
        self.notes.show_text(" ".join(summary.notes.split()))
        self.notes.setVisible(bool(self.notes.whole))
        self.facts.show_text(facts_words(summary))
        self.reason.setText(f"{summary.error} {summary.action}".strip())
        self.reason.setVisible(bool(summary.error))
        self._show_action()
        said = (
            self.state.whole,
            self.score.whole,
            self.verdict.whole,
            self.chance.whole,
            self.line.accessibleDescription(),
            self.notes.whole,
            self.facts.whole,
            self.reason.text(),
        )
        self.setAccessibleDescription(". ".join(part for part in said if part))

    def show_pictures(self, images: list[QImage]) -> None:
        """Show pictures of the run."""
        self.thumbnail.show_images(images)

    def verbs(self) -> list[str]:
        """What can be done with the run now; the first is what Enter does."""
        summary = self.summary
        if summary is None:
            return ["open", "show", "remove"]
        if summary.is_missing:
            return ["remove"]
        if summary.error:
            return ["show", "remove", "delete"]
        first = ["open"]
        if summary.state in CAN_CONTINUE or summary.state is RunState.NEW:
            first += ["continue", "later"]
        elif summary.state is RunState.RUNNING:
            first = ["watch"]
        # A folder that somebody writes into can't be moved.
        rename = [] if summary.state is RunState.RUNNING else ["rename"]
        return [*first, "again", *rename, "note", "show", "remove", "delete"]

    def menu(self) -> QMenu:
        """The menu of the card."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for verb in self.verbs():
            if verb in ("again", "show", "remove"):
                menu.addSeparator()
            made = menu.addAction(self._words(verb))
            made.triggered.connect(lambda _=False, verb=verb: self._want(verb))
        return menu

    def _build(self) -> None:
        across = row(self, margin=2, gap=3)
        let_through(self.thumbnail)
        across.addWidget(self.thumbnail, 0, Qt.AlignmentFlag.AlignTop)
        words: QVBoxLayout = column(gap=1)
        words.addWidget(self.title)
        line = row(gap=1)
        line.addWidget(self.sign)
        line.addWidget(self.state, 1)
        words.addLayout(line)
        told = (self.bar, self.score, self.verdict, self.chance, self.line, self.notes, self.reason)
        below = (*told, self.facts)
        for part in below:
            words.addWidget(part)
        for part in (self.title, self.state, self.sign, *below):
            if part is not self.reason:
                let_through(part)
        words.addStretch(1)
        across.addLayout(words, 1)
        buttons: QVBoxLayout = column(gap=1)
        buttons.addWidget(self.more, 0, Qt.AlignmentFlag.AlignRight)
        buttons.addStretch(1)
        buttons.addWidget(self.action)
        across.addLayout(buttons)
        for part in told:
            part.hide()
        self.action.hide()
        self.setMinimumWidth(theme().line_height * 24)

    def _show_action(self) -> None:
        verbs = self.verbs()
        verb = "continue" if "continue" in verbs else verbs[0]
        if self.summary is not None and self.summary.error:
            verb = "remove"
        self.action.setProperty("verb", verb)
        self.action.setText(self._words(verb))
        self.action.setAccessibleName(f"{self._words(verb)}: {self.path.name}")
        self.action.show()

    def _words(self, verb: str) -> str:
        is_new = self.summary is not None and self.summary.state is RunState.NEW
        return {
            "open": _("Open"),
            "watch": _("Watch"),
            "continue": _("Start") if is_new else _("Continue"),
            "later": _("Add to tonight's runs"),
            "again": _("Again with …"),
            "rename": _("Rename …"),
            "note": _("Write a note …"),
            "show": _("Show in folder"),
            "remove": _("Remove from list"),
            "delete": _("Delete …"),
        }[verb]

    def _use_action(self) -> None:
        self._want(str(self.action.property("verb")))

    def _want(self, verb: str) -> None:
        self.wanted.emit(verb, self.path)

    def _show_menu(self) -> None:
        self.menu().popup(self.more.mapToGlobal(QPoint(0, self.more.height())))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Right click, or the context menu key."""
        by_mouse = event.reason() is QContextMenuEvent.Reason.Mouse
        at = event.globalPos() if by_mouse else self.mapToGlobal(self.rect().center())
        self.menu().popup(at)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete asks to delete."""
        if event.key() == Qt.Key.Key_Delete and "delete" in self.verbs():
            self._want("delete")
        else:
            super().keyPressEvent(event)
