"""The parts of the selftest that need a window: painting its pages, going on with a run in it."""

import sys
import time
from pathlib import Path

from PySide6.QtCore import QEventLoop
from PySide6.QtWidgets import QApplication

from core.run.folder import RunState
from gui.frame.places import PLACES
from gui.frame.window import MainWindow
from gui.state.settings import Settings

_WAIT_MS = 50


class Failed(Exception):  # noqa: N818  (what a part says, not an error of this program)
    """A part does not work; says how."""


def paint_pages() -> str:
    """Show and paint every page of an empty window."""
    app = _app()
    window = MainWindow(Settings())
    window.show()
    for place in PLACES:
        window.show_page(place.key)
        app.processEvents()
        if window.grab().isNull():
            raise Failed(f"the page {place.title} can't be painted")
    window.close()
    torch = [name for name in ("torch", "transformers") if name in sys.modules]
    if torch:
        raise Failed(f"the window imported {', '.join(torch)}")
    return f"{len(PLACES)} pages were painted"


def continue_in_window(run: Path, patience_s: float) -> str:
    """Open a run, press "Continue training", wait for its end, look at what came out."""
    app = _app()
    window = MainWindow(Settings())
    window.show()
    if not window.open_run(run):
        raise Failed(f"the window did not open the run: {' '.join(window.notices.texts())}")
    window.show_page("train")
    if not window.primary.isEnabled():
        raise Failed(f"the button {window.primary.text()!r} can't be pressed")
    window.primary.click()
    until = time.monotonic() + patience_s
    while not _has_ended(window):
        if time.monotonic() > until:
            raise Failed(f"the run did not end within {patience_s:.0f} s")
        app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, _WAIT_MS)
    status = window.watcher.status
    if status is None or status.state is not RunState.FINISHED:
        raise Failed(f"the run is {status.state if status else 'gone'}: {status and status.text}")
    for place in ("results", "export"):
        window.show_page(place)
        app.processEvents()
        if window.grab().isNull():
            raise Failed(f"the page {place} can't be painted")
    steps = len(window.watcher.history)
    window.close()
    return f"the window drew {steps} steps of its trainer"


def _has_ended(window: MainWindow) -> bool:
    watcher = window.watcher
    going = {RunState.RUNNING, RunState.NEW, RunState.INTERRUPTED}
    return not watcher.is_training and (watcher.status is None or watcher.status.state not in going)


def _app() -> QApplication:
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    return app
