"""Takes a picture of every page with real content, in every look and at several sizes.

    uv run python -m tests.screenshots --out shots [--run RUN] [--labeled DIR] [--unlabeled DIR]
        [--comparison RUN]

Needs a display (or `xvfb-run -a`, or QT_QPA_PLATFORM=offscreen). Without --run it makes one with
`redistill demo`, without --text-run one with `redistill demo --text`; that takes minutes. Pictures
of the run on texts go into the folder `text`. Look at the pictures: that is what they are for.
`REDISTILL_LANGUAGE=de` has them in German.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gui.running.measuring import Measuring

# Width and height in device-independent pixels, and the scale of the screen.
SIZES = ((1366, 768, 1.0), (960, 540, 2.0), (3840, 2160, 1.0))
LOOKS = ("light", "dark", "high contrast")
_PATIENCE_MS = 300_000
_TEXT = "Solve a banded system of linear equations, assuming that the matrix is positive definite."


def main() -> int:
    """Take all pictures; one process per look and scale, because Qt sets its scale once."""
    parser = argparse.ArgumentParser(description="Pictures of every page.")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--run", type=Path)
    parser.add_argument("--text-run", type=Path, help="A run that `redistill demo --text` made.")
    parser.add_argument("--comparison", type=Path, help="A comparison to show on its page.")
    parser.add_argument("--unlabeled", type=Path)
    parser.add_argument("--labeled", type=Path)
    parser.add_argument("--looks", nargs="+", default=["light", "dark"], choices=LOOKS)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(range(len(SIZES))))
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    if asked.one:
        return shoot(asked)
    if asked.run is None:
        asked.run = asked.out / "run"
        if not (asked.run / "results.json").exists():
            command = [sys.executable, "-m", "core.cli.main", "demo", "--out", str(asked.run)]
            subprocess.run(command, check=True)
    of_texts = _of_texts(asked)
    for look in asked.looks:
        for size in asked.sizes:
            _shoot_in_a_process(asked, look, size)
            _shoot_in_a_process(of_texts, look, size)
    return 0


def _of_texts(asked: argparse.Namespace) -> argparse.Namespace:
    """The same pictures of a run on texts, made here if there is none."""
    out = asked.out / "text"
    run = asked.text_run or out / "run"
    if not (run / "results.json").exists():
        command = [sys.executable, "-m", "core.cli.main", "demo", "--text", "--out", str(run)]
        subprocess.run(command, check=True)
    texts = run / "docstrings"
    data = {"unlabeled": texts / "unlabeled.jsonl", "labeled": texts / "labeled"}
    return argparse.Namespace(**{**vars(asked), "comparison": None, "out": out, "run": run, **data})


def _shoot_in_a_process(asked: argparse.Namespace, look: str, size: int) -> None:
    command = [sys.executable, "-m", "tests.screenshots", "--out", str(asked.out)]
    command += ["--run", str(asked.run), "--one", look, str(size)]
    for name in ("unlabeled", "labeled", "comparison"):
        if getattr(asked, name):
            command += [f"--{name}", str(getattr(asked, name))]
    scale = str(SIZES[size][2])
    subprocess.run(command, check=True, env={**os.environ, "QT_SCALE_FACTOR": scale})


def shoot(asked: argparse.Namespace) -> int:
    """All pages in one look at one size."""
    look, size = asked.one[0], int(asked.one[1])
    width, height, scale = SIZES[size]
    name = f"{look.replace(' ', '-')}-{width}x{height}" + (f"@{scale:g}x" if scale != 1 else "")
    with tempfile.TemporaryDirectory() as folder:
        own = Path(folder)
        os.environ["REDISTILL_SETTINGS"] = str(own / "window.ini")
        run = own / "runs" / asked.run.name
        run.parent.mkdir()
        shutil.copytree(asked.run, run, ignore=shutil.ignore_patterns("digits", "checkpoint*"))
        _Shooter(asked, run, asked.out / name, (width, height), look).walk()
    return 0


class _Shooter:
    def __init__(
        self, asked: argparse.Namespace, run: Path, prefix: Path, size: tuple[int, int], look: str
    ) -> None:
        from PySide6.QtWidgets import QApplication

        from core.language.choice import ENGLISH
        from gui.program.talking import talk

        self.app = QApplication(sys.argv[:1])
        talk(self.app, ENGLISH)
        # Only now: their words are translated where they stand.
        from gui.frame.window import MainWindow
        from gui.state.settings import Settings
        from gui.theme import Look, theme
        from gui.theme.theme import Motion

        self.asked, self.run, self.prefix = asked, run, prefix
        settings = Settings()
        settings.runs_folder = run.parent
        settings.look = Look(look)
        # No picture of a page that is half faded in.
        settings.motion = Motion.REDUCED
        theme().move(settings.motion)
        self.window = MainWindow(settings)
        self.window.resize(*size)
        self.window.show()

    def walk(self) -> None:
        """Go the whole way and take a picture of each page."""
        window = self.window
        self.greet()
        shelf = self.window.page("library").shelf  # type: ignore[attr-defined]
        self.until(lambda: len(shelf.summaries) == len(list(self.run.parent.iterdir())))
        self.settle(2000)
        self.take("1-library")
        window.new_run()
        self.settle(200)
        self.take("2-data-empty")
        page = window.page("data")
        if self.asked.unlabeled:
            page.add([self.asked.unlabeled], False)  # type: ignore[attr-defined]
            self.until(lambda: window.session.findings is not None)
        if self.asked.labeled:
            page.add([self.asked.labeled], True)  # type: ignore[attr-defined]
            self.until(lambda: bool(window.session.draft.data.labeled))
            self.until(lambda: window.session.findings is not None)
        self.settle(1500)
        tabs = page.tabs  # type: ignore[attr-defined]
        for index in [n for n in range(tabs.count()) if tabs.isTabVisible(n)]:
            tabs.setCurrentIndex(index)
            self.settle(600)
            self.take(f"2-data-{index}")
        for key in ("model", "plan"):
            window.show_page(key)
            self.settle(1500)
            if key == "plan":
                self.take_measuring("4-plan", window.page("plan")._measuring)  # type: ignore[attr-defined]
            self.take(f"{3 if key == 'model' else 4}-{key}")
        window.open_run(self.run)
        for number, key in ((5, "train"), (6, "results"), (8, "export")):
            window.show_page(key)
            self.settle(2500)
            self.take(f"{number}-{key}")
            self.take_tabs(key, number)
            if key == "results" and window.session.modality.shown_as == "text":
                self.try_text()
        self.walk_comparison()
        self.window.close()

    def greet(self) -> None:
        """What a first start shows, and the tour half-way."""
        from gui.frame.tour import start_tour

        runs, self.window.settings.runs_folder = self.run.parent, self.run.parent / "none"
        library = self.window.page("library")
        library.refresh()  # type: ignore[attr-defined]
        self.settle(500)
        self.take("0-welcome")
        tour = start_tour(self.window, self.window.settings, self.window.show_page)
        assert tour is not None
        tour.go(3)
        self.settle(300)
        self.take("0-tour")
        tour.end()
        self.window.settings.runs_folder = runs
        library.refresh()  # type: ignore[attr-defined]

    def try_text(self) -> None:
        """A text that is classified."""
        page = self.window.page("results")
        page.tabs.setCurrentWidget(page.try_it)  # type: ignore[attr-defined]
        page.try_it.text_zone.setPlainText(_TEXT)  # type: ignore[attr-defined]
        page.try_it.text_zone.say()  # type: ignore[attr-defined]
        self.until(lambda: all(each.is_answered for each in page.try_it.tried))  # type: ignore[attr-defined]
        self.settle(300)
        self.take("6-results-tried")

    def walk_comparison(self) -> None:
        """A comparison that is planned, and one that is there."""
        window = self.window
        page = window.page("compare")
        window.show_page("compare")
        self.settle(1000)
        self.take_measuring("7-compare", page.setup.costs.measuring)  # type: ignore[attr-defined]
        self.take("7-compare")
        if self.asked.comparison is None:
            return
        copy = self.run.parent / self.asked.comparison.name
        shutil.copytree(self.asked.comparison, copy)
        window.open_run(copy)
        self.until(lambda: not page.is_busy)  # type: ignore[attr-defined]
        self.settle(1000)
        self.take("7-compare-board")
        from PySide6.QtWidgets import QScrollArea

        area = page.board.findChild(QScrollArea)  # type: ignore[attr-defined]
        area.verticalScrollBar().setValue(area.verticalScrollBar().maximum())
        self.settle(300)
        self.take("7-compare-board-below")

    def take_measuring(self, name: str, measuring: "Measuring") -> None:
        """While the machine is measured, if it is; then wait for its end."""
        if measuring.is_busy:
            self.take(f"{name}-measuring")
        self.until(lambda: not measuring.is_busy)
        self.settle(500)

    def take_tabs(self, key: str, number: int) -> None:
        """Every tab of a page."""
        from PySide6.QtWidgets import QTabWidget

        for tabs in self.window.page(key).findChildren(QTabWidget):
            for index in [at for at in range(1, tabs.count()) if tabs.isTabVisible(at)]:
                tabs.setCurrentIndex(index)
                self.settle(2000)
                self.take(f"{number}-{key}-{index}")

    def take(self, name: str) -> None:
        """Save a picture."""
        self.window.grab().save(f"{self.prefix}-{name}.png")

    def settle(self, milliseconds: int) -> None:
        """Let the window work for a while."""
        from PySide6.QtCore import QEventLoop, QTimer

        loop = QEventLoop()
        QTimer.singleShot(milliseconds, loop.quit)
        loop.exec()

    def until(self, condition: Callable[[], bool]) -> None:
        """Let the window work until something is so."""
        waited = 0
        while not condition():
            self.settle(100)
            waited += 100
            if waited > _PATIENCE_MS:
                raise TimeoutError


if __name__ == "__main__":
    sys.exit(main())
