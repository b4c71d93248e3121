"""What each model costs with the plan at hand, and which of them to propose."""

from collections.abc import Mapping, Sequence

from core.language import _
from core.planning.fit import Room, as_measured, fit_of
from core.planning.recommend import PATIENCE_S, Offer, Recommended, recommended
from core.planning.shapes import DataSizes
from core.recipe import Recipe
from gui.pages.model.card import ModelCard
from gui.pages.model.facts import ModelFacts
from gui.pages.model.pace import Pace
from gui.state.session import Session
from gui.words.numbers import duration

_BEST = _("Best for these {examples}")


class Offers:
    """Keeps what is known of the models that cards show.

    Args:
        session: Its draft is the plan.
        pace: Knows how long a plan takes.
        cards: By name; more may come.

    Attributes:
        room: Memory to train in; None until it is known.
    """

    def __init__(self, session: Session, pace: Pace, cards: Mapping[str, ModelCard]) -> None:
        self._session, self._pace, self._cards = session, pace, cards
        self.room: Room | None = None
        self._known: dict[str, Offer] = {}

    @property
    def sizes(self) -> DataSizes:
        """How large the examples are."""
        findings = self._session.findings
        lengths = findings.summary["text_lengths"] if findings is not None else ()
        return DataSizes(self._session.image_side, lengths)

    def recipe_with(self, facts: ModelFacts) -> Recipe:
        """The draft with a model, as choosing it would make it."""
        draft = self._session.draft
        if facts.name == draft.model.name:
            return draft
        changed = {"name": facts.name, **facts.shape.settings_for(self.sizes)}
        return draft.model_copy(update={"model": draft.model.model_copy(update=changed)})

    def show(self, card: ModelCard) -> None:
        """Show time and memory of the plan with a card's model, at the size it would have."""
        facts, recipe = card.facts, self.recipe_with(card.facts)
        seconds = self._pace.seconds(facts, recipe, self._cards)
        fit = None if self.room is None else fit_of(facts.shape, recipe, self.room)
        measured = self._pace.memory(recipe)
        if fit is not None and measured is not None:
            fit = as_measured(fit, measured)
        if fit is not None:
            card.show_fit(fit)
        is_hopeless = fit is not None and fit.verdict == "too large"
        if is_hopeless:
            card.show_time(None, recipe)
        else:
            card.show_time(seconds, recipe, self._pace.in_short)
        self._known[facts.name] = Offer(
            facts.name,
            facts.profile.strength if facts.profile else 0,
            fit.verdict if fit else None,
            seconds,
            facts.shape.parameters,
        )

    def recommended(self, cards: Sequence[ModelCard]) -> Recommended:
        """Which of the cards' models to propose; of those that somebody added nothing is known."""
        names = [card.facts.name for card in cards if card.facts.profile]
        return recommended([self._known[name] for name in names if name in self._known])

    def words(self) -> str:
        """What models are for, and where the times on the cards are from."""
        words = _(
            "Everything starts from a model that {learned}. The nearer to yours, the better."
        ).format(learned=self._session.modality.learned)
        measured = self._pace.measured_with(self._cards)
        if measured:
            words += _(" Times are scaled from what was measured here with {measured}.").format(
                measured=measured
            )
        return words

    def answer(self, questions: Sequence[str]) -> str:
        """Which of the questions a model answers, in words."""
        limit = duration(PATIENCE_S).removesuffix(" 00 min")
        is_timed = bool(self._pace.measured_with(self._cards))
        time = _("within {limit} here") if is_timed else _("of those that fit well")
        time = time.format(limit=limit)
        words = [_("Fast")] if "fast" in questions else []
        if "best" in questions:
            words.append(_BEST)
        if "in_time" in questions:
            words.append(time if "best" in questions else _("Best {time}").format(time=time))
        return ", ".join(words)

    def rank(self, card: ModelCard) -> tuple[bool, int, int]:
        """What fits comes first, of that the strongest."""
        offer = self._known.get(card.facts.name)
        if offer is None:
            return False, 0, card.facts.shape.parameters
        return offer.verdict == "too large", -offer.strength, offer.parameters
