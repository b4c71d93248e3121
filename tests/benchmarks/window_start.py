"""How long until the first window can be seen, beside the bare libraries.

    uv run python -m tests.benchmarks.window_start

Needs a display, or QT_QPA_PLATFORM=offscreen. The two take turns; each start is a new process from
a warm cache. Ends in one line of JSON.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

_WINDOW = """
import os, sys, time
from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication
class FirstPaint(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint and watched.isWidgetType() and watched.isWindow():
            app.removeEventFilter(self)
            print(time.time() - float(os.environ["STARTED"]), flush=True)
            QTimer.singleShot(0, app.quit)
        return False
app = QApplication([sys.argv[0]])
first = FirstPaint()
app.installEventFilter(first)
from gui.program.app import main
main([])
"""
_BARE = """
import os, time
import pyqtgraph
from PySide6.QtWidgets import QApplication
app = QApplication([])
print(time.time() - float(os.environ["STARTED"]), flush=True)
"""


def start(code: str, folder: Path) -> float:
    """Seconds from before the process exists until it says it is there."""
    environment = {
        **os.environ,
        "STARTED": repr(time.time()),
        "REDISTILL_SETTINGS": str(folder / "window.ini"),
        "HOME": str(folder),
    }
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    try:
        return float(done.stdout.split()[0])
    except (IndexError, ValueError):
        sys.exit(f"the window did not come up:\n{done.stderr}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Time to the first window.")
    parser.add_argument("--repeats", type=int, default=7)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        start(_WINDOW, folder), start(_BARE, folder)
        pairs = [(start(_WINDOW, folder), start(_BARE, folder)) for _ in range(asked.repeats)]
    window, bare = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    print(
        json.dumps(
            {
                "benchmark": "window_start",
                "first_window_s": median(window),
                "bare_libraries_s": median(bare),
                "first_windows_s": window,
                "repeats": asked.repeats,
                "cpus": os.cpu_count(),
                "python": sys.version.split()[0],
            }
        )
    )


if __name__ == "__main__":
    main()
