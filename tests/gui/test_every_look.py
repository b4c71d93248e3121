"""Every page, with what a real run shows, in every look and size: nothing cut, lost or pale.

The same pseudo-localised: what is longer than English is not cut either.
"""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QTabWidget,
    QWidget,
)
from pytestqt.qtbot import QtBot

from core.language import language
from core.language.choice import ENGLISH, PSEUDO
from core.run.folder import RunFolder
from gui.frame.low_screen import least_height
from gui.frame.window import MainWindow
from gui.theme import Look, theme
from tests.gui.test_accessible import PAGES
from tests.helpers.environment import LANGUAGE
from tests.helpers.seen import faults, pale
from tests.helpers.trainers import ROOT
from tests.helpers.worlds import World

# In device-independent pixels: a laptop, a full HD screen at 200 %, a 4K screen at 100 %.
SIZES = {"laptop": (1366, 768), "hd at 200 %": (960, 540), "4k": (3840, 2160)}
# Of height, without scrolling: any laptop; 1080 lines at 200 %, in so few words as English takes.
_ROOM = {"laptop": 600} | ({"hd at 200 %": 540} if language() == ENGLISH else {})
LOOKS = (Look.LIGHT, Look.DARK, Look.HIGH_CONTRAST)


@pytest.fixture
def full_window(
    window: MainWindow, world: World, undisturbed: RunFolder, qtbot: QtBot, monkeypatch
) -> Iterator[MainWindow]:
    """A window with data, a plan and a finished run."""
    monkeypatch.setenv("REDISTILL_CACHE", str(world.cache))
    window.open_run(undisturbed.path)
    window.show_page("data")
    qtbot.waitUntil(lambda: window.session.findings is not None, timeout=60_000)
    yield window
    theme().apply(Look.SYSTEM)


def places(window: MainWindow, qtbot: QtBot) -> Iterator[str]:
    """Go to every page and every tab of it."""
    for key in PAGES:
        window.show_page(key)
        qtbot.wait(200)  # pages fill themselves from threads; there is no one signal for all
        yield key
        for tabs in window.page(key).findChildren(QTabWidget):
            for index in range(1, tabs.count()):
                if tabs.isTabVisible(index):
                    tabs.setCurrentIndex(index)
                    qtbot.wait(100)
                    yield f"{key}, {tabs.tabText(index).replace('&', '')}"


def settle(window: MainWindow) -> None:
    """Lay out anew: some layouts need to know their width first."""
    for _ in range(6):
        QCoreApplication.sendPostedEvents()
        QCoreApplication.processEvents()


def height_of(window: MainWindow) -> int:
    """What the page in front needs, with all that is around it: below that it scrolls."""
    view = window.stack.parentWidget().parentWidget()
    around = window.height() - view.height()
    return around + least_height(window.stack)


def walk(
    window: MainWindow, qtbot: QtBot, sizes: dict[str, tuple[int, int]], texts: list[int]
) -> list[str]:
    """What is wrong on any page at these sizes of the window and of its text."""
    found = []
    for percent in texts:
        theme().resize_text(percent)
        for place in places(window, qtbot):
            for name, size in sizes.items():
                window.resize(*size)
                settle(window)
                where = f"{place}, {name}, text {percent} %: "
                if (window.width(), window.height()) != size:
                    found.append(f"{where}{window.size().toTuple()}")
                found += [where + each for each in faults(window)]
                if percent == 100 and height_of(window) > _ROOM.get(name, 10_000):
                    found.append(f"{where}needs {height_of(window)} px of height")
    return found


def test_that_nothing_is_cut_or_lost_on_a_laptop(full_window: MainWindow, qtbot: QtBot) -> None:
    found = walk(full_window, qtbot, {"laptop": SIZES["laptop"]}, [100])
    assert not found, "\n".join(found)


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_that_nothing_is_cut_or_lost_at_any_size(full_window: MainWindow, qtbot: QtBot) -> None:
    found = walk(full_window, qtbot, SIZES, [100, 80, 125, 150, 200])
    assert not found, "\n".join(found)


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_that_no_text_is_pale_in_any_look(full_window: MainWindow, qtbot: QtBot) -> None:
    full_window.resize(*SIZES["laptop"])
    found = []
    for place in places(full_window, qtbot):
        for look in LOOKS:
            theme().apply(look)
            settle(full_window)
            found += [f"{place}, {look}: {each}" for each in pale(full_window)]
    assert not found, "\n".join(found)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_that_longer_words_are_neither_cut_nor_pale_at_any_size_in_any_look(
    undisturbed: RunFolder,
) -> None:
    """The tests above pass pseudo-localised: in a process that talks so from its start."""
    assert undisturbed.path.exists()  # made here, for both processes
    asked = ("-n", "0", "-q", "-m", "slow or not slow", "-p", "no:cacheprovider")
    tests = (
        test_that_nothing_is_cut_or_lost_on_a_laptop,
        test_that_nothing_is_cut_or_lost_at_any_size,
        test_that_no_text_is_pale_in_any_look,
    )
    names = [f"{__file__}::{each.__name__}" for each in tests]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *asked, *names],
        cwd=ROOT,
        env={**os.environ, LANGUAGE: PSEUDO},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert f"{len(tests)} passed" in done.stdout


def test_that_what_is_wrong_is_found(qtbot: QtBot) -> None:
    """The walk has to fail where something is broken."""
    theme().apply(Look.LIGHT)
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(400, 200)
    line = QHBoxLayout(window)
    good = QPushButton("Good")
    line.addWidget(good)
    window.show()
    settle(window)  # type: ignore[arg-type]
    assert faults(window) == []
    assert pale(window) == []
    cut = QLabel("Many words that do not fit into so little room", window)
    cut.setGeometry(10, 0, 40, 20)
    lost = QPushButton("Lost", window)
    lost.setGeometry(380, 170, 80, 30)
    above = QPushButton("Above", window)
    above.setGeometry(good.geometry())
    faint = QLabel("Faint", window)
    faint.setGeometry(100, 0, 60, 20)
    palette = faint.palette()
    palette.setColor(faint.foregroundRole(), theme().colour("line"))
    faint.setPalette(palette)
    for each in (cut, lost, above, faint):
        each.show()
    settle(window)  # type: ignore[arg-type]
    told = "\n".join(faults(window))
    assert "Many words" in told
    assert "“Lost” out of reach" in told
    assert "“Good” overlaps" in told
    assert "“Faint” contrast" in "\n".join(pale(window))
    theme().apply(Look.SYSTEM)
