"""The parts of the selftest that need a window: its pages, a run that goes on, the instruments."""

import sys
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEventLoop
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QApplication

from core.data.label_table import read_table
from core.run.files import TO_LABEL
from core.run.folder import RunState
from gui.frame.palette import Palette
from gui.frame.places import PLACES
from gui.frame.window import MainWindow
from gui.pages.data.page import DataPage
from gui.pages.results.page import ResultsPage
from gui.program.selftest_calls import Failed
from gui.state.settings import Settings

_WAIT_MS = 50
# To label, of which one gets a label.
_CHOSEN = 2


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
    _wait(lambda: _has_ended(window), "the end of the run", patience_s)
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


def use_instruments(run: Path, patience_s: float) -> str:
    """On a finished run: label an example, classify a folder, see the map, look at every tab."""
    app = _app()
    window = MainWindow(Settings())
    window.show()
    try:
        if not window.open_run(run):
            raise Failed(f"the window did not open the run: {' '.join(window.notices.texts())}")
        data, results = window.page("data"), window.page("results")
        assert isinstance(data, DataPage)
        assert isinstance(results, ResultsPage)
        window.show_page(data.key)
        _wait(lambda: window.session.findings is not None, "the scan", patience_s)
        _label_one(data, patience_s)
        window.show_page(results.key)
        _wait(lambda: results.outcome is not None and not results.is_busy, "results", patience_s)
        number = _classify(results, run / "digits" / "labeled" / "test", patience_s)
        results.tabs.setCurrentWidget(results.map)
        _wait(lambda: results.map.facts is not None, "the map", patience_s)
        seen = 0
        for tabs in (data.tabs, results.tabs):
            window.show_page(data.key if tabs is data.tabs else results.key)
            for index in filter(tabs.isTabVisible, range(tabs.count())):
                tabs.setCurrentIndex(index)
                app.processEvents()
                if window.grab().isNull():
                    raise Failed(f"the tab {tabs.tabText(index)} can't be painted")
                seen += 1
    finally:
        window.close()
    waiting = sum(not row.label for row in read_table(run / TO_LABEL))
    if waiting != _CHOSEN - 1:
        raise Failed(f"of {_CHOSEN} examples one was labeled, but {waiting} wait for a label")
    return f"labeled an example, classified {number} images, painted {seen} tabs"


def _label_one(page: DataPage, patience_s: float) -> None:
    tab = page.tabs.to_label
    page.tabs.setCurrentWidget(tab)
    tab.count.setValue(_CHOSEN)
    tab.ask()
    _wait(tab.ask_button.isEnabled, "the choice", patience_s)
    if not tab.classes.count():
        raise Failed(f"there is nothing to label: {tab.words.text()}")
    tab.classes.itemActivated.emit(tab.classes.item(0))


def _classify(page: ResultsPage, folder: Path, patience_s: float) -> int:
    wanted = len(list(folder.rglob("*.png")))
    use = page.use_it
    page.tabs.setCurrentWidget(use)
    use.take([folder])
    _wait(lambda: use.rows.rowCount() == wanted, f"{wanted} predictions", patience_s)
    return wanted


def _wait(is_there: Callable[[], bool], what: str, patience_s: float) -> None:
    app, until = _app(), time.monotonic() + patience_s
    while not is_there():
        if time.monotonic() > until:
            raise Failed(f"{what} did not come within {patience_s:.0f} s")
        app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, _WAIT_MS)


def _has_ended(window: MainWindow) -> bool:
    watcher = window.watcher
    going = {RunState.RUNNING, RunState.NEW, RunState.INTERRUPTED}
    return not watcher.is_training and (watcher.status is None or watcher.status.state not in going)


def _app() -> QApplication:
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    return app
