"""The recipe as a file and as a command, for other machines and other days."""

import shlex

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from core.errors import RunError
from core.language import _
from core.recipe import read_recipe, write_recipe
from core.recipe.command import as_command
from gui.running.destination import Destination
from gui.state.session import Session
from gui.widgets import dialogs
from gui.widgets.basics import button
from gui.widgets.flow import Flow

_RECIPES = _("Recipes (*.toml)")


class RecipeButtons(QWidget):
    """Save, load and copy the draft.

    Signals:
        notice: Tone, what, action.
    """

    notice = Signal(str, str, str)

    def __init__(
        self, session: Session, destination: Destination, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._destination = session, destination
        line = Flow(self)
        for made in (
            button(_("Save rec&ipe …"), self._save, icon_name="save"),
            button(_("&Load recipe …"), self._load, icon_name="open"),
            button(
                _("&Copy as a command"),
                self._copy,
                icon_name="copy",
                tip=_("The same run for a terminal or a server."),
            ),
        ):
            line.addWidget(made)

    def _save(self) -> None:
        start = self._session.settings.runs_folder / f"{self._destination.name.text()}.toml"
        file = dialogs.choose_new_file(self, _("Save the recipe"), _RECIPES, start)
        if file is None:
            return
        try:
            write_recipe(file, self._session.draft)
        except OSError as error:
            refused = RunError("file-not-writable", path=file, reason=error.strerror)
            self.notice.emit("bad", refused.what, refused.action)
            return
        self.notice.emit("ok", _("The recipe is in {file}.").format(file=file), "")

    def _load(self) -> None:
        file = dialogs.choose_file(self, _("Load a recipe"), _RECIPES)
        if file is None:
            return
        try:
            recipe = read_recipe(file)
        except RunError as error:
            self.notice.emit("bad", error.what, error.action)
            return
        self._session.replace(_("Load {name}").format(name=file.name), recipe)

    def _copy(self) -> None:
        command = as_command(
            self._session.draft, str(self._destination.path), self._session.num_processes
        )
        QGuiApplication.clipboard().setText(shlex.join(command))
        self.notice.emit("ok", _("The command is on the clipboard."), "")
