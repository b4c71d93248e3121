"""Where the run will be kept: a name and a folder, with what speaks against them."""

import re
import shutil
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from core.language import _
from core.recipe import Recipe
from core.run.rename import FORBIDDEN
from core.system.units import GIB
from gui.state.session import Session
from gui.widgets import dialogs
from gui.widgets.basics import button, column, flowing, label, row, set_role

_SAYS_NOTHING = {
    "unlabeled",
    "unlabelled",
    "labeled",
    "labelled",
    "images",
    "texts",
    "train",
    "data",
}
# What `propose` adds to a name that is taken.
_NUMBER = re.compile(r" \d{1,2}$")


class Destination(QWidget):
    """Signals: `changed` when the place is another one."""

    changed = Signal()

    def __init__(
        self, session: Session, parent: QWidget | None = None, *, suffix: str = ""
    ) -> None:
        super().__init__(parent)
        self._session, self._suffix = session, suffix
        layout = column(self, gap=1)
        line = row()
        title = label(_("Run &name"), "heading", wrap=False)
        self.name = QLineEdit()
        self.name.setAccessibleName(_("Run name"))
        title.setBuddy(self.name)
        line.addWidget(title)
        line.addWidget(self.name, 1)
        line.addWidget(button(_("Keep it else&where …"), self._choose, icon_name="folder"))
        layout.addLayout(line)
        self._words = flowing("", "muted")
        layout.addWidget(self._words)
        self._is_typed = False
        self.name.textEdited.connect(self._on_edited)
        session.begun.connect(self._forget)

    @property
    def path(self) -> Path:
        """The run folder to make."""
        return self._session.settings.runs_folder / self.name.text().strip()

    def problem(self) -> str:
        """Why it can't be there; empty when it can."""
        name = self.name.text().strip()
        if not name:
            return _("Give the run a name.")
        if FORBIDDEN.search(name) or name.endswith((".", " ")) or name in {".", ".."}:
            return _("The name can't have any of < > : \" / \\ | ? * or end with a dot.")
        if self.path.exists():
            return _("There is a {name} already: choose another name.").format(name=name)
        return ""

    def propose(self) -> None:
        """A free name after the open run, or the data; one that was typed stays if it will do."""
        if self._is_typed and not self.problem():
            return
        run = self._session.run
        stem = run.path.name if run is not None else proposed_name(self._session.draft)
        stem = _NUMBER.sub("", stem)
        if not stem.endswith(self._suffix):
            stem += self._suffix
        folder, number, name = self._session.settings.runs_folder, 1, stem
        while (folder / name).exists():
            number += 1
            name = f"{stem} {number}"
        self._is_typed = False
        self.name.setText(name)
        self.refresh()

    def show_run(self) -> None:
        """Show where the open run is, unless another name was typed to repeat it under."""
        run = self._session.run
        if run is None or (self._is_typed and not self.problem()):
            return
        self._is_typed = False
        self.name.setText(run.path.name)
        self._words.setText(_("In {path}").format(path=run.path))
        set_role(self._words, "muted")

    @property
    def is_of_run(self) -> bool:
        """Whether it names the open run, not a place for another one."""
        run = self._session.run
        return run is not None and self.name.text().strip() == run.path.name

    def refresh(self) -> None:
        """Say where, or what is wrong."""
        problem = self.problem()
        self._words.setText(problem or _("In {path}").format(path=self.path))
        set_role(self._words, "warn" if problem else "muted")

    def _forget(self) -> None:
        """Another draft: what was typed or proposed for the last one is no name for it."""
        self._is_typed = False
        self.name.clear()
        self._words.clear()

    def _on_edited(self) -> None:
        self._is_typed = True
        self.refresh()
        self.changed.emit()

    def _choose(self) -> None:
        folder = dialogs.choose_folder(self, _("Keep runs in"), self._session.settings.runs_folder)
        if folder is not None:
            self._session.settings.runs_folder = folder
            self.refresh()
            self.changed.emit()


def proposed_name(recipe: Recipe) -> str:
    """The name of the folder of examples."""
    folders = [*recipe.data.unlabeled, *([recipe.data.labeled] if recipe.data.labeled else [])]
    folder = Path(folders[0]) if folders else Path("run")
    # Such names tell nothing: the folder around them does.
    stem = folder.parent.name if folder.stem.lower() in _SAYS_NOTHING else folder.stem
    return FORBIDDEN.sub("", stem).strip(" .") or "run"


def free_gib(folder: Path) -> float:
    """Free on the disk of a folder that need not exist yet."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    try:
        return shutil.disk_usage(folder).free / GIB
    except OSError:
        return 0.0
