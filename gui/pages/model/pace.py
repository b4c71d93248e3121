"""How long the plan takes with each model: one is measured, others are scaled from it."""

from collections.abc import Mapping
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from core.language import _
from core.planning.estimate import Measurement, estimate_run
from core.planning.pace import scaled
from core.planning.shapes import ModelShape
from core.recipe import Recipe
from core.system.units import GIB
from gui.pages.model.facts import ModelFacts
from gui.running.measuring import Measuring
from gui.running.no_estimate import why_no_estimate
from gui.state.session import Session
from gui.state.watcher import RunWatcher


class HasFacts(Protocol):
    """What is asked of a card."""

    facts: ModelFacts


class Pace(QObject):
    """Measures the plan with one model, and scales that to the others.

    Signals:
        known: There is a measurement to scale from, or why there is none has changed.
        progressed: Words, done, total of the measurement.
    """

    known = Signal()
    progressed = Signal(str, int, int)

    def __init__(self, session: Session, watcher: RunWatcher, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._watcher = session, watcher
        self._measuring = Measuring(self, session.measurements)
        self._measuring.give_way_to(watcher)
        self._measuring.progressed.connect(self.progressed)
        self._measuring.measured.connect(self.known)
        self._measuring.failed.connect(self._on_failed)
        self._measuring.ended.connect(self.known)
        # What was asked to be measured, the last one at the end.
        self._with: list[Recipe] = []
        self._problem = ""

    @property
    def is_busy(self) -> bool:
        """Whether it is being measured."""
        return self._measuring.is_busy

    @property
    def can_measure(self) -> bool:
        """Whether a measurement may be asked for now."""
        return not self._watcher.is_training and self._session.findings is not None

    @property
    def why_none(self) -> str:
        """Why there are no times; empty where there are, and while they are being found out."""
        session = self._session
        known = map(self._measuring.measurement, self._recipes())
        if self.is_busy or (session.findings is not None and any(known)):
            return ""
        why = why_no_estimate(session, self._watcher) or self._problem
        return why or _("How long the plan takes with each model has not been measured.")

    @property
    def in_short(self) -> str:
        """In the place of a time, for a card."""
        return _("Time: being measured …") if self.is_busy else _("Time: not known yet")

    def measure(self, recipe: Recipe) -> None:
        """Measure this machine with a recipe whose model is here; the Plan page knows it then."""
        self._problem = ""
        self._with = [*(each for each in self._with if each != recipe), recipe]
        if not self._watcher.is_training:
            self._measuring.measure(recipe)
            self.known.emit()

    def _on_failed(self, what: str, action: str) -> None:
        self._problem = f"{what} {action}".strip()
        self.known.emit()

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
        if recipe.model != measured.model:
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
        """A measurement with the draft's model, or with one that was measured here."""
        for recipe in self._recipes():
            card = cards.get(recipe.model.name)
            measurement = self._measuring.measurement(recipe)
            if measurement is not None and card is not None:
                return measurement, card.facts.shape, recipe
        return None

    def _recipes(self) -> list[Recipe]:
        """What times may be scaled from: while one is measured, the one before tells something."""
        draft = self._session.draft
        asked = [
            each
            for each in reversed(self._with)
            if each.modality is draft.modality and each.runtime.device == draft.runtime.device
        ]
        return [draft, *asked]
