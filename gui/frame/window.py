"""The main window: rail, pages, one primary button, notices, menus."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAction, QCloseEvent, QGuiApplication, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QMainWindow, QPushButton, QStackedWidget, QWidget

from core.errors import RunError
from core.language import _
from gui.frame.closing import may_close
from gui.frame.device_line import DeviceLine
from gui.frame.explainer import Explainer
from gui.frame.footer import Footer
from gui.frame.low_screen import LowScreen
from gui.frame.menus import WindowActions, add_menus
from gui.frame.page_maker import PageMaker
from gui.frame.places import PLACES
from gui.frame.rail import Rail
from gui.frame.tour import start_tour
from gui.pages.page import Page, Step
from gui.state.session import Session
from gui.state.settings import Settings
from gui.state.watcher import RunWatcher
from gui.theme import theme
from gui.widgets.basics import column, row, set_role
from gui.widgets.fading import Entrance
from gui.widgets.notices import Notices

# In steps of the grid: below that width the rail has icons alone.
_ROOM_FOR_WORDS = 220
_STEPS_OF_A_RUN = {"train", "results", "export"}


class MainWindow(QMainWindow):
    """Holds the session; pages are made once, when needed, and live as long as the window.

    Signals:
        settled: All pages are made; what is there now stays until the end.
    """

    settled = Signal()

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self.settings = settings
        self.session = Session(settings, self)
        self.watcher = RunWatcher(self)
        # Before there are widgets: each look would style all of them anew.
        theme().resize_text(settings.text_size)
        theme().move(settings.motion)
        theme().apply(settings.look)
        self.setWindowTitle("Redistill")
        self.setAcceptDrops(True)
        self.rail = Rail()
        self.stack = QStackedWidget()
        self._entrance = Entrance(self.stack)
        self.notices = Notices()
        self.device_line = DeviceLine()
        self.pages: dict[str, Page] = {}
        # Many signals tell of one change: the frame is brought up to date once, after them.
        self._refreshing = QTimer(self, interval=0, singleShot=True)
        self._refreshing.timeout.connect(self._refresh_now)
        self._build()
        for number, place in enumerate(PLACES):
            self.rail.add(place, number)
        self.rail.finish(self.device_line)
        self.actions_of_menus: Sequence[QAction] = self._add_menus()
        Explainer(self)
        self._maker = PageMaker(self)
        self._connect()
        self._restore()
        self.show_page("library")

    def page(self, key: str) -> Page:
        """A page by its key; made now if it was not needed before."""
        if key not in self.pages:
            place = next(place for place in PLACES if place.key == key)
            self._add(place.make(self.session, self.watcher))
        return self.pages[key]

    @property
    def shown(self) -> Page:
        """The page in front."""
        page = self.stack.currentWidget()
        assert isinstance(page, Page)
        return page

    def show_page(self, place: str) -> None:
        """Bring a page to the front; a part of it where one is named: `results/use`."""
        key, _, part = place.partition("/")
        before = self.stack.currentWidget()
        page = self.page(key)
        if before is not page and isinstance(before, Page):
            before.on_hidden()
        self.stack.setCurrentWidget(page)
        self.rail.show_page(key)
        page.on_shown()
        if part:
            page.show_part(part)
        self._refresh_now()
        if before is not page:
            self._entrance.show_page(page)
        # Neither on Back nor on Next: the first control of the page.
        page.setFocus(Qt.FocusReason.OtherFocusReason)
        self.focusNextPrevChild(True)
        focused = self.focusWidget()
        if isinstance(focused, QPushButton) and focused.property("role") == "danger":
            self.focusNextPrevChild(True)  # Enter must not destroy anything

    def tell(self, tone: str, what: str, action: str = "") -> None:
        """Show a notice."""
        self.notices.tell(tone, what, action)

    def new_run(self) -> None:
        """Start a new draft."""
        self.session.begin()
        self.show_page("data")

    def open_run(self, path: Path) -> bool:
        """Open a run folder; says why when it can't be."""
        try:
            self.session.open_run(path)
        except RunError as error:
            self.tell("bad", error.what, error.action)
            return False
        self.show_page(self.session.page_of_run())
        return True

    def try_sample(self) -> None:
        """Make a run of the sample data and train it."""
        from gui.pages.library.page import LibraryPage

        library = self.page("library")
        assert isinstance(library, LibraryPage)
        library.try_sample()

    def start_tour(self) -> None:
        """Begin the tour, from its beginning if it is under way."""
        start_tour(self, self.settings, self.show_page)

    def _add_menus(self) -> Sequence[QAction]:
        actions = WindowActions(
            new_run=self.new_run,
            open_run=self.open_run,
            try_sample=self.try_sample,
            start_tour=self.start_tour,
            shown_page=lambda: self.shown.key,
            show_page=self._show_if_open,
            page=self.page,
            is_open=self.rail.is_open,
            tell=self.tell,
        )
        return add_menus(self, self.session, actions)

    def _show_if_open(self, key: str) -> None:
        if self.rail.is_open(key):
            self.show_page(key)

    def _build(self) -> None:
        self.footer = Footer()
        self.footer.back_asked.connect(self._go_back)
        self.footer.used.connect(self._use_primary)
        self.back, self.hint, self.primary = (
            self.footer.back,
            self.footer.hint,
            self.footer.primary,
        )
        middle = QWidget()
        inside = column(middle, gap=0)
        head = QWidget()
        around = row(head, margin=0)
        around.setContentsMargins(theme().space(4), theme().space(1), theme().space(4), 0)
        around.addWidget(self.notices)
        inside.addWidget(head)
        # On a low screen the page scrolls, and the buttons below it stay.
        inside.addWidget(LowScreen(self.stack, _("Page"), is_bendable=True), 1)
        inside.addWidget(self.footer)
        whole = QWidget()
        across = row(whole, gap=0)
        across.addWidget(LowScreen(self.rail, _("Steps and devices")))
        across.addWidget(middle, 1)
        self.setCentralWidget(whole)

    def _add(self, page: Page) -> None:
        self.pages[page.key] = page
        self.stack.addWidget(page)
        page.changed.connect(self._refresh)
        page.go_to.connect(self.show_page)
        page.notice.connect(self.tell)
        page.tour_wanted.connect(self.start_tour)

    def _make_next(self) -> None:
        for place in PLACES:
            if place.key not in self.pages:
                self.page(place.key)
                self._refresh()
                return
        self._maker.finish()
        self.settled.emit()

    def _make_all(self) -> None:
        """What happens to the session is seen by all pages: none may come late."""
        for place in PLACES:
            self.page(place.key)

    def _connect(self) -> None:
        self._maker.ready.connect(self._make_next)
        theme().changed.connect(self._fit_rail)
        self.session.used.connect(self.notices.clear_stale)
        self.session.used.connect(self._make_all)
        self.rail.chosen.connect(self.show_page)
        self.session.refused.connect(lambda what, action: self.tell("bad", what, action))
        self.session.run_changed.connect(self._on_run_changed)
        self.session.draft_changed.connect(self._refresh)
        self.watcher.status_changed.connect(lambda _: self._refresh())
        self.watcher.trouble.connect(self.tell)
        self.device_line.chosen.connect(self._on_device)
        self.device_line.found.connect(self._on_devices)

    def _on_run_changed(self) -> None:
        self.watcher.watch(self.session.run)
        name = f"{self.session.run.path.name} - " if self.session.run is not None else ""
        self.setWindowTitle(_("{name}Redistill").format(name=name))
        self._refresh()

    def _on_device(self, chosen: str) -> None:
        self.session.chosen_device = chosen

    def _on_devices(self, devices: list[tuple[str, str]]) -> None:
        self.session.devices = tuple(devices)

    def _refresh(self) -> None:
        self._refreshing.start()

    def _refresh_now(self) -> None:
        has_run = self.session.run is not None
        for place in PLACES:
            enabled = has_run or place.key not in _STEPS_OF_A_RUN
            page = self.pages.get(place.key) if enabled else None
            step = page.step() if page is not None else Step.OPEN
            self.rail.show_step(place.key, step, is_enabled=enabled)
        page = self.shown
        self.footer.show_primary(page.primary())
        self.back.setVisible(page.key != PLACES[0].key)
        set_role(self.footer, "footer")

    def _use_primary(self) -> None:
        self.shown.on_primary()

    def _go_back(self) -> None:
        keys = [place.key for place in PLACES]
        at = keys.index(self.shown.key)
        # Never to a page that needs a run when there is none.
        before = [key for key in keys[:at] if self.rail.is_open(key)]
        self.show_page(before[-1] if before else keys[0])

    def _restore(self) -> None:
        if not self.restoreGeometry(self.settings.geometry):
            room = QGuiApplication.primaryScreen().availableGeometry()
            line = theme().line_height
            self.resize(min(line * 72, room.width()), min(line * 46, room.height()))
        if self.settings.set_aside is not None:
            kept = _("The damaged one is kept at {set_aside}.").format(
                set_aside=self.settings.set_aside
            )
            what = _("The settings file was damaged and has been reset.")
            QTimer.singleShot(0, self, lambda: self.tell("warn", what, kept))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The rail gives way first."""
        super().resizeEvent(event)
        self._fit_rail()

    def _fit_rail(self) -> None:
        self.rail.show_narrow(self.width() < theme().space(_ROOM_FOR_WORDS))

    def paintEvent(self, event: QPaintEvent) -> None:
        """The window can be seen: now the other pages."""
        super().paintEvent(event)
        QTimer.singleShot(0, self._maker, self._maker.start)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask what becomes of a training run; nothing is lost in any case."""
        if not may_close(self, self.watcher):
            event.ignore()
            return
        self.settings.geometry = self.saveGeometry()
        self.settings.sync()
        self._maker.finish()
        for page in self.pages.values():
            page.shut_down()
        self.device_line.shut_down()
        self.watcher.watch(None)
        # While everything that they refer to is there: Qt and Python both delete what is left.
        self.session.undo.clear()
        event.accept()
