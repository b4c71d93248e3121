"""A tour of one minute: a card on the page that it tells of. Esc ends it, Help brings it back."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QPushButton, QWidget

from core.language import _
from gui.frame.rail import Rail
from gui.state.settings import Settings
from gui.theme import theme
from gui.widgets.basics import button, column, label, row
from gui.widgets.empty_state import Drawing
from gui.widgets.notices import announce
from gui.widgets.page_head import PageHead

# More only where its buttons say more.
_LINES_WIDE = 29


@dataclass(frozen=True)
class Stop:
    """One stop: its page, a drawing of `resources/pictures/`, and what it says."""

    key: str
    picture: str
    title: str
    words: str


STOPS = (
    Stop(
        "library",
        "runs",
        _("The way, from top to bottom"),
        _(
            "Every run is listed under Runs. Below are the steps of one run; a sign at a step "
            "shows that it is done, running, or needs your attention. "
            "The button at the lower right always takes you to the next step."
        ),
    ),
    Stop(
        "data",
        "images",
        _("Data"),
        _(
            "Drop folders of your data: many examples without labels, a few with. They are only "
            "read. Damaged files, duplicates and leaks into the test split are reported."
        ),
    ),
    Stop(
        "model",
        "model",
        _("Model"),
        _(
            "Choose what to begin with. Three are recommended for your data and this machine, with "
            "the time that a run would take; the starter is here already and works offline."
        ),
    ),
    Stop(
        "plan",
        "stage-distill",
        _("Plan"),
        _(
            "Say how much time you have. This machine is measured, and time, memory and disk of "
            "every stage are shown before anything starts."
        ),
    ),
    Stop(
        "train",
        "curve",
        _("Train"),
        _(
            "Watch the curves and what the model fills in. Pause, close the window, switch the "
            "computer off: nothing is lost, the run continues where it was."
        ),
    ),
    Stop(
        "results",
        "answer",
        _("Results"),
        _(
            "The answer first: did it help, and how sure is that? Then classes, confusions and "
            "mistakes; Try it takes an example of your own."
        ),
    ),
    Stop(
        "compare",
        "compare",
        _("Compare"),
        _(
            "Is it luck? Several ways to train, each several times, on the same labels: their "
            "differences with intervals, and a sentence that holds."
        ),
    ),
    Stop(
        "export",
        "export",
        _("Export"),
        _(
            "Export the model in a format that other tools open, checked on your own test data. "
            "F1 opens the help of every page."
        ),
    ),
)


class Tour(QFrame):
    """The card; a child of the window, so that nothing else is blocked."""

    def __init__(
        self,
        window: QWidget,
        rail: Rail,
        settings: Settings,
        show_page: Callable[[str], object],
    ) -> None:
        super().__init__(window)
        self._rail, self._settings, self._show_page = rail, settings, show_page
        self._began_on = rail.shown
        self.at = 0
        self.setProperty("role", "tour")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(_("Tour"))
        across = row(self, margin=4, gap=4)
        self.picture = Drawing("runs")
        self.picture.setFixedSize(theme().line_height * 6, theme().line_height * 4)
        across.addWidget(self.picture, 0, Qt.AlignmentFlag.AlignTop)
        layout = column(gap=2)
        across.addLayout(layout, 1)
        self.title, self.words = label("", "heading"), label("")
        self._count = label("", "muted", wrap=False)
        self.back = button(_("Bac&k"), lambda: self.go(self.at - 1), role="quiet")
        self.next = button("", lambda: self.go(self.at + 1), role="primary")
        self.leave = button(_("E&nd the tour"), self.end, role="quiet")
        layout.addWidget(self.title)
        layout.addWidget(self.words)
        line = row(gap=2)
        line.addWidget(self._count)
        line.addStretch(1)
        for part in (self.leave, self.back, self.next):
            line.addWidget(part)
        layout.addLayout(line)
        window.installEventFilter(self)

    def go(self, number: int) -> None:
        """Go to a stop; beyond the last one the tour ends."""
        if number >= len(STOPS):
            self.end()
            return
        self.at = max(0, number)
        stop = STOPS[self.at]
        self.title.setText(stop.title)
        self.words.setText(stop.words)
        self._count.setText(_("{at} of {number}").format(at=self.at + 1, number=len(STOPS)))
        self.back.setEnabled(self.at > 0)
        self.next.setText(_("&Done") if self.at == len(STOPS) - 1 else _("Ne&xt"))
        self.picture.show_drawing(stop.picture)
        # Some have nothing to show before there is a run: the drawing has to do.
        if self._rail.is_open(stop.key):
            self._show_page(stop.key)
        self._rail.point_at(stop.key)
        self.show()
        self.raise_()
        self._place()
        self.next.setFocus(Qt.FocusReason.OtherFocusReason)
        self.setAccessibleDescription(stop.words)
        announce(self, f"{stop.title}. {stop.words}")

    def end(self) -> None:
        """Go away, back to where it began; it comes back only when it is asked for."""
        self._settings.has_seen_tour = True
        if self.is_on_its_page and self._rail.is_open(self._began_on):
            self._show_page(self._began_on)
        self._rail.point_at("")
        self.window().removeEventFilter(self)
        self.hide()
        self.deleteLater()

    @property
    def is_on_its_page(self) -> bool:
        """Whether nobody went elsewhere meanwhile."""
        key = STOPS[self.at].key
        return self._rail.shown == key or not self._rail.is_open(key)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay beside the step when the window changes its size."""
        if event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows go back and on, Enter uses the button in focus, Esc ends."""
        if event.key() == Qt.Key.Key_Escape:
            self.end()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            focused = self.focusWidget()
            if isinstance(focused, QPushButton):
                focused.click()
        elif event.key() in (Qt.Key.Key_Right, Qt.Key.Key_Down):
            self.go(self.at + 1)
        elif event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Up):
            self.go(self.at - 1)
        else:
            super().keyPressEvent(event)

    def _place(self) -> None:
        """In the lower corner, where pages have least, above the buttons, below any title."""
        inside = self.layout()
        assert inside is not None
        inside.activate()
        buttons = inside.minimumSize().width()
        self.setFixedWidth(max(theme().line_height * _LINES_WIDE, buttons))
        self.adjustSize()
        window, gap = self.window(), theme().space(4)
        frames = [each for each in window.findChildren(QFrame) if each.isVisible()]
        feet = [each for each in frames if each.property("role") == "footer"]
        heads = [each for each in window.findChildren(PageHead) if each.isVisible()]
        floor = min([each.mapTo(window, QPoint(0, 0)).y() for each in feet] + [window.height()])
        below = [each.mapTo(window, QPoint(0, each.height())).y() + gap for each in heads]
        lowest = window.height() - self.height() - gap
        high = min(max([floor - self.height() - gap, gap, *below]), max(gap, lowest))
        self.move(max(gap, window.width() - self.width() - gap), high)


def start_tour(
    window: QWidget, settings: Settings, show_page: Callable[[str], object]
) -> Tour | None:
    """Begin the tour, from its beginning if it is under way; None where there is no rail."""
    rail = window.findChild(Rail)
    if not isinstance(rail, Rail):
        return None
    for under_way in window.findChildren(Tour):
        if under_way.isVisible():
            under_way.go(0)
            return under_way
    tour = Tour(window, rail, settings, show_page)
    tour.go(0)
    return tour
