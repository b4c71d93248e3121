"""The start page: all runs, and three ways to begin one."""

from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QStackedWidget, QWidget

from core.errors import RunError
from core.language import _
from core.readers.summary import RunSummary
from core.recipe.modality import Modality
from core.run.folder import RunState
from gui.pages.library.banner import Banner
from gui.pages.library.card import RunCard
from gui.pages.library.changes import RunChanges
from gui.pages.library.head import FEW, RunsHead
from gui.pages.library.queue_list import QueueList
from gui.pages.library.reader import RunReader
from gui.pages.library.sample import SampleMaker, asked_modality
from gui.pages.library.shelf import Shelf
from gui.pages.library.tags import TagLine
from gui.pages.library.welcome import FewRuns, Welcome
from gui.pages.page import Page, Primary, Step
from gui.running.starting import may_start
from gui.state.known_runs import known_runs
from gui.state.session import Session
from gui.state.watcher import RunWatcher
from gui.widgets import dialogs
from gui.widgets.basics import column, scrolled
from gui.words.modality import any_examples
from gui.words.numbers import bytes_in_words

_LOOK_AGAIN_MS = 3000


class LibraryPage(Page):
    """Lists the runs that were opened before and those in the folder of runs."""

    key = "library"

    def __init__(
        self, session: Session, watcher: RunWatcher, parent: QWidget | None = None
    ) -> None:
        super().__init__(session, watcher, parent)
        self.reader = RunReader(self)
        self.reader.read.connect(self._on_read)
        self.reader.discarded.connect(self._on_discarded)
        self.banner = Banner()
        self.banner.wanted.connect(self.do)
        self.sample = SampleMaker()
        self.sample.made.connect(self._on_sample_made)
        self.sample.failed.connect(lambda what, action: self.notice.emit("bad", what, action))
        self.changes = RunChanges(session, self)
        self.changes.changed.connect(self._on_changed)
        self.changes.again.connect(lambda: self.go_to.emit("data"))
        self.changes.notice.connect(self.notice)
        self.queue = QueueList()
        self.queue.notice.connect(self.notice)
        self.queue.opened.connect(self._open)
        self.queue.done.connect(self.changes.keep)
        self.head, self.tags = RunsHead(), TagLine()
        self.search, self.order, self.shortcuts = (
            self.head.search,
            self.head.order,
            self.head.shortcuts,
        )
        self.shelf = Shelf()
        self.shelf.wanted.connect(self.do)
        self.reader.pictures.connect(self.shelf.show_pictures)
        self.welcome, self.few = Welcome(), FewRuns(self.shelf)
        for ways in (self.welcome, self.few.ways):
            ways.begun.connect(self.new_run)
            ways.sample_wanted.connect(self.try_sample)
        self.welcome.tour_wanted.connect(self.take_tour)
        self.welcome.open_wanted.connect(self.choose_run)
        self._again = QTimer(self, interval=_LOOK_AGAIN_MS)
        self._again.timeout.connect(self._look_at_running)
        self._build()
        self.refresh()

    def step(self) -> Step:
        """The list itself is never done."""
        return Step.BUSY if self.sample.is_busy else Step.OPEN

    def primary(self) -> Primary:
        """A new run can always be begun."""
        return Primary(
            _("&New run"),
            hint=_("Begins with your {any_examples}.").format(any_examples=any_examples()),
        )

    def on_primary(self) -> None:
        """Begin a new run."""
        self.new_run()

    def on_shown(self) -> None:
        """Look at all runs again."""
        self.refresh()
        self.queue.on_shown()
        self._again.start()

    def on_hidden(self) -> None:
        """Nobody looks: read nothing."""
        self._again.stop()
        self.queue.on_hidden()

    def shut_down(self) -> None:
        """End what works in the background."""
        self._again.stop()
        self.sample.shut_down()
        self.reader.shut_down()

    def refresh(self) -> None:
        """Find all runs and read them."""
        paths = known_runs(self._session.settings)
        self.shelf.show_paths(paths)
        for path in paths:
            self.reader.ask(path)
        self._show_what_fits(len(paths))

    def new_run(self, modality: Modality | None = None) -> None:
        """Start a new draft with its data; `modality` says what they will be."""
        self._session.begin(modality=modality)
        self.go_to.emit("data")

    def choose_run(self) -> None:
        """Open a run folder of the user's choice."""
        start = self._session.settings.runs_folder
        folder = dialogs.choose_folder(self, _("Open a run folder"), start)
        if folder is not None:
            self._open(folder)

    def try_sample(self, modality: Modality | None = None) -> None:
        """Make a run of the sample data, open it and train it; asks of which modality if None."""
        if self.sample.is_busy:
            return
        modality = modality or asked_modality(self)
        if modality is not None and may_start(self, self._session.settings, None):
            self.go_to.emit(self.key)
            self.sample.start(self._session.settings.runs_folder, modality)
            self.changed.emit()

    def take_tour(self) -> None:
        """Begin the tour; it is offered here once."""
        self.tour_wanted.emit()
        self.welcome.tour.hide()

    def do(self, verb: str, path: Path) -> None:
        """Do to a run what was asked for on its card or in the banner."""
        {
            "open": self._open,
            "continue": self._continue,
            "watch": self._watch,
            "later": self.queue.add,
            "again": self.changes.begin_again,
            "rename": self.changes.rename,
            "note": self.changes.write_note,
            "show": self.changes.show_in_folder,
            "remove": self.changes.take_off,
            "delete": self._delete,
        }[verb](path)

    def _build(self) -> None:
        whole = column(self, margin=4, gap=3)
        self.head.open_wanted.connect(self.choose_run)
        self.head.sample_wanted.connect(self.try_sample)
        self.search.textChanged.connect(self.shelf.filter_by)
        self.search.textChanged.connect(self.tags.show_search)
        self.tags.chosen.connect(self.search.setText)
        self.head.order.textActivated.connect(self.shelf.sort_by)
        whole.addWidget(self.head)
        whole.addWidget(self.sample)
        whole.addWidget(self.banner)
        whole.addWidget(self.queue)
        whole.addWidget(self.tags)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.welcome)
        self.area = scrolled(self.few, _("All runs"))
        self.stack.addWidget(self.area)
        self.shelf.focused.connect(self._bring_into_view)
        whole.addWidget(self.stack, 1)

    def _show_what_fits(self, num_runs: int) -> None:
        self.stack.setCurrentWidget(self.area if num_runs else self.welcome)
        self.welcome.tour.setVisible(not self._session.settings.has_seen_tour)
        self.head.show_what_fits(num_runs)
        self.few.show_ways(num_runs <= FEW)
        self._show_known()

    def _show_known(self) -> None:
        self.banner.offer(self.shelf.summaries)
        self.tags.show_runs(self.shelf.summaries)

    def _bring_into_view(self, card: RunCard) -> None:
        self.area.ensureWidgetVisible(card)

    def _on_read(self, summary: RunSummary) -> None:
        self.shelf.show_summary(summary)
        self._show_known()

    def _look_at_running(self) -> None:
        for summary in self.shelf.summaries:
            if summary.state is RunState.RUNNING or summary.path == self._open_path():
                self.reader.ask(summary.path)

    def _open_path(self) -> Path | None:
        return self._session.run.path if self._session.run is not None else None

    def _open(self, path: Path) -> None:
        if self._taken_up(path):
            self.go_to.emit(self._session.page_of_run())

    def _continue(self, path: Path) -> None:
        if may_start(self, self._session.settings, path):
            self._start(path)

    def _start(self, path: Path) -> None:
        if self._taken_up(path):
            self._watcher.start()
            self._show_training()

    def _watch(self, path: Path) -> None:
        if self._taken_up(path):
            self._show_training()

    def _show_training(self) -> None:
        page = self._session.page_of_run()
        self.go_to.emit(page if page == "compare" else "train")

    def _taken_up(self, path: Path) -> bool:
        """Open a run, unless it is open already; says why when it can't be."""
        if path == self._open_path():
            return True
        try:
            self._session.open_run(path)
        except RunError as error:
            self.notice.emit("bad", error.what, error.action)
            self.reader.ask(path)
            return False
        if self._watcher.run != self._session.run:
            self._watcher.watch(self._session.run)
        return True

    def _delete(self, path: Path) -> None:
        if self._is_training(path):
            what = _("Run {name} is training and can't be deleted now.").format(name=path.name)
            self.notice.emit("warn", what, _("Watch it and stop it first."))
            return
        card = self.shelf.card(path)
        size = bytes_in_words(card.summary.num_bytes) if card and card.summary else _("All of it")
        text = _(
            "{path}\n\n{size} with everything it learned are moved to the bin; where there is "
            "none, they are deleted for good. Data outside this folder stays where it is."
        ).format(path=path, size=size)
        answers = {"delete": _("&Delete"), "cancel": _("&Cancel")}
        if (
            dialogs.ask(
                self, _("Delete the run {name}?").format(name=path.name), text, answers, "cancel"
            )
            == "delete"
        ):
            if path == self._open_path():
                self._session.close_run()
            self.reader.discard(path)

    def _is_training(self, path: Path) -> bool:
        if path == self._open_path() and self._watcher.is_training:
            return True
        card = self.shelf.card(path)
        return bool(card and card.summary and card.summary.state is RunState.RUNNING)

    def _on_changed(self, path: Path) -> None:
        if path == self._open_path() and self._watcher.run != self._session.run:
            self._watcher.watch(self._session.run)
        self.refresh()

    def _on_discarded(self, path: Path, is_gone: bool) -> None:
        if is_gone:
            self._session.settings.forget_run(path)
            self.notice.emit("ok", _("Run {name} is deleted.").format(name=path.name), "")
        else:
            what = _("Run {name} could not be deleted completely.").format(name=path.name)
            self.notice.emit(
                "bad", what, _("Delete the remaining files yourself: {path}.").format(path=path)
            )
        self.refresh()

    def _on_sample_made(self, path: Path) -> None:
        self.changed.emit()
        self._start(path)


PAGE = LibraryPage
