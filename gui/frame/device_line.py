"""The device line at the foot of the rail: what trains, and why not the GPU."""

from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame, QWidget

from core.language import _
from core.language.again import again
from core.system import process_names
from gui.processes.json_process import JsonProcess
from gui.widgets.basics import column, label, set_role

# Finding out imports torch; the window comes first.
_AFTER_MS = 1500


class DeviceLine(QFrame):
    """Says on what this machine trains; asks a process of its own.

    Signals:
        chosen: What `auto` takes, by torch's name; sent before `found`.
        found: Its GPUs, as pairs of the name in a recipe and words.
    """

    chosen = Signal(str)
    found = Signal(list)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layout = column(self, margin=1, gap=0)
        self._device = label(_("Looking for a GPU …"), "muted")
        self._reason = label("", "muted")
        self._reason.hide()
        self._layout.addWidget(label(_("Trains on"), "heading"))
        self._layout.addWidget(self._device)
        self._layout.addWidget(self._reason)
        self._layout.addWidget(label(_("Nothing leaves this machine."), "muted"))
        self.setAccessibleName(_("Device"))
        self._process = JsonProcess(self)
        self._process.done.connect(self._on_done)
        self._process.failed.connect(self._on_failed)
        self._later = QTimer(self, interval=_AFTER_MS, singleShot=True)
        self._later.timeout.connect(self._look)
        self._later.start()

    def shut_down(self) -> None:
        """End the process."""
        self._later.stop()
        self._process.abandon()

    def _look(self) -> None:
        self._process.start(process_names.DEVICE)

    def _on_done(self, message: dict[str, Any]) -> None:
        self._device.setText(again(str(message.get("device", ""))))
        reason = again(str(message.get("reason", "")))
        gpus = message.get("gpus", [])
        self.chosen.emit(str(message.get("chosen", "")))
        self.found.emit([(str(device), str(name)) for device, name in gpus])
        self._reason.setText(reason)
        self._reason.setVisible(bool(reason))
        is_fine = message.get("has_gpu") or message.get("is_expected")
        set_role(self._device, "" if is_fine else "warn")

    def _on_failed(self, error_id: str, what: str, action: str) -> None:
        del error_id
        self._device.setText(_("unknown"))
        self._reason.setText(f"{what} {action}")
        self._reason.show()
