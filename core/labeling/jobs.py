"""What is asked as a whole: a source in, a table out; for the command line and the window."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from core.data.label_table import read_table, write_table
from core.data.manifest import Manifest
from core.data.modality import DataModality
from core.data.own_places import data_at
from core.data.ways import Way
from core.errors import RunError
from core.labeling.examples import Looked, Only, Outside, looked_at_data, looked_at_run
from core.labeling.suspects import (
    Suspects,
    decided_before,
    find_suspects,
    judged_only,
    write_suspects,
)
from core.labeling.to_label import (
    ToLabel,
    choose_to_label,
    place_of,
    pooled,
    rows_of,
)
from core.recipe import Recipe
from core.recipe.tasks import lacking
from core.run.folder import RunFolder
from core.run.placing import given_at, given_in
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
        """The examples and the frozen encoder.

        Raises:
            RunError: `task-lacks`: examples may have several labels; else as what looks at them.
        """

        def only_of_one_label(manifest: Manifest) -> Manifest:
            if reason := manifest.task.lacks.get("label-work"):
                raise lacking(manifest.task, reason)
            return only(manifest)

        if isinstance(self.asked, RunFolder):
            return looked_at_run(self.asked, self.stages, only_of_one_label, outside)
        return looked_at_data(self.asked, self.stages, only_of_one_label, outside)


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
    refuse_inside_data(table, source)
    with source.looked(partial(judged_only, with_test=with_test), outside) as looked:
        decided = decided_before(looked.manifest, table)
        found = find_suspects(looked, source.data, recipe.data, recipe.seed)
        _write(table, partial(write_suspects, table, found.found, decided))
    return found


@dataclass(frozen=True)
class Wish:
    """What shall be chosen.

    Attributes:
        count: How many examples shall wait for a label in the table.
        way: How they are chosen; None: as suits the number of labels.
    """

    count: int
    way: Way | None = None


def next_into(table: Path, source: Source, outside: Outside, wish: Wish) -> ToLabel:
    """Choose what to label next and write it into a table; labels in it stay, and count.

    Args:
        table: CSV to write.
        source: What is looked at.
        outside: Is told how far it is, and asked whether to end.
        wish: How many, and how.

    Raises:
        RunError: The data, the model or the table can't be used, or all is labeled.
        Stopped: Asked to end; what was computed is kept for the next time.
    """
    recipe = source.recipe
    refuse_inside_data(table, source)
    before = read_table(table) if table.exists() else []
    whole: list[Manifest] = []

    def only(manifest: Manifest) -> Manifest:
        whole.append(manifest)
        return pooled(manifest, source.data, recipe.data, recipe.seed)

    with source.looked(only, outside) as looked:
        found = choose_to_label(
            looked,
            before,
            source.data,
            recipe.data,
            count=wish.count,
            way=wish.way,
            seed=recipe.seed,
        )
        (manifest,) = whole
        known = {row.place for row in (*before, *found.rows)}
        texts = {row.text for row in before if row.text}
        labeled = [each for each in manifest.labeled if place_of(manifest, each) not in known]
        # Labels of the table that the data are read with already have another place there.
        others = rows_of(manifest, labeled, source.data, recipe.data)
        rows = [
            *(row for row in before if row.label or row.is_skipped),
            *found.rows,
            *(row for row in others if row.text not in texts),
        ]
        _write(table, partial(write_table, table, rows, are_texts=_are_texts(manifest)))
    return found


def _are_texts(manifest: Manifest) -> bool:
    """Whether a table holds the examples themselves, not the names of their files."""
    match manifest.modality.shown_as:
        case "text":
            return True
        case _:
            return False


def _write(table: Path, write: Callable[[], None]) -> None:
    try:
        table.parent.mkdir(parents=True, exist_ok=True)
        write()
    except OSError as error:
        reason = error.strerror or str(error)
        raise RunError("file-not-writable", path=table, reason=reason) from error


def refuse_inside_data(table: Path, source: Source) -> None:
    """Refuse to write a table among the user's data.

    One of their files may be the table itself, which is read first: labels are added to it.

    Raises:
        RunError: `report-inside-data`.
    """
    asked = source.asked
    if isinstance(asked, RunFolder):
        data = data_at(asked, table)
    else:
        data = given_at(table, given_in(asked.data))
    if data is not None and data.is_dir():
        raise RunError("report-inside-data", path=table, data=data)
