"""Push a finished export to the hub; the token is handed to a process and kept nowhere."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QFrame,
    QLineEdit,
    QProgressBar,
    QWidget,
)

from core.language import _
from core.system import process_names
from gui.processes.json_process import JsonProcess
from gui.widgets.basics import button, column, label, row, set_role
from gui.widgets.plain import plain

_WORDS = _(
    "Makes the repository if it is new, and shows all files at once. The token is not kept: it is "
    "asked for every time, or taken from the variable HF_TOKEN."
)


class PushPanel(QFrame):
    """Which export goes where.

    Signals:
        pushed: The address of the repository.
        failed: What, action.
    """

    pushed = Signal(str)
    failed = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.setAccessibleName(_("Push to the hub"))
        self._process = JsonProcess(self)
        self._process.said.connect(self._on_said)
        self._process.done.connect(self._on_done)
        self._process.failed.connect(self._on_failed)
        self._process.ended.connect(self._on_ended)
        self._build()
        self.show_exports({})

    @property
    def is_busy(self) -> bool:
        """Whether something is pushed now."""
        return self._process.is_busy

    def show_exports(self, folders: Mapping[str, Path]) -> None:
        """Offer these finished exports: folders by title."""
        offered = [
            (self.which.itemText(i), self.which.itemData(i)) for i in range(self.which.count())
        ]
        wanted = [(title, str(folder)) for title, folder in folders.items()]
        if offered != wanted:
            chosen = self.which.currentData()
            self.which.clear()
            for title, folder in wanted:
                self.which.addItem(title, folder)
            self.which.setCurrentIndex(max(0, self.which.findData(chosen)) if wanted else -1)
        for field in (self.which, self.repo, self.token, self.private, self.replace):
            field.setEnabled(bool(wanted))
        self._show_possible()

    def push(self) -> None:
        """Push what is chosen."""
        if self._why_not():
            return
        flags = [*(["--private"] if self.private.isChecked() else [])]
        flags += ["--force"] if self.replace.isChecked() else []
        folder, repo = str(self.which.currentData()), self.repo.text().strip()
        self._process.start(process_names.PUSH, folder, repo, *flags)
        # Through the pipe: a command line can be read by other programs.
        self._process.write(self.token.text().strip())
        self.token.clear()
        self._say("", "")
        self._busy.show()
        self._on_said([{"what": _("Starting"), "done": 0, "total": 0}])
        self._show_possible()

    def stop(self) -> None:
        """Give it up: nothing of it becomes visible."""
        self._process.stop()

    def shut_down(self) -> None:
        """End at once."""
        self._process.abandon()
        self._on_ended()

    def _build(self) -> None:
        layout = column(self, margin=3, gap=1)
        layout.addWidget(label(_("Push to the hub"), "heading"))
        layout.addWidget(label(_WORDS, "muted"))
        form = QFormLayout()
        self.which = QComboBox()
        self.which.setPlaceholderText(_("Nothing is exported yet"))
        self.repo, self.token = QLineEdit(), QLineEdit()
        self.repo.setPlaceholderText(_("owner/name"))
        self.token.setPlaceholderText(_("a token with the right to write"))
        self.token.setEchoMode(QLineEdit.EchoMode.Password)
        self.token.setInputMethodHints(
            Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhNoPredictiveText
        )
        self.private = QCheckBox(_("Pri&vate, if it is new"))
        self.replace = QCheckBox(_("Repla&ce files of the same name there"))
        for words, name, field in (
            (_("E&xport"), _("Export to push"), self.which),
            (_("&Repository"), _("Repository on the hub"), self.repo),
            (_("&Token"), _("Token of the hub"), self.token),
            ("", _("Make a private repository"), self.private),
            ("", _("Replace files of the same name in the repository"), self.replace),
        ):
            field.setAccessibleName(name)
            form.addRow(words, field)
        self.repo.textChanged.connect(self._show_possible)
        self.token.returnPressed.connect(self.push)
        layout.addLayout(form)
        line = row()
        self._outcome = label("")
        self.start = button(_("&Push"), self.push, icon_name="export")
        line.addWidget(self._outcome, 1)
        line.addWidget(self.start)
        layout.addLayout(line)
        layout.addWidget(self._busy_line())

    def _busy_line(self) -> QWidget:
        self._busy = QWidget()
        line = row(self._busy)
        self._words = label("", wrap=False)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(_("Progress of the push"))
        self.cancel = button(_("Cancel"), self.stop, icon_name="close")
        self.cancel.setAccessibleName(_("Cancel the push"))
        line.addWidget(self._words)
        line.addWidget(self._bar, 1)
        line.addWidget(self.cancel)
        self._busy.hide()
        return self._busy

    def _why_not(self) -> str:
        if self.is_busy:
            return _("Something is pushed already.")
        if not self.which.count():
            return _("There is no export yet: export a format first.")
        return "" if self.repo.text().strip() else _("The repository has no name yet.")

    def _show_possible(self) -> None:
        why_not = self._why_not()
        self.start.setEnabled(not why_not)
        self.start.setToolTip(plain(why_not))
        self.start.setAccessibleDescription(why_not)

    def _say(self, words: str, role: str) -> None:
        self._outcome.setText(words)
        set_role(self._outcome, role)

    def _on_said(self, messages: list[dict[str, Any]]) -> None:
        last = messages[-1]
        self._words.setText(str(last.get("what", "")))
        # Thousands: a bar counts no further than 2 GiB.
        total = int(last["total"])
        self._bar.setRange(0, 1000 if total else 0)
        self._bar.setValue(1000 * int(last["done"]) // total if total else 0)

    def _on_done(self, message: dict[str, Any]) -> None:
        address = str(message.get("address", ""))
        self._say(_("Pushed to {address}.").format(address=address), "ok")
        self.pushed.emit(address)

    def _on_failed(self, _: str, what: str, action: str) -> None:
        self._say(f"{what} {action}", "bad")
        self.failed.emit(what, action)

    def _on_ended(self) -> None:
        self._busy.hide()
        self._show_possible()
