"""Instead of results: why there are none (yet), and what to do."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from core.errors import RunError
from core.run.folder import RunState
from gui.widgets.basics import button, column, row
from gui.widgets.empty_state import EmptyState

_WORDS = {
    RunState.NEW: ("The run has not started yet.", "Start it; results come when it is finished."),
    RunState.RUNNING: ("The run is training.", "Results come when it is finished."),
    RunState.PAUSED: ("The run is paused.", "Continue it; results come when it is finished."),
    RunState.STOPPED: (
        "The run was stopped before it compared anything.",
        "What it learned until then can be looked at and exported; continue it for results.",
    ),
    RunState.FAILED: ("The run ended with an error.", "The Train page says which, and what to do."),
    RunState.INTERRUPTED: (
        "The run was interrupted.",
        "Continue it from its last checkpoint; results come when it is finished.",
    ),
}


class NoResults(QWidget):
    """Signals: `go_to_training` and `look_again`."""

    go_to_training = Signal()
    look_again = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # So that a screen reader meets the words, and focus waits here for results.
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        layout = column(self, gap=3)
        self.training = button("Go to &training", self.go_to_training.emit, icon_name="train")
        self.again = button("&Look again", self.look_again.emit, icon_name="redo")
        self.state = EmptyState("answer", "", self.training)
        layout.addWidget(self.state, 1)
        line = row()
        line.addStretch(1)
        line.addWidget(self.again)
        line.addStretch(1)
        layout.addLayout(line)

    def show_state(self, state: RunState | None) -> None:
        """The run is fine, but has no results."""
        what, action = "No run is open.", "Open one on the Runs page, or begin a new one."
        if state is not None:
            what, action = _WORDS.get(state, ("The run has no results.", "Look again."))
        self._show(what, action)
        self.training.setVisible(state is not None)
        self.again.hide()

    def show_error(self, error: RunError) -> None:
        """The run is not fine."""
        self._show(error.what, error.action)
        self.training.hide()
        self.again.show()

    def show_reading(self) -> None:
        """It takes a moment."""
        self._show("Reading the results …", "")
        self.training.hide()
        self.again.hide()

    @property
    def words(self) -> str:
        """All that is said."""
        return self.state.accessibleName()

    def _show(self, what: str, action: str) -> None:
        self.state.say(what, action)
        self.setAccessibleName(self.words)
