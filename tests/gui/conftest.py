"""What the tests of the window share: no screen, settings of their own, a window per test."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject
from pytestqt.qtbot import QtBot

from core.recipe import Recipe
from core.run.folder import RunFolder
from gui.program.collector import Collector
from gui.state.session import Session
from gui.state.settings import Settings
from gui.state.watcher import RunWatcher
from gui.theme import Motion, Theme, theme
from tests.helpers.once import once
from tests.helpers.trainers import finished, start_fork_server

# Said by the offscreen platform about every window that is shown.
_SAID_OFFSCREEN = "propagateSizeHints"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let tests of the window fail on all warnings of Qt but that one."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.qt_log_ignore(_SAID_OFFSCREEN))


@pytest.fixture(autouse=True)
def closed_is_gone(qapp: QCoreApplication) -> Iterator[None]:
    """Delete the test's windows after it: thousands of dead widgets would slow the next ones."""
    yield
    theme().resize_text(100)
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture(autouse=True)
def own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees what another has set; `tests.helpers.environment` keeps out the user's."""
    monkeypatch.setenv("REDISTILL_SETTINGS", str(tmp_path / "settings" / "window.ini"))


@pytest.fixture(scope="session", autouse=True)
def themed(qapp: QObject) -> Theme:
    """As in the application: the bundled font is there before any widget measures its texts."""
    return theme()


@pytest.fixture(scope="session", autouse=True)
def collected_here(qapp: QObject) -> Collector:
    """As in the application: no Qt object is deleted by a worker thread."""
    return Collector(qapp)


@pytest.fixture
def settings(tmp_path: Path, qapp: object) -> Settings:
    """Fresh settings; runs go into the test's folder."""
    made = Settings(tmp_path / "settings" / "window.ini")
    made.runs_folder = tmp_path / "runs"
    made.motion = Motion.REDUCED
    return made


@pytest.fixture
def session(settings: Settings, qapp: object) -> Iterator[Session]:
    """A fresh session."""
    made = Session(settings)
    yield made
    # Left to the garbage collection, Qt would delete changes that Python has deleted.
    made.undo.clear()


@pytest.fixture
def watcher(qapp: object) -> Iterator[RunWatcher]:
    """A watcher that follows nothing after the test."""
    made = RunWatcher()
    yield made
    made.watch(None)


@pytest.fixture
def window(settings: Settings, qtbot: QtBot, warm: None) -> Iterator[object]:
    """The whole window, shown; closed after the test without questions.

    As it stands there it starts a process that imports torch, and others follow.
    """
    from gui.frame.window import MainWindow

    made = MainWindow(settings)
    qtbot.addWidget(made)
    made.show()
    yield made
    made.watcher.watch(None)
    made.close()


@pytest.fixture(scope="session")
def texts() -> Path:
    """`plain` texts, `labeled` tables and a `model`; never written to."""
    from tests.helpers.text_worlds import save_tiny_masked_lm, write_texts

    def make(folder: Path) -> Path:
        write_texts(folder)
        save_tiny_masked_lm(folder / "model")
        return folder

    start_fork_server()
    return once("texts-of-windows", make)


@pytest.fixture(scope="session")
def text_run(texts: Path) -> RunFolder:
    """A finished run on them."""
    few = {"steps": 4, "batch_size": 8, "lr": 1e-3}
    recipe = Recipe.model_validate(
        {
            "seed": 7,
            "data": {
                "kind": "text",
                "unlabeled": [str(texts / "plain")],
                "labeled": str(texts / "labeled"),
            },
            "model": {"name": str(texts / "model"), "max_length": 24},
            "pretrain": few,
            "distill": few,
            "finetune": {**few, "warmup_steps": 1},
            "probe": {"every": 0, "neighbours": 3},
            "runtime": {
                "device": "cpu",
                "precision": "float32",
                "threads": 1,
                "workers": 0,
                "offline": True,
            },
        }
    )

    def make(folder: Path) -> Path:
        return finished(RunFolder.create(folder / "run", recipe), folder / "cache").path

    return RunFolder(once("text-run-of-windows", make))
