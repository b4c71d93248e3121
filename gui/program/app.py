"""Starts the application: settings, look, window, and what happens when something breaks."""

import gc
import multiprocessing
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from core.version import __version__
from gui.program.collector import Collector
from gui.program.streams import never_without_streams
from gui.program.talking import talk
from gui.state.settings import Settings
from gui.theme import icon, theme
from gui.theme.screen_text import text_size_on

if TYPE_CHECKING:
    from gui.frame.window import MainWindow

# Python looks at signals only when it runs.
_SIGNALS_MS = 250


def main(arguments: list[str] | None = None) -> int:
    """Open the window; an argument names a run folder to open. Returns the exit code."""
    multiprocessing.freeze_support()
    arguments = sys.argv[1:] if arguments is None else arguments
    never_without_streams()
    app = QApplication.instance() or QApplication([sys.argv[0]])
    assert isinstance(app, QApplication)
    app.setApplicationName("Redistill")
    app.setApplicationDisplayName("Redistill")
    app.setApplicationVersion(__version__)
    app.setDesktopFileName("redistill")
    theme()
    app.setWindowIcon(icon("redistill"))
    settings = Settings()
    screen = app.primaryScreen()
    settings.usual_text_size = text_size_on(screen.size().height(), screen.physicalDotsPerInch())
    talk(app, settings.language)
    # Only now: their words are translated where they stand.
    from gui.frame.window import MainWindow
    from gui.processes.warm import WarmProcesses
    from gui.program.crash import catch_everything

    window = MainWindow(settings)
    catch_everything(window)
    Collector(window)
    # What is there after the start stays until the end: no collection has to look at it again.
    # It would hold up the window, by a tenth of a second for the pages alone.
    gc.freeze()
    window.settled.connect(gc.freeze)
    _listen_to_signals(window)
    window.show()
    warm = WarmProcesses(window)
    runs = [Path(text) for text in arguments if not text.startswith("-")]
    if runs:
        QTimer.singleShot(0, window, lambda: window.open_run(runs[0]))
    code = int(app.exec())
    warm.stop()
    return code


def _listen_to_signals(window: "MainWindow") -> None:
    """Ctrl-C in the terminal closes the window as its button does; a log-out asks nothing."""
    signal.signal(signal.SIGINT, lambda *_: window.close())
    signal.signal(signal.SIGTERM, lambda *_: QApplication.exit())
    timer = QTimer(window, interval=_SIGNALS_MS)
    timer.timeout.connect(lambda: None)
    timer.start()


if __name__ == "__main__":
    sys.exit(main())
