"""Which map is wanted, and who is told how far it is."""

from collections.abc import Callable
from dataclasses import dataclass

from core.data.modality import DataModality
from core.modalities import data_of
from core.readers.atlas import MOST_POINTS
from core.recipe import Recipe
from core.run.folder import RunFolder
from core.system.progress import ProgressReport
from core.system.stopping import never


@dataclass(frozen=True)
class Wanted:
    """A map that is wanted, and who is told of it.

    Attributes:
        asked: A run, or a recipe whose data are shown before any run, as its model sees them.
        most: How many points at most.
        report: Told (what, done, total).
        stopped: Asked often whether to end.
    """

    asked: RunFolder | Recipe
    most: int = MOST_POINTS
    report: ProgressReport = lambda *_: None
    stopped: Callable[[], bool] = never

    @property
    def recipe(self) -> Recipe:
        """What names the data and says how they are read."""
        return self.asked.recipe() if isinstance(self.asked, RunFolder) else self.asked

    @property
    def data(self) -> DataModality:
        """What reads its examples."""
        return data_of(self.recipe.modality)
