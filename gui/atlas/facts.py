"""A map with what a classifier says of it, and its points in words."""

import math
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from core.data.manifest import displayed
from core.data.tags import shown_tags
from core.language import _
from core.readers.atlas import Atlas, in_words, read_atlas
from core.readers.atlas_facts import Said, said_of
from core.readers.colouring import Colouring, colourings_of
from core.recipe.tasks import number_in_words
from core.run.folder import RunFolder
from gui.words.numbers import percent


@dataclass(frozen=True, eq=False)
class MapFacts:
    """What is known of the points of a map.

    Attributes:
        atlas: The map.
        said: What the chosen classifier says of them; None without one.
        colourings: What they can be coloured by.
    """

    atlas: Atlas
    said: Said | None
    colourings: list[Colouring]

    def caption(self, row: int) -> str:
        """Two lines: the class and split, what was said; `unlabeled` alone."""
        atlas = self.atlas
        found = in_words(atlas, row)
        if self.said is not None and self.said.tags is not None:
            if self.said.predicted[row] >= 0:
                found += f"\n→ {shown_tags(self.said.tags.names(row, atlas.classes))}"
        elif self.said is not None and self.said.number is not None:
            if not math.isnan(value := float(self.said.number[row])):
                found += f"\n→ {number_in_words(value)}"
        elif self.said is not None and (said := int(self.said.predicted[row])) >= 0:
            share = percent(float(self.said.confidence[row]), 0)
            found += f"\n→ {displayed(atlas.class_of(said))}, {share}"
        elif (suggested := int(atlas.suggested[row])) >= 0:
            found += _("\nprobably {displayed}").format(
                displayed=displayed(atlas.class_of(suggested))
            )
        return found

    def of_tag(self, tag: int) -> "MapFacts":
        """The same with colours of another one of several labels."""
        return replace(self, colourings=colourings_of(self.atlas, self.said, tag))

    @property
    def commonest(self) -> int:
        """The one of several labels that most points have; 0 where each has one label."""
        tags = self.atlas.tags
        return int(np.bincount(tags.of).argmax()) if tags is not None and len(tags.of) else 0

    def words(self, row: int) -> str:
        """All of it: the name, what is known, and the beginning of a text."""
        text = [self.atlas.texts[row]] if self.atlas.texts else []
        name = Path(self.atlas.names[row]).name
        return "\n".join([name, self.caption(row), *text])


def facts_of(
    atlas: Atlas, run: RunFolder | None = None, classifier: tuple[str, int] | None = None
) -> MapFacts:
    """A map with the answers of an arm and seed of a run, if there is any.

    Raises:
        RunError: The answers are damaged.
    """
    said = None
    if run is not None and classifier is not None:
        said = said_of(atlas, run, *classifier)
    found = MapFacts(atlas, said, [])
    return found.of_tag(found.commonest)


def read_facts(
    file: Path, run: RunFolder | None = None, classifier: tuple[str, int] | None = None
) -> MapFacts:
    """The same of a map in a file.

    Raises:
        RunError: It is damaged, or the answers are.
    """
    return facts_of(read_atlas(file), run, classifier)
