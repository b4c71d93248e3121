"""What is not foreseen: written down, shown in words, and never the end of a training."""

import faulthandler
import logging
import sys
import traceback
from types import TracebackType

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QPlainTextEdit, QWidget

from core.errors.signed_links import UnsignedFormatter, without_signatures
from core.language import _
from gui.state.own_log import log_file
from gui.theme import theme
from gui.widgets.basics import button, column, label, row

_log = logging.getLogger("redistill.window")


def catch_everything(window: QWidget) -> None:
    """From now on, what nobody caught is logged and shown; crashes in native code are logged."""
    file = log_file()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handler = logging.FileHandler(file, encoding="utf-8")
        handler.setFormatter(UnsignedFormatter("%(asctime)s %(levelname)s %(message)s"))
        _log.addHandler(handler)
        if handler.stream is not None:
            faulthandler.enable(handler.stream)
    except OSError:
        pass  # without a log the window works as well

    def on_exception(
        kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            window.close()
            return
        _log.error("unexpected error", exc_info=(kind, error, trace))
        details = without_signatures("".join(traceback.format_exception(kind, error, trace)))
        CrashDialog(window, details).open()

    sys.excepthook = on_exception


class CrashDialog(QDialog):
    """Says what happened and offers the details."""

    def __init__(self, parent: QWidget, details: str) -> None:
        super().__init__(parent)
        self.setWindowTitle("Redistill")
        layout = column(self, margin=4)
        layout.addWidget(label(_("Something unexpected happened in this window."), "title"))
        layout.addWidget(
            label(
                _(
                    "Training is not affected: it runs in its own process. You can keep working; "
                    "if the window behaves strangely, close it and start it again."
                )
            )
        )
        self.details = QPlainTextEdit(details)
        self.details.setReadOnly(True)
        self.details.setFont(theme().font(0.9, fixed=True))
        self.details.setAccessibleName(_("Details"))
        layout.addWidget(self.details, 1)
        line = row()
        line.addWidget(button(_("&Copy the details"), self._copy, icon_name="copy"))
        line.addStretch(1)
        line.addWidget(button(_("Cl&ose"), self.close, role="primary"))
        layout.addLayout(line)
        side = theme().line_height
        self.resize(side * 40, side * 24)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.details.toPlainText())
