"""A newcomer's story on a real X server: from the first start to a checked export, by real clicks.

    uv run python -m tests.newcomer [--pictures DIR]

Needs Linux with `xvfb-run` and `xdotool`. The server is one of its own, without a window manager,
as large as a laptop's screen. `xdotool` moves the pointer to where a button is on the screen and
presses it; nothing is clicked by Qt, and what lies above a button or beyond the screen takes the
click. Only the plan is not a newcomer's: a few steps with a tiny model, so that it takes a minute.
Ends in one line of JSON: the clicks, the dialogs, and where the pointer was pressed.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from gui.frame.window import MainWindow
    from tests.helpers.worlds import World

# As many as it took when the window was first tried by somebody who didn't know it.
MOST_CLICKS = 9
SCREEN = (1366, 768)
_PATIENCE_S = 600.0
_LOOK_S = 0.1
# Between moving and pressing, as a hand does: what is pointed at may change.
_HAND_S = 0.15
_DATA = ("unlabeled", "labeled")


def main() -> int:
    """Tell the story within a server of its own; the exit code says whether it is short enough."""
    parser = argparse.ArgumentParser(description="A newcomer's story, by real clicks.")
    parser.add_argument("--pictures", type=Path, help="Where pictures of each step go.")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.inside:
        return _told(asked.pictures)
    screen = f"-screen 0 {SCREEN[0]}x{SCREEN[1]}x24"
    command = ["xvfb-run", "-a", "-s", screen, sys.executable, "-m", "tests.newcomer", "--inside"]
    command += ["--pictures", str(asked.pictures)] if asked.pictures else []
    environment = {**os.environ, "QT_QPA_PLATFORM": "xcb"}
    return subprocess.run(command, env=environment, check=False).returncode


class Newcomer(threading.Thread):
    """Somebody in front of the screen: looks, points, presses, types.

    Args:
        window: What is looked at.
        world: Whose pictures are at hand.
        pictures: Where pictures of each step go.

    Attributes:
        clicks: What was pressed, in words.
        problem: Why the story ended too early; empty when it did not.
    """

    def __init__(self, window: "MainWindow", world: "World", pictures: Path | None) -> None:
        from PySide6.QtCore import QObject, Qt, Signal

        class Asking(QObject):
            asked = Signal(object)

        super().__init__(name="newcomer", daemon=True)
        self.window, self.world, self.pictures = window, world, pictures
        self.clicks: list[str] = []
        self.dialogs = 0
        self.problem = ""
        self._asking = Asking()
        self._asking.asked.connect(
            lambda question: question(), Qt.ConnectionType.BlockingQueuedConnection
        )

    def run(self) -> None:
        """The whole story; whatever happens, the window is closed after it."""
        from PySide6.QtWidgets import QApplication

        try:
            self._story()
        except TimeoutError as error:
            self.problem = str(error)
            self._picture("problem")
        finally:
            self.see(QApplication.exit)

    def _story(self) -> None:
        window = self.window
        self.click("My images", lambda: window.page("library").welcome.choices["images"])
        self.wait("the Data page", lambda: window.shown.key == "data")
        for at, name in enumerate(_DATA):
            # The first button beside each zone takes a folder.
            browse = [each[0] for each in self.see(lambda: window.page("data")._browsers[::2])]
            self.click(f"Folder … ({name})", lambda made=browse[at]: made)
            self.answer(getattr(self.world, name))
            self.wait(f"the {name} images", lambda: window.session.findings is not None)
        self.primary("model")
        self.primary("plan")
        self.see(self._shorten)
        self.primary("train")
        self.primary("results")
        self.primary("export")
        page = window.page("export")
        self.click("Export", lambda: page.cards[page.formats.whom.format].export)
        self.wait("the export", lambda: bool(list(self._exports().glob("*/parity.json"))))

    def _exports(self) -> Path:
        run = self.window.session.run
        assert run is not None
        return run.exports

    def _shorten(self) -> None:
        from tests.helpers.worlds import tiny_recipe

        recipe = tiny_recipe(self.world, distill__rounds=1)
        data = self.window.session.draft.data
        self.window.session.replace("Tiny", recipe.model_copy(update={"data": data}))

    def see(self, look: Callable[[], Any]) -> Any:
        """What a look at the window finds; made in its own thread."""
        found: list[Any] = []
        self._asking.asked.emit(lambda: found.append(look()))
        return found[0] if found else None

    def wait(self, what: str, condition: Callable[[], bool]) -> None:
        """Look until something is so."""
        end = time.monotonic() + _PATIENCE_S
        while not self.see(condition):
            if time.monotonic() > end:
                raise TimeoutError(f"waited for {what}")
            time.sleep(_LOOK_S)

    def primary(self, key: str) -> None:
        """Wait until the button at the lower right can be pressed, and be on the next page."""
        text = lambda: self.window.primary.text().replace("&", "")  # noqa: E731
        before = self.see(lambda: self.window.shown.key)
        self.wait(f"the way from {before} to {key}", self.window.primary.isEnabled)
        self.click(self.see(text), lambda: self.window.primary)
        self.wait(f"the page {key}", lambda: self.window.shown.key == key)

    def click(self, what: str, find: Callable[[], "QWidget"]) -> None:
        """Point at something and press; it has to be wholly on the screen."""
        self.wait(what, lambda: find().isVisible() and find().isEnabled())
        time.sleep(_HAND_S)  # pages come in, and lay themselves out
        self._picture(what)
        left, top, right, bottom = self.see(lambda: _place(find()))
        if left < 0 or top < 0 or right > SCREEN[0] or bottom > SCREEN[1]:
            raise TimeoutError(f"“{what}” is not on the screen")
        self.clicks.append(what)
        _press((left + right) // 2, (top + bottom) // 2)

    def answer(self, folder: Path) -> None:
        """Type a folder into the dialog that asks for one."""
        from PySide6.QtWidgets import QApplication, QFileDialog

        shown = lambda: isinstance(QApplication.activeModalWidget(), QFileDialog)  # noqa: E731
        self.wait("a dialog", shown)
        time.sleep(_HAND_S)
        self.dialogs += 1
        _xdotool("type", "--delay", "5", str(folder))
        _xdotool("key", "Return")
        self.wait("the end of the dialog", lambda: not shown())

    def _picture(self, what: str) -> None:
        if self.pictures is not None:
            name = f"{len(self.clicks):02d}-{''.join(c for c in what if c.isalnum())}.png"
            self.see(lambda: self.window.grab().save(str(self.pictures / name)))


def _place(widget: "QWidget") -> tuple[int, int, int, int]:
    """Left, top, right and bottom on the screen."""
    corner = widget.mapToGlobal(widget.rect().topLeft())
    return corner.x(), corner.y(), corner.x() + widget.width(), corner.y() + widget.height()


def _press(x: int, y: int) -> None:
    _xdotool("mousemove", str(x), str(y))
    time.sleep(_HAND_S)
    _xdotool("click", "1")


def _xdotool(*arguments: str) -> None:
    subprocess.run(["xdotool", *arguments], check=True, timeout=60)


def _told(pictures: Path | None) -> int:
    with tempfile.TemporaryDirectory(prefix="redistill-newcomer-") as folder:
        own = Path(folder)
        os.environ |= {
            "REDISTILL_SETTINGS": str(own / "window.ini"),
            "REDISTILL_CACHE": str(own / "cache"),
        }
        from PySide6.QtWidgets import QApplication

        from core.language.choice import ENGLISH
        from gui.program.talking import talk
        from tests.helpers.worlds import build_world

        app = QApplication(sys.argv[:1])
        talk(app, ENGLISH)
        from gui.frame.window import MainWindow
        from gui.state.settings import Settings
        from gui.theme import theme

        theme()
        settings = Settings()
        settings.runs_folder = own / "runs"
        world = build_world(own / "pictures")
        if pictures is not None:
            pictures.mkdir(parents=True, exist_ok=True)
        window = MainWindow(settings)
        window.setGeometry(0, 0, *SCREEN)
        window.show()
        newcomer = Newcomer(window, world, pictures)
        newcomer.start()
        app.exec()
        newcomer.join()
        window.watcher.watch(None)
        window.close()
    found = {"clicks": len(newcomer.clicks), "dialogs": newcomer.dialogs}
    print(json.dumps({**found, "pressed": newcomer.clicks, "problem": newcomer.problem}))
    return int(bool(newcomer.problem) or len(newcomer.clicks) > MOST_CLICKS)


if __name__ == "__main__":
    sys.exit(main())
