"""Where the run will be kept: a name and a folder, with what speaks against them."""

import re
import shutil
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from core.recipe import Recipe
from core.system.units import GIB
from gui.state.session import Session
from gui.widgets import dialogs
from gui.widgets.basics import button, column, label, row, set_role

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
_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f]')


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
        title = label("Run &name", "heading", wrap=False)
        self.name = QLineEdit()
        self.name.setAccessibleName("Run name")
        title.setBuddy(self.name)
        line.addWidget(title)
        line.addWidget(self.name, 1)
        line.addWidget(button("Keep it else&where …", self._choose, icon_name="folder"))
        layout.addLayout(line)
        self._words = label("", "muted")
        layout.addWidget(self._words)
        self.name.textEdited.connect(self._on_edited)

    @property
    def path(self) -> Path:
        """The run folder to make."""
        return self._session.settings.runs_folder / self.name.text().strip()

    def problem(self) -> str:
        """Why it can't be there; empty when it can."""
        name = self.name.text().strip()
        if not name:
            return "Give the run a name."
        if _FORBIDDEN.search(name) or name.endswith((".", " ")) or name in {".", ".."}:
            return "The name can't have any of < > : \" / \\ | ? * or end with a dot."
        if self.path.exists():
            return f"There is a {name} already: choose another name."
        return ""

    def propose(self) -> None:
        """A name after the data, free in the runs folder."""
        stem = proposed_name(self._session.draft) + self._suffix
        folder, number, name = self._session.settings.runs_folder, 1, stem
        while (folder / name).exists():
            number += 1
            name = f"{stem} {number}"
        self.name.setText(name)
        self.refresh()

    def refresh(self) -> None:
        """Say where, or what is wrong."""
        problem = self.problem()
        self._words.setText(problem or f"In {self.path}")
        set_role(self._words, "warn" if problem else "muted")

    def _on_edited(self) -> None:
        self.refresh()
        self.changed.emit()

    def _choose(self) -> None:
        folder = dialogs.choose_folder(self, "Keep runs in", self._session.settings.runs_folder)
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
    return _FORBIDDEN.sub("", stem).strip(" .") or "run"


def free_gib(folder: Path) -> float:
    """Free on the disk of a folder that need not exist yet."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    try:
        return shutil.disk_usage(folder).free / GIB
    except OSError:
        return 0.0
