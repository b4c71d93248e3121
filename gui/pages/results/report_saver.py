"""The button that saves everything about a run as one page to read and to print."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from core.language import _
from core.system import process_names
from gui.processes.json_process import JsonProcess
from gui.widgets.basics import button, row
from gui.widgets.dialogs import choose_new_file
from gui.widgets.opening import open_outside

_TEXT = _("Save repor&t …")


class ReportSaver(QWidget):
    """Asks for a file, and writes it in a process of its own.

    Signals:
        notice: How it ended: tone, what, action.
    """

    notice = Signal(str, str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._run: Path | None = None
        self._process = JsonProcess(self)
        self._process.done.connect(lambda message: self._on_done(Path(message["file"])))
        self._process.failed.connect(lambda _, what, action: self.notice.emit("bad", what, action))
        self._process.ended.connect(self._on_ended)
        tip = _(
            "One HTML file with everything about this run; it needs no network and prints well."
        )
        self.button = button(_TEXT, self._ask, tip=tip)
        row(self).addWidget(self.button)

    @property
    def is_busy(self) -> bool:
        """Whether it writes now."""
        return self._process.is_busy

    def show_run(self, run: Path) -> None:
        """Of this run a report can be had."""
        self._run = run

    def shut_down(self) -> None:
        """Write no more; what was begun is not there."""
        self._process.abandon()

    def _ask(self) -> None:
        run = self._run
        if run is None:
            return
        start = Path.home() / f"{run.name}-report.html"
        file = choose_new_file(self, _("Save the report"), _("Web page (*.html)"), start)
        if file is None:
            return
        if not file.suffix:
            file = file.with_suffix(".html")
        self.button.setEnabled(False)
        self.button.setText(_("Writing …"))
        self._process.start(process_names.REPORT, str(run), str(file))

    def _on_done(self, file: Path) -> None:
        self.notice.emit("ok", _("The report is in {file}.").format(file=file), "")
        open_outside(self, file)

    def _on_ended(self) -> None:
        self.button.setEnabled(True)
        self.button.setText(_TEXT)
