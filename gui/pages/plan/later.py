"""Lets a run wait for its turn instead of starting it."""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QWidget

from core.errors import RunError
from core.language import _
from core.queue.items import RunQueue
from core.run.folder import RunFolder
from gui.running.destination import Destination
from gui.state.session import Session
from gui.widgets.basics import button, row
from gui.widgets.plain import plain

_WHAT = _("It waits in the list on the Runs page with the settings that it has now.")


class Later(QWidget):
    """A button beside the plan.

    Args:
        session: Whose draft it is.
        destination: Where the run will be.
        problem: Why no run can be made; empty when it can.

    Signals:
        notice: Tone, what, action.
        added: A run waits; its name is taken.
    """

    notice = Signal(str, str, str)
    added = Signal()

    def __init__(
        self,
        session: Session,
        destination: Destination,
        problem: Callable[[], str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._destination, self._problem = session, destination, problem
        self.button: QPushButton = button(
            _("Add to toni&ght's runs"), self._add, icon_name="clock", tip=_WHAT
        )
        line = row(self)
        line.addWidget(self.button)
        line.addStretch(1)

    def refresh(self) -> None:
        """Whether a run can be made may be another matter now."""
        problem = self._problem()
        self.button.setEnabled(not problem)
        self.button.setToolTip(plain(problem or _WHAT))
        self.button.setAccessibleDescription(problem or _WHAT)

    def _add(self) -> None:
        path = self._destination.path
        queue = RunQueue()
        try:
            # A list that can't be read is said before a run folder is made.
            queue.read()
            path.parent.mkdir(parents=True, exist_ok=True)
            run = RunFolder.create(path, self._session.draft)
            queue.add(run, self._session.num_processes)
        except RunError as error:
            self.notice.emit("bad", error.what, error.action)
            return
        except OSError as error:
            refused = RunError("run-not-writable", path=path, reason=error.strerror)
            self.notice.emit("bad", refused.what, refused.action)
            return
        words = _("The list is on the Runs page: begin it there, or with `redistill queue run`.")
        self.notice.emit("ok", _("{name} waits with tonight's runs.").format(name=path.name), words)
        self.added.emit()
