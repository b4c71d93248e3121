"""A finished tiny run for the results page, and the page that shows it."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from core.run.folder import RunFolder
from gui.pages.results.page import ResultsPage
from gui.state.session import Session
from gui.state.watcher import RunWatcher

Opened = Callable[[RunFolder], ResultsPage]


@pytest.fixture
def run(undisturbed: RunFolder, tmp_path: Path) -> RunFolder:
    """A copy of the finished run, to be damaged or deleted."""
    shutil.copytree(undisturbed.path, tmp_path / "runs" / "finished")
    return RunFolder(tmp_path / "runs" / "finished")


def settled(page: ResultsPage) -> bool:
    """Whether nothing is being read."""
    is_shown = page.outcome is None or page.no_results.isHidden()
    return not page.is_busy and not page.curves.is_busy and is_shown


@pytest.fixture
def opened(session: Session, watcher: RunWatcher, qtbot: QtBot) -> Iterator[Opened]:
    """Opens a run and shows the page, with everything read."""
    pages: list[ResultsPage] = []

    def make(run: RunFolder) -> ResultsPage:
        page = ResultsPage(session, watcher)
        pages.append(page)
        qtbot.addWidget(page)
        page.resize(1100, 700)
        page.show()
        session.open_run(run.path)
        watcher.watch(session.run)
        page.on_shown()
        qtbot.waitUntil(lambda: settled(page))
        return page

    yield make
    for page in pages:
        page.shut_down()
