"""What a card offers beside opening: another name, notes, its folder, a new run made of it."""

from pathlib import Path

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from core.errors import RunError
from core.run.folder import RunFolder
from core.run.notes import read_notes, write_notes
from core.run.rename import rename_run
from gui.state.session import Session
from gui.widgets import dialogs


class RunChanges(QObject):
    """Asks, and changes what was asked for.

    Signals:
        changed: The path of a run that is another one now; of a renamed one the new path.
        again: A draft like a run was begun.
        notice: Tone, what, action.
    """

    changed = Signal(object)
    again = Signal()
    notice = Signal(str, str, str)

    def __init__(self, session: Session, page: QWidget) -> None:
        super().__init__(page)
        self._session, self._page = session, page

    def rename(self, path: Path) -> None:
        """Ask for another name and give it."""
        name = dialogs.ask_line(self._page, f"Rename {path.name}", "New name:", path.name)
        if name is None or name.strip() in ("", path.name):
            return
        is_open = self._session.run is not None and self._session.run.path == path
        is_listed = path in self._session.settings.runs
        try:
            renamed = rename_run(RunFolder.open(path), name)
        except RunError as error:
            self._tell(error)
            return
        settings = self._session.settings
        settings.forget_run(path)
        if is_listed:
            settings.remember_run(renamed.path)
        if is_open:
            self._session.open_run(renamed.path)
        self.changed.emit(renamed.path)

    def write_note(self, path: Path) -> None:
        """Ask for notes and keep them."""
        before = read_notes(path)
        text = dialogs.ask_text(self._page, f"Note about {path.name}", "Note:", before)
        if text is None or text.strip() == before:
            return
        try:
            write_notes(path, text)
        except OSError as error:
            reason = error.strerror or str(error)
            self._tell(RunError("run-not-writable", path=path, reason=reason))
            return
        self.changed.emit(path)

    def begin_again(self, path: Path) -> None:
        """Begin a draft with the recipe of a run, to be changed and started under another name."""
        try:
            recipe = RunFolder.open(path).recipe()
        except RunError as error:
            self._tell(error)
            return
        self._session.begin(recipe)
        self.again.emit()

    def show_in_folder(self, path: Path) -> None:
        """Open the folder of a run in the system's file manager."""
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))):
            self.notice.emit("info", "No file manager could be opened.", f"The run is in {path}.")

    def _tell(self, error: RunError) -> None:
        self.notice.emit("bad", error.what, error.action)
