"""How long the plan takes with each model: one is measured, others are scaled from it."""

from collections.abc import Mapping
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from core.planning.estimate import Measurement, estimate_run
from core.planning.pace import scaled
from core.planning.shapes import ModelShape
from core.recipe import Recipe
from core.system.units import GIB
from gui.pages.model.facts import ModelFacts
from gui.running.measuring import Measuring
from gui.state.session import Session
from gui.state.watcher import RunWatcher


class HasFacts(Protocol):
    """What is asked of a card."""

    facts: ModelFacts


class Pace(QObject):
    """Signals: `known` when there is a measurement to scale from."""

    known = Signal()

    def __init__(self, session: Session, watcher: RunWatcher, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._watcher = session, watcher
        self._measuring = Measuring(self, session.measurements)
        self._measuring.give_way_to(watcher)
        self._measuring.measured.connect(self.known)
        self._with: Recipe | None = None

    def measure(self, recipe: Recipe) -> None:
        """Measure this machine with a recipe whose model is here; the Plan page knows it then."""
        self._with = recipe
        if not self._watcher.is_training:
            self._measuring.measure(recipe)

    def stop(self) -> None:
        """Do without."""
        self._measuring.stop()

    def shut_down(self) -> None:
        """End at once."""
        self._measuring.shut_down()

    def measured_with(self, cards: Mapping[str, HasFacts]) -> str:
        """The title of the model that was measured; empty while there is none."""
        found = self._found(cards)
        return cards[found[2].model.name].facts.title if found is not None else ""

    def seconds(
        self, facts: ModelFacts, recipe: Recipe, cards: Mapping[str, HasFacts]
    ) -> float | None:
        """What the plan takes with a model; None while nothing was measured or read.

        Args:
            facts: Of the model.
            recipe: The plan with it.
            cards: By name, to know the shape of the model that was measured.
        """
        found, findings = self._found(cards), self._session.findings
        if found is None or findings is None:
            return None
        measurement, shape, measured = found
        counts = findings.counts(with_test=recipe.data.pretrain_on_test)
        if recipe.model.name != measured.model.name:
            measurement = scaled(measurement, (shape, measured), (facts.shape, recipe))
        return estimate_run(measurement, recipe, *counts).seconds

    def memory(self, recipe: Recipe) -> float | None:
        """Bytes that a step of a recipe took, as the Plan page shows them; None: not measured."""
        measurement = self._measuring.measurement(recipe)
        if measurement is None or not measurement.memory_gib:
            return None
        return GIB * max(measurement.memory_gib.values())

    def _found(
        self, cards: Mapping[str, HasFacts]
    ) -> tuple[Measurement, ModelShape, Recipe] | None:
        """A measurement with the draft's model, or with the one measured here."""
        for recipe in (self._session.draft, self._with):
            card = cards.get(recipe.model.name) if recipe is not None else None
            measurement = self._measuring.measurement(recipe) if recipe is not None else None
            if measurement is not None and card is not None and recipe is not None:
                return measurement, card.facts.shape, recipe
        return None
