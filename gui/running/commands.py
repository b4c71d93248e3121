"""What can be asked of a run: pause, stop, discard, go on; what can't be now says why."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QWidget

from core.language import _
from core.run.folder import RunState
from gui.state.watcher import RunWatcher
from gui.widgets.basics import button, column
from gui.widgets.plain import plain

_PAUSE = _(
    "Saves a checkpoint and frees memory and GPU; continue at any time, also after a restart."
)
_STOP = _("Ends the run and keeps the best encoder trained so far.")
_KEPT = _("Results where there are any, else the folder with the encoders trained so far.")
_DISCARD = _("Puts the run folder into the bin, after asking.")
_GO_ON = {
    RunState.NEW: (_("Start"), _("Starts training.")),
}
_FROM_HERE = _("Continue"), _("Goes on from the last checkpoint.")


class Commands(QWidget):
    """Signals: `go_on_asked`, `discard_asked`, `kept_asked`: the way to what a stopped run kept."""

    go_on_asked = Signal()
    kept_asked = Signal()
    discard_asked = Signal()

    def __init__(self, watcher: RunWatcher, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._watcher = watcher
        self.pause = button(_("&Pause"), watcher.pause, icon_name="pause")
        self.go_on = button(_("Continue"), self.go_on_asked.emit, icon_name="play")
        self.stop = button(_("&Stop and keep the best"), watcher.stop, icon_name="stop")
        self.discard = button(
            _("&Discard …"), self.discard_asked.emit, icon_name="trash", role="danger"
        )
        self.kept = button(
            _("Sho&w what was kept"), self.kept_asked.emit, icon_name="folder", tip=_KEPT
        )
        layout = column(self, gap=1)
        for made in (self.pause, self.go_on, self.stop, self.kept, self.discard):
            layout.addWidget(made)
        layout.addStretch(1)

    def refresh(self) -> None:
        """The state of the run is another one."""
        watcher = self._watcher
        training = watcher.is_training
        why = _("The run is not training.")
        if watcher.asked:
            why = _("It is being done: the step at hand is finished first.")
        elif watcher.is_starting:
            why = _("The trainer is starting.")
        can_ask = training and not watcher.asked and not watcher.is_starting
        _offer(self.pause, _PAUSE if can_ask else why, can_use=can_ask)
        _offer(self.stop, _STOP if can_ask else why, can_use=can_ask)
        self._show_one(training=training)
        status = watcher.status
        is_stopped = status is not None and status.state is RunState.STOPPED and not training
        self.kept.setVisible(is_stopped)
        is_finished = status is not None and status.state is RunState.FINISHED
        self.stop.setVisible(training or not (is_stopped or is_finished))
        gone = watcher.run is None
        self._refresh_go_on()
        tip = _("No run is open.") if gone else _("Pause it first.") if training else _DISCARD
        _offer(self.discard, tip, can_use=not training and not gone)

    def _show_one(self, *, training: bool) -> None:
        """Pause and Continue take turns; the keyboard stays where it is."""
        hidden, shown = (self.go_on, self.pause) if training else (self.pause, self.go_on)
        status = self._watcher.status
        if status is not None and status.state is RunState.FINISHED and not training:
            # Nothing is left to do: no dead buttons.
            self.pause.hide()
            self.go_on.hide()
            return
        had_focus = hidden.hasFocus()
        shown.show()
        if had_focus:
            shown.setFocus()
        hidden.hide()

    def _refresh_go_on(self) -> None:
        status = self._watcher.status
        if status is None:
            _offer(self.go_on, _("The run can't be read."), can_use=False)
            return
        text, tip = _GO_ON.get(status.state, _FROM_HERE)
        self.go_on.setText(text)
        can_use = not self._watcher.is_training and status.state is not RunState.FINISHED
        _offer(self.go_on, tip, can_use=can_use)


def _offer(made: QPushButton, tip: str, *, can_use: bool) -> None:
    made.setEnabled(can_use)
    made.setToolTip(plain(tip))
    made.setAccessibleDescription(tip)
