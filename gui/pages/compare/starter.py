"""Starts comparisons, goes on with them, and gives them more seeds."""

import shutil

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from core.errors import RunError
from core.figures.sweep import share_stages
from core.planning.comparison import with_more_seeds
from core.recipe import Recipe
from core.run.folder import RunFolder
from gui.outcome.background import Background
from gui.running.starting import may_start
from gui.state.session import Session
from gui.state.watcher import RunWatcher


class ComparisonStarter(QObject):
    """Signals: `changed` when it is at work on something else, `failed` with what and action."""

    changed = Signal()
    failed = Signal(str, str)

    def __init__(self, session: Session, watcher: RunWatcher, page: QWidget) -> None:
        super().__init__(page)
        self._session, self._watcher, self._page = session, watcher, page
        self._copying = Background(self)
        self.source = ""

    @property
    def is_busy(self) -> bool:
        """Whether what the run `source` has trained is being copied."""
        return bool(self.source)

    def start(self, run: RunFolder, asked: Recipe, earlier: RunFolder | None) -> None:
        """Make a run folder, take over what another run has trained already, and begin.

        Args:
            run: What to make.
            asked: Its recipe.
            earlier: A run with stages that this one would do in just the same way.
        """
        if not may_start(self._page, self._session.settings, run.path):
            return
        try:
            run.path.parent.mkdir(parents=True, exist_ok=True)
            made = RunFolder.create(run.path, asked)
        except RunError as error:
            self._tell(error)
            return
        except OSError as error:
            self._tell(RunError("run-not-writable", path=run.path, reason=error.strerror))
            return
        if earlier is None:
            self._begin(made)
            return
        self.source = earlier.path.name
        self.changed.emit()
        self._copying.do(
            "copy",
            lambda: share_stages(earlier, made),
            lambda _: self._begin(made),
            lambda error: self._on_not_copied(made, error),
        )

    def go_on(self) -> None:
        """Train the open run."""
        run = self._session.run
        if run is not None and may_start(self._page, self._session.settings, run.path):
            self._watcher.start()

    def add_seeds(self, number: int) -> None:
        """Train the open comparison until it has so many seeds per arm."""
        run = self._session.run
        if run is None or not may_start(self._page, self._session.settings, run.path):
            return
        try:
            with_more_seeds(run, number)
        except RunError as error:
            self._tell(error)
            return
        self._begin(run)

    def shut_down(self) -> None:
        """Wait for nothing any more."""
        self._copying.shut_down()

    def _begin(self, run: RunFolder) -> None:
        self.source = ""
        findings = self._session.findings
        try:
            self._session.open_run(run.path)
        except RunError as error:
            self._tell(error)
            return
        # The data are those just scanned: opening the run must not scan them again.
        self._session.findings = findings
        if self._watcher.run is not self._session.run:
            self._watcher.watch(self._session.run)
        self._watcher.num_processes = 1  # several devices share the work by `runtime.devices`
        self._watcher.start()
        self.changed.emit()

    def _on_not_copied(self, run: RunFolder, error: RunError) -> None:
        self.source = ""
        # Only copies are in it.
        shutil.rmtree(run.path, ignore_errors=True)
        self._tell(error)
        self.changed.emit()

    def _tell(self, error: RunError) -> None:
        self.failed.emit(error.what, error.action)
