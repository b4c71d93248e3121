"""A helper process and what it says, as Qt signals; `core.system.json_lines` is the other side."""

import json
from typing import Any

from PySide6.QtCore import QObject, QProcess, QProcessEnvironment, QTimer, Signal

from core.errors import RunError
from core.language import _, language
from core.language.again import again
from core.language.choice import ENGLISH, PSEUDO
from core.system.own_process import child_environment, module_command
from gui.processes.patience import PATIENCE_MS

_EVERY_MS = 50
_LAST = {"done", "failed", "stopped"}


class JsonProcess(QObject):
    """Runs one module at a time.

    Signals:
        said: A list of messages that arrived since the last one (at most twenty times a second).
        done: The last message of work that ended well.
        failed: A `RunError`'s id, what and action, however the process failed.
        ended: After any end, also after `stop`.
    """

    said = Signal(list)
    done = Signal(dict)
    failed = Signal(str, str, str)
    ended = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._process: QProcess | None = None
        self._rest = b""
        self._waiting: list[dict[str, Any]] = []
        self._last: dict[str, Any] | None = None
        self._stopping = False
        self._timer = QTimer(self, interval=_EVERY_MS, singleShot=True)
        self._timer.timeout.connect(self._hand_on)

    @property
    def is_busy(self) -> bool:
        """Whether a process is at work."""
        return self._process is not None

    def start(self, module: str, *arguments: str) -> None:
        """Run `python -m module arguments`; a process still at work is dropped."""
        self.abandon()
        self._rest, self._waiting, self._last, self._stopping = b"", [], None, False
        process = QProcess(self)
        environment = QProcessEnvironment()
        for name, value in child_environment().items():
            environment.insert(name, value)
        process.setProcessEnvironment(environment)
        process.readyReadStandardOutput.connect(self._on_output)
        # Not read, and never to fill up a pipe: the messages say what matters.
        process.setStandardErrorFile(QProcess.nullDevice())
        process.finished.connect(self._on_finished)
        process.errorOccurred.connect(self._on_error)
        self._process = process
        program, *rest = module_command(module, *arguments)
        process.start(program, rest)

    def write(self, line: str) -> None:
        """Send a line to a process that listens."""
        if self._process is not None:
            self._process.write(line.encode("utf-8") + b"\n")

    def stop(self) -> None:
        """Ask the process to end; it is killed when it does not."""
        process = self._process
        if process is None:
            return
        self._stopping = True
        process.closeWriteChannel()
        QTimer.singleShot(PATIENCE_MS, process, process.kill)

    def abandon(self) -> None:
        """Forget the process at once, without any further signal of it."""
        process, self._process = self._process, None
        self._timer.stop()
        if process is None:
            return
        process.blockSignals(True)
        process.closeWriteChannel()
        process.kill()
        process.waitForFinished(PATIENCE_MS)
        process.deleteLater()

    def _on_output(self) -> None:
        assert self._process is not None
        self._take(bytes(self._process.readAllStandardOutput().data()))
        if self._waiting and not self._timer.isActive():
            self._timer.start()

    def _take(self, data: bytes) -> None:
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            try:
                message = json.loads(line)
            except ValueError:
                continue
            if not isinstance(message, dict):
                continue
            if message.get("kind") == "progress":
                message["what"] = again(str(message.get("what", "")))
            if message.get("kind") in _LAST:
                self._last = message
            else:
                self._waiting.append(message)

    def _hand_on(self) -> None:
        waiting, self._waiting = self._waiting, []
        if waiting:
            self.said.emit(waiting)

    def _on_error(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart:
            self._end(_("it did not start"))

    def _on_finished(self, code: int, status: QProcess.ExitStatus) -> None:
        if self._process is not None:
            self._take(bytes(self._process.readAllStandardOutput().data()))
        crashed = status is QProcess.ExitStatus.CrashExit
        self._end(
            _("it was killed or crashed") if crashed else _("exit code {code}").format(code=code)
        )

    def _end(self, how: str) -> None:
        process, self._process = self._process, None
        self._timer.stop()
        self._hand_on()
        if process is not None:
            process.deleteLater()
        last = self._last or {}
        if last.get("kind") == "done":
            self.done.emit(last)
        elif last.get("kind") == "failed":
            self.failed.emit(str(last.get("error_id", "")), *words_of(last))
        elif last.get("kind") != "stopped" and not self._stopping:
            error = RunError("helper-died", how=how)
            self.failed.emit(error.id, error.what, error.action)
        self.ended.emit()


def words_of(message: dict[str, Any]) -> tuple[str, str]:
    """What a helper says is wrong, and what to do: in the window's language where it can be."""
    said = str(message.get("what", "")), str(message.get("action", ""))
    details = message.get("details")
    if language() == ENGLISH or not isinstance(details, dict):
        return said
    try:
        error = RunError(
            str(message.get("error_id")), **{name: _again(each) for name, each in details.items()}
        )
    except (LookupError, TypeError, ValueError):
        return said  # of another version
    return error.what, error.action


def _again(value: object) -> object:
    """What a value says; a single word is a name of the user's."""
    if not isinstance(value, str) or " " not in value or language() == PSEUDO:
        return value
    return again(value)
