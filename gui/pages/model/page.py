"""The model page: what everything starts from."""

from typing import Any

import numpy as np
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from core.language import _
from gui.pages.model.advanced import Advanced
from gui.pages.model.card import ModelCard
from gui.pages.model.custom_model import CustomModel
from gui.pages.model.facts import ModelFacts, catalog_facts, checked_facts
from gui.pages.model.inspector import Looking, Seen
from gui.pages.model.offers import Offers
from gui.pages.model.pace import Pace
from gui.pages.model.pace_line import PaceLine
from gui.pages.page import Page, Primary, Step
from gui.running.objective_advice import ObjectiveLine
from gui.state.session import Session
from gui.state.watcher import RunWatcher
from gui.widgets.basics import column, flowing, label, scrolled
from gui.widgets.card_grid import CardGrid
from gui.widgets.page_head import PageHead

_LINES_WIDE = 26
_SAMPLES = 16
RECOMMENDED, ON_DISK, TO_DOWNLOAD = _("Recommended"), _("On this disk"), _("To download")
_GROUPS = {RECOMMENDED: 19, ON_DISK: _LINES_WIDE, TO_DOWNLOAD: _LINES_WIDE}
_NEXT = _("&Next: plan")


class ModelPage(Page):
    """Cards of models; the chosen one is the draft's."""

    key = "model"

    def __init__(
        self, session: Session, watcher: RunWatcher, parent: QWidget | None = None
    ) -> None:
        super().__init__(session, watcher, parent)
        self._has_looked = False
        # By the user: until then a draft has a model that nobody asked for.
        self._is_chosen = False
        self._refusals: dict[str, str] = {}
        self.cards: dict[str, ModelCard] = {}
        self.looking = Looking(self)
        self.looking.seen.connect(self._on_seen)
        self.custom = CustomModel()
        self.custom.checked.connect(self._on_checked)
        self.custom.refused.connect(self._on_refused)
        self.advanced = Advanced(session)
        self.hint = flowing("", "muted")
        self.objective = ObjectiveLine(session, self, only_doubts=True)
        self.groups = {
            name: CardGrid(lines, most=3 if name == RECOMMENDED else 4)
            for name, lines in _GROUPS.items()
        }
        self._titles = {name: label(name, "heading", wrap=False) for name in _GROUPS}
        self.nothing = flowing("", "muted")
        self.pace = Pace(session, watcher, self)
        self.pace.known.connect(self._show_draft)
        self.pace_line = PaceLine(self.pace)
        self.pace_line.asked.connect(self._measure)
        self.offers = Offers(session, self.pace, self.cards)
        self._build()
        for facts in catalog_facts():
            self._add(facts)
        session.begun.connect(self._on_begun)
        session.draft_changed.connect(self._show_draft)
        session.findings_changed.connect(self._look)
        session.findings_changed.connect(self._measure)
        session.devices_changed.connect(self._look)
        self._show_draft()
        # After the window: the first look imports the hub's library.
        QTimer.singleShot(0, self, self._look)

    def step(self) -> Step:
        """Done when a model was chosen, or gone on with, that can be used as it is."""
        card = self._chosen
        if card is None:
            return Step.ATTENTION if self._name in self._refusals else Step.OPEN
        if card.download.is_busy:
            return Step.BUSY
        if not self._has_looked and not card.is_on_disk:
            return Step.OPEN
        if not card.is_on_disk or self._misfit():
            return Step.ATTENTION
        is_proposed = self._name == self._session.modality.starter
        is_open = is_proposed and not self._is_chosen and not self._session.draft_is_run
        return Step.OPEN if is_open else Step.DONE

    def primary(self) -> Primary:
        """On to the plan, with a model that can be used."""
        card = self._chosen
        if card is None:
            refusal = self._refusals.get(self._name, "")
            hint = refusal or _("Checking the model …")
            return Primary(_NEXT, is_enabled=False, hint=hint)
        if misfit := self._misfit():
            return Primary(_NEXT, is_enabled=False, hint=misfit)
        if not card.is_on_disk and self._session.draft.runtime.offline:
            hint = _("{title} is not here, and downloads are switched off.")
            hint = hint.format(title=card.facts.title)
            return Primary(_NEXT, is_enabled=False, hint=hint)
        is_here = card.is_on_disk
        hint = (
            _("Starts from {title}.")
            if is_here
            else _("It would be downloaded when the run starts.")
        )
        return Primary(_NEXT, hint=hint.format(title=card.facts.title))

    def on_primary(self) -> None:
        """Go on to the plan."""
        self._is_chosen = True
        self.changed.emit()
        self.go_to.emit("plan")

    def on_shown(self) -> None:
        """See what is here now."""
        self._look()
        self._show_draft()
        self._measure()

    def on_hidden(self) -> None:
        """Measure no more: the Plan page does."""
        self.pace.stop()

    def shut_down(self) -> None:
        """End what works in the background."""
        self.pace.shut_down()
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
        for name in _GROUPS:
            inside.addWidget(self._titles[name])
            inside.addWidget(self.groups[name])
            if name == RECOMMENDED:
                inside.addWidget(self.hint)
                inside.addWidget(self.objective)
                inside.addWidget(self.custom)
                inside.addWidget(self.nothing)
        self.custom.field.textChanged.connect(lambda _: self._arrange())
        inside.addWidget(self.advanced)
        inside.addStretch(1)
        self.area = scrolled(content, _("Models"))
        for grid in self.groups.values():
            grid.focused.connect(self.area.ensureWidgetVisible)
        whole = column(self, margin=4, gap=2)
        self._head = PageHead(_("Which model to start from?"))
        whole.addWidget(self._head)
        whole.addWidget(self.pace_line)
        whole.addWidget(self.area, 1)

    def _add(self, facts: ModelFacts) -> ModelCard:
        card = ModelCard(facts)
        card.chosen.connect(self._choose)
        card.downloaded.connect(self._on_downloaded)
        card.download.changed.connect(self.changed)
        self.cards[facts.name] = card
        return card

    def _on_begun(self) -> None:
        self._is_chosen = False

    def _choose(self, name: str) -> None:
        self._is_chosen = True
        if name != self._name:
            facts = self.cards[name].facts
            # An input size is one of a model: another one takes what these data call for.
            settings = facts.shape.settings_for(self.offers.sizes)
            self._session.change(
                _("Model {title}").format(title=facts.title), model={"name": name, **settings}
            )
        self._show_draft()

    def _show_draft(self) -> None:
        self.custom.offline = self._session.draft.runtime.offline
        self.custom.show_modality(self._session.modality)
        self.advanced.show_draft()
        self._head.show_words(self.offers.words())
        self.pace_line.refresh()
        for name, card in self.cards.items():
            card.show_chosen(name == self._name)
            if card.facts.modality is self._session.modality:
                self.offers.show(card)
        self._arrange()
        self.advanced.show_problem(self._misfit())
        self.hint.setText(self._hint())
        self.hint.setVisible(bool(self.hint.text()))
        is_unknown = self._chosen is None and self._name not in self._refusals
        if is_unknown and self.isVisible() and not self.custom.is_busy:
            self.custom.check(self._name)
        self.changed.emit()

    def _arrange(self) -> None:
        modality, words = self._session.modality, self.custom.field.text()
        cards = [card for card in self.cards.values() if card.facts.modality is modality]
        found = self.offers.recommended(cards)
        first = [self.cards[name] for name in found.names]
        for card in cards:
            card.show_why(modality.words(self.offers.answer(found.why(card.facts.name))))
        rest = [card for card in cards if card not in first]
        shown = sorted(filter(lambda card: card.facts.matches(words), rest), key=self.offers.rank)
        members = {
            RECOMMENDED: first,
            ON_DISK: [card for card in shown if card.is_on_disk],
            TO_DOWNLOAD: [card for card in shown if not card.is_on_disk],
        }
        for card in self.cards.values():
            if card.facts.modality is not modality or card not in (*first, *shown):
                card.hide()
        for name, found_cards in members.items():
            self.groups[name].place(found_cards)
            self.groups[name].setVisible(bool(found_cards))
            self._titles[name].setVisible(bool(found_cards))
        is_nothing = bool(words.strip()) and not shown
        nothing = _("None of these models matches “{words}”: Enter looks it up.")
        self.nothing.setText(nothing.format(words=words.strip()))
        self.nothing.setVisible(is_nothing)

    def _measure(self) -> None:
        """Measure what can be measured here: the chosen model, or the bundled one."""
        if self._session.findings is None or not self.isVisible():
            return
        card = self._chosen
        starter = self.cards.get(self._session.modality.starter)
        measured = card if card is not None and card.is_on_disk else starter
        if measured is not None:
            self.pace.measure(self.offers.recipe_with(measured.facts))

    def _misfit(self) -> str:
        return self._chosen.facts.misfit(self._session.draft) if self._chosen else ""

    def _hint(self) -> str:
        card = self._chosen
        if card is None:
            return ""
        return card.facts.shape.sizes_in_words(self._session.draft, self.offers.sizes)

    def _look(self) -> None:
        findings = self._session.findings
        images = []
        if findings is not None and len(findings) and findings.modality.shown_as == "picture":
            chosen = np.linspace(0, len(findings) - 1, min(_SAMPLES, len(findings)), dtype=int)
            images = [findings.path(int(index)) for index in chosen]
        device = self._session.draft.runtime.device
        if device == "auto":
            device = self._session.chosen_device or device
        self.looking.look(device, images)

    def _on_seen(self, seen: Seen) -> None:
        self._has_looked = True
        self.offers.room, self._session.image_side = seen.room, seen.image_side
        for name, card in self.cards.items():
            if name in seen.on_disk and not card.is_on_disk:
                card.show_on_disk(True)
            card.download.show_kept(seen.kept.get(card.facts.repo, 0), round(card.facts.num_bytes))
        self._show_draft()

    def _on_downloaded(self, name: str) -> None:
        words = _("{title} is on this disk now.").format(title=self.cards[name].facts.title)
        self.notice.emit("ok", words, "")
        self._show_draft()

    def _on_checked(self, found: dict[str, Any]) -> None:
        facts = checked_facts(found)
        self._refusals.pop(facts.name, None)
        self.custom.field.clear()
        card = self.cards.get(facts.name) or self._add(facts)
        card.show_on_disk(bool(found["on_disk"]))
        self._session.shapes[facts.name] = facts.shape
        self._choose(facts.name)
        self._session.model_known.emit()
        self.area.ensureWidgetVisible(card)

    def _on_refused(self, name: str, why: str) -> None:
        self._refusals[name] = why
        self._show_draft()


PAGE = ModelPage
