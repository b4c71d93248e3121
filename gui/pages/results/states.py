"""Instead of results: why there are none (yet), and what to do."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from core.errors import RunError
from core.language import _
from core.run.folder import RunState
from gui.widgets.basics import button, column, row
from gui.widgets.empty_state import EmptyState

_WORDS = {
    RunState.NEW: (
        _("The run has not started yet."),
        _("Start it; results come when it is finished."),
    ),
    RunState.RUNNING: (_("The run is training."), _("Results come when it is finished.")),
    RunState.PAUSED: (_("The run is paused."), _("Continue it; results come when it is finished.")),
    RunState.STOPPED: (
        _("The run was stopped before it compared anything."),
        _("What it learned until then can be looked at and exported; continue it for results."),
    ),
    RunState.FAILED: (
        _("The run ended with an error."),
        _("The Train page says which, and what to do."),
    ),
    RunState.INTERRUPTED: (
        _("The run was interrupted."),
        _("Continue it from its last checkpoint; results come when it is finished."),
    ),
}
_NONE = _("The run has no results."), _("Look again.")


class NoResults(QWidget):
    """Signals: `go_to_training` and `look_again`."""

    go_to_training = Signal()
    look_again = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # So that a screen reader meets the words, and focus waits here for results.
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        layout = column(self, gap=3)
        self.training = button(_("Go to &training"), self.go_to_training.emit, icon_name="train")
        self.again = button(_("&Look again"), self.look_again.emit, icon_name="redo")
        self.state = EmptyState("answer", "", self.training)
        layout.addWidget(self.state, 1)
        line = row()
        line.addStretch(1)
        line.addWidget(self.again)
        line.addStretch(1)
        layout.addLayout(line)

    def show_state(self, state: RunState | None) -> None:
        """The run is fine, but has no results."""
        what, action = _("No run is open."), _("Open one on the Runs page, or begin a new one.")
        if state is not None:
            what, action = _WORDS.get(state, _NONE)
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
        self._show(_("Reading the results …"), "")
        self.training.hide()
        self.again.hide()

    @property
    def words(self) -> str:
        """All that is said."""
        return self.state.accessibleName()

    def _show(self, what: str, action: str) -> None:
        self.state.say(what, action)
        self.setAccessibleName(self.words)
