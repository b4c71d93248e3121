"""Asks before a second run trains on the same machine: both would be slow, or run out of memory."""

from pathlib import Path

from PySide6.QtWidgets import QWidget

from core.errors import RunError
from core.language import _
from core.run.folder import RunFolder, RunState
from gui.state.known_runs import known_runs
from gui.state.settings import Settings
from gui.widgets import dialogs


def may_start(parent: QWidget, settings: Settings, run: Path | None) -> bool:
    """Whether a run may be started: no other one trains here, or the user wants both."""
    others = [path.name for path in known_runs(settings) if path != run and _trains(path)]
    if not others:
        return True
    answer = dialogs.ask(
        parent,
        _("{others} is training on this machine.").format(others=others[0]),
        _(
            "Two runs at once share memory and processor: both take longer, and memory may run "
            "out. A run can be paused on its Train page and continued at any time."
        ),
        {"start": _("&Start this one too"), "cancel": _("&Cancel")},
        "cancel",
    )
    return answer == "start"


def _trains(path: Path) -> bool:
    try:
        return RunFolder.open(path).status().state is RunState.RUNNING
    except RunError:
        return False
