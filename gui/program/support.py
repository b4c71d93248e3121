"""`Save a report`: log, recipe and environment of the open run in one file, nothing of the data."""

from pathlib import Path
from typing import TYPE_CHECKING

from core.doctor.problem_report import write_problem_report
from core.errors import RunError
from gui.program.crash import log_file
from gui.widgets import dialogs

if TYPE_CHECKING:
    from gui.frame.window import MainWindow


def save_report(window: "MainWindow") -> None:
    """Ask where, and write the report there."""
    target = dialogs.choose_new_file(
        window, "Save a report", "Zip files (*.zip)", Path.home() / "redistill-report.zip"
    )
    if target is None:
        return
    try:
        write_problem_report(target, window.session.run, [log_file()])
    except RunError as error:
        window.tell("bad", error.what, error.action)
        return
    window.tell(
        "ok", f"The report is in {target}.", "It holds no images, no texts and no names of files."
    )
