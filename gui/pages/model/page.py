"""The model page: what everything starts from."""

from typing import Any

import numpy as np
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from core.planning.fit import Room, fit_of
from core.planning.shapes import DataSizes
from gui.pages.model.advanced import Advanced
from gui.pages.model.card import ModelCard
from gui.pages.model.custom_model import CustomModel
from gui.pages.model.facts import ModelFacts, catalog_facts, checked_facts
from gui.pages.model.inspector import Looking, Seen
from gui.pages.page import Page, Primary, Step
from gui.running.objective_advice import ObjectiveLine
from gui.state.session import Session
from gui.state.watcher import RunWatcher
from gui.widgets.basics import column, label, scrolled
from gui.widgets.card_grid import CardGrid
from gui.widgets.page_head import PageHead

_LINES_WIDE = 31
_SAMPLES = 16
_GROUPS = ("Bundled", "On this disk", "To download")


class ModelPage(Page):
    """Cards of models; the chosen one is the draft's."""

    key = "model"

    def __init__(
        self, session: Session, watcher: RunWatcher, parent: QWidget | None = None
    ) -> None:
        super().__init__(session, watcher, parent)
        self._room: Room | None = None
        self._image_side: int | None = None
        self._has_looked = False
        self._refusals: dict[str, str] = {}
        self.cards: dict[str, ModelCard] = {}
        self.looking = Looking(self)
        self.looking.seen.connect(self._on_seen)
        self.custom = CustomModel()
        self.custom.checked.connect(self._on_checked)
        self.custom.refused.connect(self._on_refused)
        self.advanced = Advanced(session)
        self.hint = label("", "muted")
        self.objective = ObjectiveLine(session, self)
        self.groups = {name: CardGrid(_LINES_WIDE) for name in _GROUPS}
        self._titles = {name: label(name, "heading", wrap=False) for name in _GROUPS}
        self._build()
        for facts in catalog_facts():
            self._add(facts)
        session.draft_changed.connect(self._show_draft)
        session.findings_changed.connect(self._look)
        self._show_draft()
        # After the window: the first look imports the hub's library.
        QTimer.singleShot(0, self, self._look)

    def step(self) -> Step:
        """Done when the chosen model can be used as it is."""
        card = self._chosen
        if card is None:
            return Step.ATTENTION if self._name in self._refusals else Step.OPEN
        if card.download.is_busy:
            return Step.BUSY
        if not self._has_looked and not card.is_on_disk:
            return Step.OPEN
        return Step.DONE if card.is_on_disk and not self._misfit() else Step.ATTENTION

    def primary(self) -> Primary:
        """On to the plan, with a model that can be used."""
        card = self._chosen
        if card is None:
            refusal = self._refusals.get(self._name, "")
            return Primary("&Next: plan", is_enabled=False, hint=refusal or "Checking the model …")
        if misfit := self._misfit():
            return Primary("&Next: plan", is_enabled=False, hint=misfit)
        if not card.is_on_disk and self._session.draft.runtime.offline:
            hint = f"{card.facts.title} is not here, and downloads are switched off."
            return Primary("&Next: plan", is_enabled=False, hint=hint)
        hint = "" if card.is_on_disk else "It would be downloaded when the run starts."
        return Primary("&Next: plan", hint=hint or f"Starts from {card.facts.title}.")

    def on_primary(self) -> None:
        """Go on to the plan."""
        self.go_to.emit("plan")

    def on_shown(self) -> None:
        """See what is here now."""
        self._look()
        self._show_draft()

    def shut_down(self) -> None:
        """End what works in the background."""
        self.looking.shut_down()
        self.custom.shut_down()
        for card in self.cards.values():
            card.download.shut_down()

    @property
    def _name(self) -> str:
        return self._session.draft.model.name

    @property
    def _chosen(self) -> ModelCard | None:
        card = self.cards.get(self._name)
        return card if card is not None and card.facts.modality is self._session.modality else None

    def _build(self) -> None:
        content = QWidget()
        inside = column(content, gap=2)
        inside.addWidget(self.hint)
        inside.addWidget(self.objective)
        for name in _GROUPS:
            inside.addWidget(self._titles[name])
            inside.addWidget(self.groups[name])
            if name == "On this disk":
                inside.addWidget(self.custom)
        inside.addWidget(self.advanced)
        inside.addStretch(1)
        self.area = scrolled(content, "Models")
        for grid in self.groups.values():
            grid.focused.connect(self.area.ensureWidgetVisible)
        whole = column(self, margin=4, gap=2)
        whole.addWidget(PageHead("Model"))
        whole.addWidget(self.area, 1)

    def _add(self, facts: ModelFacts) -> ModelCard:
        card = ModelCard(facts)
        card.chosen.connect(self._choose)
        card.downloaded.connect(self._on_downloaded)
        card.download.changed.connect(self.changed)
        self.cards[facts.name] = card
        return card

    def _choose(self, name: str) -> None:
        if name != self._name:
            self._session.change(f"Model {self.cards[name].facts.title}", model={"name": name})
        self._show_draft()

    def _show_draft(self) -> None:
        self.custom.offline = self._session.draft.runtime.offline
        self.custom.show_modality(self._session.modality)
        self.advanced.show_draft()
        self._arrange()
        for name, card in self.cards.items():
            card.show_chosen(name == self._name)
            if self._room is not None:
                card.show_fit(fit_of(card.facts.shape, self._session.draft, self._room))
        self.advanced.show_problem(self._misfit())
        self.hint.setText(self._hint())
        is_unknown = self._chosen is None and self._name not in self._refusals
        if is_unknown and self.isVisible() and not self.custom.is_busy:
            self.custom.check(self._name)
        self.changed.emit()

    def _arrange(self) -> None:
        modality = self._session.modality
        cards = [card for card in self.cards.values() if card.facts.modality is modality]
        members = {
            "Bundled": [card for card in cards if card.facts.is_bundled],
            "On this disk": [c for c in cards if c.is_on_disk and not c.facts.is_bundled],
            "To download": [card for card in cards if not card.is_on_disk],
        }
        for card in self.cards.values():
            if card.facts.modality is not modality:
                card.hide()
        for name, found in members.items():
            self.groups[name].place(found)
            self.groups[name].setVisible(bool(found))
            self._titles[name].setVisible(bool(found))

    def _misfit(self) -> str:
        return self._chosen.facts.misfit(self._session.draft) if self._chosen else ""

    def _hint(self) -> str:
        words = (
            f"What everything starts from: a model that {self._session.modality.learned}. "
            "Memory is estimated here; the Plan page measures it."
        )
        card, findings = self._chosen, self._session.findings
        if card is None:
            return words
        lengths = findings.summary["text_lengths"] if findings is not None else ()
        sizes = DataSizes(self._image_side, lengths)
        return f"{words} {card.facts.shape.sizes_in_words(self._session.draft, sizes)}".strip()

    def _look(self) -> None:
        findings = self._session.findings
        images = []
        if findings is not None and len(findings) and findings.modality.shown_as == "picture":
            chosen = np.linspace(0, len(findings) - 1, min(_SAMPLES, len(findings)), dtype=int)
            images = [findings.path(int(index)) for index in chosen]
        self.looking.look(self._session.draft.runtime.device, images)

    def _on_seen(self, seen: Seen) -> None:
        self._has_looked = True
        self._room, self._image_side = seen.room, seen.image_side
        for name, card in self.cards.items():
            if name in seen.on_disk and not card.is_on_disk:
                card.show_on_disk(True)
            card.download.show_kept(seen.kept.get(card.facts.repo, 0), round(card.facts.num_bytes))
        self._show_draft()

    def _on_downloaded(self, name: str) -> None:
        self.notice.emit("ok", f"{self.cards[name].facts.title} is on this disk now.", "")
        self._show_draft()

    def _on_checked(self, found: dict[str, Any]) -> None:
        facts = checked_facts(found)
        self._refusals.pop(facts.name, None)
        card = self.cards.get(facts.name) or self._add(facts)
        card.show_on_disk(bool(found["on_disk"]))
        self._choose(facts.name)
        self.area.ensureWidgetVisible(card)

    def _on_refused(self, name: str, why: str) -> None:
        self._refusals[name] = why
        self._show_draft()


PAGE = ModelPage
