"""`Save a report`: log, recipe and environment of the open run in one file, nothing of the data."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QWidget

from core.doctor.problem_report import write_problem_report
from core.errors import RunError
from core.language import _
from core.run.folder import RunFolder
from gui.state.own_log import log_file
from gui.widgets import dialogs


def save_report(
    parent: QWidget, run: RunFolder | None, tell: Callable[[str, str, str], None]
) -> None:
    """Ask where, write the report there, and say so by `tell`: tone, what, action."""
    target = dialogs.choose_new_file(
        parent, _("Save a report"), _("Zip files (*.zip)"), Path.home() / "redistill-report.zip"
    )
    if target is None:
        return
    try:
        write_problem_report(target, run, [log_file()])
    except RunError as error:
        tell("bad", error.what, error.action)
        return
    tell(
        "ok",
        _("The report is in {target}.").format(target=target),
        _("It contains no examples and no names of files."),
    )
