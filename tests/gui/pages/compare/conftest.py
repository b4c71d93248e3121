"""A tiny comparison, finished, and the page that shows it."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from core.planning.comparison import compared_recipe
from core.run.folder import RunFolder
from gui.pages.compare.page import ComparePage
from gui.state.session import Session
from gui.state.watcher import RunWatcher
from tests.helpers.trainers import finished
from tests.helpers.worlds import World, tiny_recipe

Opened = Callable[[RunFolder], ComparePage]


@pytest.fixture(scope="session")
def compared(world: World, tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """Two arms with two seeds, from start to end."""
    recipe = compared_recipe(tiny_recipe(world, finetune__steps=4), ["base", "l2sp"], 2)
    run = RunFolder.create(tmp_path_factory.mktemp("compared") / "run", recipe)
    return finished(run, world.cache)


@pytest.fixture
def comparison(compared: RunFolder, tmp_path: Path) -> RunFolder:
    """A copy of it, to be damaged."""
    shutil.copytree(compared.path, tmp_path / "runs" / "comparison")
    return RunFolder(tmp_path / "runs" / "comparison")


@pytest.fixture
def page(session: Session, watcher: RunWatcher, qtbot: QtBot) -> Iterator[ComparePage]:
    """The page alone, shown."""
    made = ComparePage(session, watcher)
    qtbot.addWidget(made)
    made.resize(1100, 700)
    made.show()
    yield made
    made.shut_down()


@pytest.fixture
def opened(page: ComparePage, session: Session, watcher: RunWatcher, qtbot: QtBot) -> Opened:
    """Opens a run in it, as the window does."""

    def opens(run: RunFolder) -> ComparePage:
        session.open_run(run.path)
        watcher.watch(session.run)
        page.on_shown()
        qtbot.waitUntil(lambda: not page.is_busy)
        return page

    return opens
