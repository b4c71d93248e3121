"""What a card offers beside opening: another name, notes, its folder, a new run made of it.

Names, notes and the lists of runs can be undone, as long as no other draft is begun.
"""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QUndoCommand
from PySide6.QtWidgets import QWidget

from core.errors import RunError
from core.language import _
from core.run.folder import RunFolder
from core.run.notes import read_notes, write_notes
from core.run.rename import rename_run
from gui.state.known_runs import put_back, take_off
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
        name = dialogs.ask_line(
            self._page, _("Rename {name}").format(name=path.name), _("New name:"), path.name
        )
        if name is None or name.strip() in ("", path.name):
            return
        renamed = self._give_name(path, name)
        if renamed is not None:
            self.keep(
                _("Rename {name}").format(name=path.name),
                lambda: self._give_name(path, renamed.name),
                lambda: self._give_name(renamed, path.name),
            )

    def write_note(self, path: Path) -> None:
        """Ask for notes and keep them."""
        before = read_notes(path)
        title = _("Note about {name}").format(name=path.name)
        asked = _("Note (a word behind a # is a tag):")
        text = dialogs.ask_text(self._page, title, asked, before)
        if text is None or text.strip() == before or not self._note(path, text):
            return
        self.keep(
            _("Note about {name}").format(name=path.name),
            lambda: self._note(path, text),
            lambda: self._note(path, before),
        )

    def take_off(self, path: Path) -> None:
        """Show a run no more; its files stay."""
        settings = self._session.settings
        was_opened = path in settings.runs

        def off() -> None:
            take_off(settings, path)
            self.changed.emit(path)

        def back() -> None:
            put_back(settings, path, was_opened=was_opened)
            self.changed.emit(path)

        off()
        self.keep(_("Remove {name} from the list").format(name=path.name), off, back)
        if path.exists():
            words = _("Its files are not deleted: they are in {path}. Ctrl+Z puts it back.").format(
                path=path
            )
            self.notice.emit(
                "info", _("{name} was removed from the list.").format(name=path.name), words
            )

    def _give_name(self, path: Path, name: str) -> Path | None:
        """Rename; the new path, None where it was refused, which is told."""
        is_open = self._session.run is not None and self._session.run.path == path
        is_listed = path in self._session.settings.runs
        try:
            renamed = rename_run(RunFolder.open(path), name)
        except RunError as error:
            self._tell(error)
            return None
        settings = self._session.settings
        settings.forget_run(path)
        if is_listed:
            settings.remember_run(renamed.path)
        if is_open:
            self._session.open_run(renamed.path)
        self.changed.emit(renamed.path)
        return renamed.path

    def _note(self, path: Path, text: str) -> bool:
        try:
            write_notes(path, text)
        except OSError as error:
            reason = error.strerror or str(error)
            self._tell(RunError("run-not-writable", path=path, reason=reason))
            return False
        self.changed.emit(path)
        return True

    def keep(self, words: str, again: Callable[[], object], back: Callable[[], object]) -> None:
        """Let what was done be undone."""
        self._session.undo.push(_Done(self, words, again, back))

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
            self.notice.emit(
                "info",
                _("No file manager could be opened."),
                _("The run is in {path}.").format(path=path),
            )

    def _tell(self, error: RunError) -> None:
        self.notice.emit("bad", error.what, error.action)


class _Done(QUndoCommand):
    """What was done already; Qt asks for it once more when it is kept."""

    def __init__(
        self,
        holder: QObject,
        words: str,
        again: Callable[[], object],
        back: Callable[[], object],
    ) -> None:
        super().__init__(words)
        self._holder, self._again, self._back = holder, again, back
        self._is_kept = False

    def redo(self) -> None:
        if self._is_kept:
            self._soon(self._again)
        self._is_kept = True

    def undo(self) -> None:
        self._soon(self._back)

    def _soon(self, do: Callable[[], object]) -> None:
        # Not now: to open a run at its new place clears the history that asks for this.
        QTimer.singleShot(0, self._holder, lambda: do())  # noqa: PLW0108  (returns nothing)
