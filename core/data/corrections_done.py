"""What came of a table of corrections, in words."""

from collections.abc import Iterator
from dataclasses import dataclass

from core.data.decision import Correction
from core.data.manifest import counted
from core.language import _
from core.recipe.modality import Modality


@dataclass(frozen=True)
class Done:
    """What was done, and what was not.

    Attributes:
        where: The table, as it is told.
        modality: Of the examples.
        done: What was applied.
        num_moved: How many of these to examples that stand elsewhere now.
        stale: Those whose example has another label by now, in words.
        unknown: Names that no example has, or several.
    """

    where: str
    modality: Modality
    done: tuple[Correction, ...]
    num_moved: int
    stale: tuple[str, ...]
    unknown: tuple[str, ...]

    def notes(self) -> Iterator[str]:
        """A line for each of them that there is."""
        where = self.where
        changed = [each for each in self.done if each.decision == "correct"]
        if changed:
            first = f"{changed[0].name}: {changed[0].given} → {changed[0].new}"
            yield _("{num_labels} corrected by {where} (first: {first})").format(
                num_labels=counted(len(changed), "label"), where=where, first=first
            )
        if number := len(self.done) - len(changed):
            yield _("{num_examples} left out by {where}").format(
                num_examples=counted(number, self.modality.example), where=where
            )
        if self.num_moved:
            yield _(
                "{rows} of {where} applied where the example stands now: lines have moved"
            ).format(rows=counted(self.num_moved, "row"), where=where)
        if self.stale:
            yield _(
                "{num_corrections} of {where} not applied: the label is another one by now "
                "(first: {stale})"
            ).format(
                num_corrections=counted(len(self.stale), "correction"),
                where=where,
                stale=self.stale[0],
            )
        if self.unknown:
            yield _(
                "{num_names} in {where} not found, or of several examples (first: {unknown})"
            ).format(
                num_names=counted(len(self.unknown), "name"), where=where, unknown=self.unknown[0]
            )
