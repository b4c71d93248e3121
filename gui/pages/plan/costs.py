"""What a plan would cost if one setting were another: measured where it was, else scaled."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.hub.catalog import CATALOG
from core.language import _
from core.planning.estimate import Measurement, estimate_run
from core.planning.fit import Room, fit_of
from core.planning.pace import scaled
from core.planning.shapes import ModelShape, shapes_of
from core.recipe import Recipe
from core.system.units import GIB
from gui.running.measuring import Measuring
from gui.state.session import Session
from gui.words.numbers import bytes_in_words, duration

# Only what is needed is asked here, not whether it fits.
_ROOM = Room(1e15, "")


@dataclass(frozen=True)
class Costs:
    """Time and memory of a plan; None where they can't be told."""

    seconds: float | None = None
    num_bytes: float | None = None

    def words(self) -> str:
        """`About 20 min, 1.2 GB`; empty where nothing is known."""
        time = (
            _("About {time}").format(time=duration(self.seconds))
            if self.seconds is not None
            else ""
        )
        memory = (
            _("{size} memory").format(size=bytes_in_words(self.num_bytes))
            if self.num_bytes is not None
            else ""
        )
        return ", ".join(filter(None, (time, memory)))


def shape_of_model(recipe: Recipe, looked_at: Mapping[str, ModelShape]) -> ModelShape | None:
    """The shape of a recipe's model; None where it is not in the catalog and nobody looked."""
    if recipe.model.name in looked_at:
        return looked_at[recipe.model.name]
    found = (entry for entry in CATALOG if entry.name == recipe.model.name)
    entry = next(found, None)
    return shapes_of(recipe.modality).shape_of(entry) if entry is not None else None


def costs_of(
    recipe: Recipe, session: Session, measuring: Measuring, num_images: int, num_labeled: int
) -> Costs:
    """What `recipe` would cost, which is the draft with one setting changed.

    Args:
        recipe: What is asked about.
        session: Its draft is what this machine was measured for.
        measuring: Knows the measurements.
        num_images: For pre-training.
        num_labeled: Labeled ones.
    """
    num_bytes = _bytes_for(recipe, session, measuring)
    measured = _measurement_for(recipe, session, measuring)
    if measured is None or not (num_images or num_labeled):
        return Costs(None, num_bytes)
    return Costs(estimate_run(measured, recipe, num_images, num_labeled).seconds, num_bytes)


def _bytes_for(recipe: Recipe, session: Session, measuring: Measuring) -> float | None:
    """Memory of a step: as measured, else the draft's scaled, else counted.

    The table of the plan shows what was measured: the same has to stand here.
    """
    if (own := measuring.measurement(recipe)) is not None and own.memory_gib:
        return GIB * max(own.memory_gib.values())
    draft, shape = session.draft, shape_of_model(recipe, session.shapes)
    if shape is None:
        return None
    needed = fit_of(shape, recipe, _ROOM).needed
    of_draft, known = shape_of_model(draft, session.shapes), measuring.measurement(draft)
    if known is None or not known.memory_gib or of_draft is None:
        return needed
    measured = GIB * max(known.memory_gib.values())
    return needed * measured / fit_of(of_draft, draft, _ROOM).needed


def _measurement_for(recipe: Recipe, session: Session, measuring: Measuring) -> Measurement | None:
    """What was measured for a recipe, or the draft's measurement scaled to it."""
    draft, shape = session.draft, shape_of_model(recipe, session.shapes)
    own, known = measuring.measurement(recipe), measuring.measurement(draft)
    if own is not None or known is None or shape is None:
        return own
    return scaled(known, (shape, draft), (shape, recipe))
