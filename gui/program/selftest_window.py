"""The parts of the selftest that need a window: painting its pages, going on with a run in it."""

import sys
import time
from pathlib import Path

from PySide6.QtCore import QEventLoop
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QApplication

from core.run.folder import RunState
from gui.frame.palette import Palette
from gui.frame.places import PLACES
from gui.frame.window import MainWindow
from gui.program.selftest_calls import Failed
from gui.state.settings import Settings

_WAIT_MS = 50


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


def search_commands() -> str:
    """Open the command palette, and look for a page in it."""
    app = _app()
    window = MainWindow(Settings())
    window.show()
    keys = QKeySequence("Ctrl+K")
    next(each for each in window.actions_of_menus if each.shortcut() == keys).trigger()
    app.processEvents()
    found = window.findChildren(Palette)
    if not found:
        raise Failed("it does not open")
    number = len(found[0].shown)
    found[0].field.setText("export")
    app.processEvents()
    best = found[0].chosen
    if best is None or "export" not in best.title.lower():
        raise Failed(f"of {number} commands {best and best.title!r} is found for export")
    window.close()
    return f"{best.title} is found"


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
