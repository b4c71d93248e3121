"""The tab with a map of the data before any run: as the pretrained model sees them."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from core.language import _
from core.recipe import DataRecipe, Recipe, dump_recipe
from gui.atlas.facts import MapFacts, read_facts
from gui.atlas.pane import MapPane
from gui.state.findings import Findings
from gui.state.session import Session
from gui.widgets.basics import button

_ABOUT = _(
    "Each becomes a point, close to those that {model} finds alike, as it is, before any training "
    "(Model chooses another one). It has to look at every one of them, in the background; stopped, "
    "it goes on from there later."
)
_DOUBTS = _(" Labels to doubt are marked.")


class DataMap(MapPane):
    """The map of the draft's data by the draft's model.

    Signals:
        wanted: Files of the examples that stand beside the map: the gallery shall show them.
    """

    wanted = Signal(list)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        self._session = session
        self._data: DataRecipe | None = None
        self._marks_doubts = True
        self._waiting: Sequence[Path] = ()
        self._shown: Recipe | None = None
        super().__init__(parent)
        self.to_gallery = button(
            _("Show them among the examples"), self._show_them, icon_name="image"
        )
        self.to_gallery.setToolTip(_("There they can be enlarged, and left out of the data."))
        self.gallery.add_below(self.to_gallery)
        session.draft_changed.connect(self._on_draft)

    def show_findings(self, findings: Findings) -> None:
        """The data were read."""
        self._data = self._session.draft.data
        self._marks_doubts = "label-work" not in findings.task.lacks
        self._on_draft()
        self.show_modality(findings.modality)
        self.to_gallery.setVisible(findings.modality.shown_as == "picture")

    def select_files(self, files: Sequence[Path]) -> None:
        """Have the points of these files stand out; lay the map out first, where it is not."""
        if self.facts is None:
            self._waiting = files
            if self.start.isEnabled():
                self.lay_out()
            return
        wanted = set(map(str, files))
        rows = [row for row, file in enumerate(self.facts.atlas.files) if file in wanted]
        self.select(np.asarray(rows, dtype=np.intp))

    def about(self) -> dict[str, str] | None:
        """The draft, whose data were read as they are now."""
        draft = self._session.draft
        return {"recipe": dump_recipe(draft)} if draft.data == self._data else None

    def facts_in(self, file: Path) -> MapFacts:
        """Nothing but the map."""
        return read_facts(file)

    def for_file(self) -> tuple[str, dict[str, Any]]:
        """Named by the data."""
        data = self._session.draft.data
        return Path(data.labeled or data.unlabeled[0]).stem, {}

    def forget(self) -> None:
        """There is nothing to be shown, or something else."""
        self._waiting = ()
        super().forget()

    def _show(self, facts: MapFacts) -> None:
        super()._show(facts)
        files, self._waiting = self._waiting, ()
        if files:
            self.select_files(files)

    def _on_draft(self) -> None:
        """A draft that another map would be made of."""
        draft = self._session.draft
        # Braces would stand for words.
        name = re.sub("[{}]", "", Path(draft.model.name).name)
        self.about_it = _ABOUT.replace("{model}", name) + (_DOUBTS if self._marks_doubts else "")
        if self._shown is None or _basis(draft) != _basis(self._shown):
            self._shown = draft
            self.forget()
        self.ask_if_known()

    def _show_them(self) -> None:
        if self.facts is not None:
            self.wanted.emit([Path(self.facts.atlas.files[row]) for row in self.gallery.rows])


def _basis(recipe: Recipe) -> tuple[object, ...]:
    """What a map depends on."""
    return recipe.data, recipe.model, recipe.seed, recipe.runtime.device, recipe.runtime.precision
