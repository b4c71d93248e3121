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
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from gui.frame.window import MainWindow
    from tests.helpers.worlds import World

Condition = Callable[[], bool]
# What is waited for, in words and as a question.
Story = Iterator[tuple[str, Condition]]
# As many as it took when the window was first tried by somebody who didn't know it.
MOST_CLICKS = 9
SCREEN = (1366, 768)
_PATIENCE_S = 600.0
_LOOK_MS = 100
# Between looking, moving and pressing.
_HAND_S = 0.3
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


class Newcomer:
    """Somebody in front of the screen: looks, points, presses, types.

    The story is told between the window's own events, by a timer, because a dialog holds up any
    other thread of Python. It yields what has to be so before it goes on.

    Args:
        window: What is looked at.
        world: Whose pictures are at hand.
        pictures: Where pictures of each step go.

    Attributes:
        clicks: What was pressed, in words.
        dialogs: How many were answered.
        problem: Why the story ended too early; empty when it did not.
    """

    def __init__(self, window: "MainWindow", world: "World", pictures: Path | None) -> None:
        from PySide6.QtCore import QTimer

        self.window, self.world, self.pictures = window, world, pictures
        self.clicks: list[str] = []
        self.dialogs = 0
        self.problem = ""
        self._story = self._told()
        self._wanted: tuple[str, Condition] = ("the start", lambda: True)
        self._end = time.monotonic() + _PATIENCE_S
        self._timer = QTimer(window, interval=_LOOK_MS)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    def _look(self) -> None:
        """Go on if what was waited for is so."""
        from PySide6.QtWidgets import QApplication

        what, is_so = self._wanted
        if not is_so():
            if time.monotonic() < self._end:
                return
            self.problem = f"waited for {what}"
        try:
            if not self.problem:
                self._wanted = next(self._story)
                self._end = time.monotonic() + _PATIENCE_S
                return
        except StopIteration:
            pass
        except Exception as error:  # noqa: BLE001  (Qt would print it, and the story seem told)
            self.problem = f"{type(error).__name__}: {error}"
        self._timer.stop()
        self._picture("end")
        QApplication.exit()

    def _told(self) -> Story:
        window = self.window
        yield from self._click(
            "My images", lambda: window.page("library").welcome.choices["images"]
        )
        yield "the Data page", lambda: window.shown.key == "data"
        for at, name in enumerate(_DATA):
            # The first button beside each zone takes a folder.
            browse = window.page("data").zones._browsers[2 * at][0]
            yield from self._click(f"Folder … ({name})", lambda made=browse: made)
            yield from self._answer(getattr(self.world, name))
            yield "the first look", lambda: bool(window.session.draft.data.unlabeled)
            yield "what was found", lambda: window.session.findings is not None
        yield "the labels", lambda: bool(window.session.draft.data.labeled)
        yield from self._primary("model")
        yield from self._primary("plan")
        self._shorten()
        for key in ("train", "results", "export"):
            yield from self._primary(key)
        page = window.page("export")
        yield from self._click("Export", lambda: page.cards[page.formats.whom.format].export)
        run = window.session.run
        assert run is not None
        yield "the export", lambda: bool(list(run.exports.glob("*/parity.json")))

    def _shorten(self) -> None:
        from tests.helpers.worlds import tiny_recipe

        recipe = tiny_recipe(self.world, distill__rounds=1)
        data = self.window.session.draft.data
        self.window.session.replace("Tiny", recipe.model_copy(update={"data": data}))

    def _primary(self, key: str) -> Story:
        """Wait until the button at the lower right can be pressed, and be on the next page."""
        window = self.window
        yield f"the way from {window.shown.key} to {key}", window.primary.isEnabled
        yield from self._click(window.primary.text().replace("&", ""), lambda: window.primary)
        yield f"the page {key}", lambda: window.shown.key == key

    def _click(self, what: str, find: "Callable[[], QWidget]") -> Story:
        """Point at something and press; it has to be wholly on the screen."""
        yield what, lambda: find().isVisible() and find().isEnabled()
        yield _a_moment()  # pages come in, and lay themselves out
        self._picture(what)
        left, top, right, bottom = _place(find())
        if left < 0 or top < 0 or right > SCREEN[0] or bottom > SCREEN[1]:
            raise LookupError(f"“{what}” is not on the screen")
        self.clicks.append(what)
        _xdotool("mousemove", str((left + right) // 2), str((top + bottom) // 2))
        yield _a_moment()
        _xdotool("click", "1")

    def _answer(self, folder: Path) -> Story:
        """Type a folder into the dialog that asks for one."""
        from PySide6.QtWidgets import QApplication, QFileDialog

        def is_asked() -> bool:
            return isinstance(QApplication.activeModalWidget(), QFileDialog)

        yield "a dialog", is_asked
        yield _a_moment()
        self.dialogs += 1
        _xdotool("type", "--delay", "5", str(folder))
        yield _a_moment()
        _xdotool("key", "Return")
        yield "the end of the dialog", lambda: not is_asked()

    def _picture(self, what: str) -> None:
        if self.pictures is not None:
            name = f"{len(self.clicks):02d}-{''.join(c for c in what if c.isalnum())}.png"
            self.window.grab().save(str(self.pictures / name))


def _a_moment() -> tuple[str, Condition]:
    """As a hand needs it: what is pointed at may change meanwhile."""
    end = time.monotonic() + _HAND_S
    return "a moment", lambda: time.monotonic() > end


def _place(widget: "QWidget") -> tuple[int, int, int, int]:
    """Left, top, right and bottom on the screen."""
    corner = widget.mapToGlobal(widget.rect().topLeft())
    return corner.x(), corner.y(), corner.x() + widget.width(), corner.y() + widget.height()


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
        app.exec()
        window.watcher.watch(None)
        window.close()
    found = {"clicks": len(newcomer.clicks), "dialogs": newcomer.dialogs}
    print(json.dumps({**found, "pressed": newcomer.clicks, "problem": newcomer.problem}))
    return int(bool(newcomer.problem) or len(newcomer.clicks) > MOST_CLICKS)


if __name__ == "__main__":
    sys.exit(main())
