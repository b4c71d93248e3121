"""What is asked as a whole: a source in, a table out; for the command line and the window."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from core.data.modality import DataModality
from core.errors import RunError
from core.labeling.examples import Looked, Only, Outside, looked_at_data, looked_at_run
from core.labeling.suspects import (
    Suspects,
    decided_before,
    find_suspects,
    judged_only,
    write_suspects,
)
from core.recipe import Recipe
from core.run.folder import RunFolder
from core.stages.modality import StageModality


@dataclass(frozen=True)
class Source:
    """What is looked at, and how its kind of example is read.

    Attributes:
        asked: A run, or a recipe whose data and model are looked at before any run.
        stages: Of its modality.
        data: Of its modality.
    """

    asked: RunFolder | Recipe
    stages: StageModality
    data: DataModality

    @property
    def recipe(self) -> Recipe:
        """How the data are read."""
        return self.asked.recipe() if isinstance(self.asked, RunFolder) else self.asked

    def looked(self, only: Only, outside: Outside) -> AbstractContextManager[Looked]:
        """The examples and the frozen encoder."""
        if isinstance(self.asked, RunFolder):
            return looked_at_run(self.asked, self.stages, only, outside)
        return looked_at_data(self.asked, self.stages, only, outside)


def suspects_into(table: Path, source: Source, outside: Outside, *, with_test: bool) -> Suspects:
    """Find labels to doubt and write them into a table; decisions in it stay.

    Args:
        table: CSV to write.
        source: What is looked at.
        outside: Is told how far it is, and asked whether to end.
        with_test: Whether test labels are looked at, too.

    Raises:
        RunError: The data, the model or the table can't be used, or there are too few labels.
        Stopped: Asked to end; what was computed is kept for the next time.
    """
    recipe = source.recipe
    refuse_inside_data(table, recipe)
    with source.looked(partial(judged_only, with_test=with_test), outside) as looked:
        decided = decided_before(looked.manifest, table)
        found = find_suspects(looked, source.data, recipe.data, recipe.seed)
        try:
            table.parent.mkdir(parents=True, exist_ok=True)
            write_suspects(table, found.found, decided, looked.manifest)
        except OSError as error:
            reason = error.strerror or str(error)
            raise RunError("file-not-writable", path=table, reason=reason) from error
    return found


def refuse_inside_data(table: Path, recipe: Recipe) -> None:
    """Refuse to write a table into the user's data.

    Raises:
        RunError: `predict-inside-data`.
    """
    given: Sequence[str] = [*recipe.data.unlabeled, *filter(None, [recipe.data.labeled])]
    for data in map(Path, given):
        if data.is_dir() and table.resolve().is_relative_to(data.resolve()):
            raise RunError("predict-inside-data", path=table, data=data)
