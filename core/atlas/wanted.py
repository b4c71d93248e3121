"""Which map is wanted, and who is told how far it is."""

from collections.abc import Callable
from dataclasses import dataclass

from core.data.modality import DataModality
from core.modalities import data_of
from core.readers.atlas import MOST_POINTS
from core.run.folder import RunFolder
from core.system.progress import ProgressReport
from core.system.stopping import never


@dataclass(frozen=True)
class Wanted:
    """A map that is wanted, and who is told of it.

    Attributes:
        run: Whose.
        most: How many points at most.
        report: Told (what, done, total).
        stopped: Asked often whether to end.
    """

    run: RunFolder
    most: int = MOST_POINTS
    report: ProgressReport = lambda *_: None
    stopped: Callable[[], bool] = never

    @property
    def data(self) -> DataModality:
        """What reads its examples."""
        return data_of(self.run.recipe().modality)
