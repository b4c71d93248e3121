"""Where the window writes down what goes wrong in it."""

from pathlib import Path

from PySide6.QtCore import QStandardPaths


def log_file() -> Path:
    """The window's own log."""
    where = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppLocalDataLocation)
    return Path(where or ".") / "window-log.txt"
