"""The tab with a map of a run: by each of its encoders, with the answers of a classifier."""

from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QWidget

from core.language import _
from core.run.folder import RunFolder
from gui.atlas.facts import MapFacts, facts_of, read_facts
from gui.atlas.pane import MapPane


class MapTab(MapPane):
    """The map of the run that is open."""

    about_it = _(
        "Each becomes a point, close to those that an encoder finds alike. The first time each "
        "encoder has to look at every one of them, in the background; stopped, it goes on from "
        "there later."
    )

    def __init__(self, parent: QWidget | None = None) -> None:
        self._run: RunFolder | None = None
        self._classifier: tuple[str, int] | None = None
        super().__init__(parent)

    def show_classifier(self, run: RunFolder, classifier: tuple[str, int] | None) -> None:
        """Of this run, and with the answers of this arm and seed."""
        is_other = self._run is None or self._run.path != run.path
        if is_other:
            self.forget()
        elif classifier == self._classifier:
            return
        self._run, self._classifier = run, classifier
        if self.facts is not None:
            self.read(partial(facts_of, self.facts.atlas, run, classifier))
        self.ask_if_known()

    def forget(self) -> None:
        """No run is open, or it has other results."""
        self._run = self._classifier = None
        super().forget()

    def about(self) -> dict[str, str] | None:
        """The run."""
        return {"run": str(self._run.path)} if self._run is not None else None

    def facts_in(self, file: Path) -> MapFacts:
        """With the answers of the classifier."""
        return read_facts(file, self._run, self._classifier)

    def for_file(self) -> tuple[str, dict[str, Any]]:
        """Its answers go with it."""
        assert self._run is not None
        arm, seed = self._classifier or (None, 0)
        return self._run.path.name, {"arm": arm, "seed": seed}
