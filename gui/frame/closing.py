"""What becomes of a training run when the window closes."""

from PySide6.QtWidgets import QWidget

from core.run.folder import RunState
from gui.state.watcher import RunWatcher
from gui.widgets import dialogs


def may_close(window: QWidget, watcher: RunWatcher) -> bool:
    """Ask where a run trains, and do with it what was answered; whether to close."""

    def is_running() -> bool:
        return watcher.status is not None and watcher.status.state is RunState.RUNNING

    if not is_running():
        return True
    answer = dialogs.ask_on_close(window, is_running, watcher.status_changed)
    if answer == "stop":
        watcher.pause()
    return answer != "cancel"
