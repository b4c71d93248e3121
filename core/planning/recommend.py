"""Which models to propose: the quickest, the best that one has time for, the best."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.planning.fit import Verdict

# For whom has not said otherwise.
PATIENCE_S = 2 * 3600.0


@dataclass(frozen=True)
class Offer:
    """A model that could be taken.

    Attributes:
        name: As the recipe names it.
        strength: As its profile has it.
        verdict: Whether training with it fits this machine; None while that is not known.
        seconds: Of a run with it; None while that is not known.
        parameters: Of its encoder.
    """

    name: str
    strength: int
    verdict: Verdict | None
    seconds: float | None
    parameters: int


@dataclass(frozen=True)
class Recommended:
    """Names of models; one may be the answer to several questions, and each may have none."""

    fast: str = ""
    in_time: str = ""
    best: str = ""

    def why(self, name: str) -> tuple[str, ...]:
        """Which of the questions a model answers."""
        questions = ("fast", "in_time", "best")
        return tuple(question for question in questions if getattr(self, question) == name)

    @property
    def names(self) -> list[str]:
        """The models, each once, the quickest first."""
        return list(dict.fromkeys(filter(None, (self.fast, self.in_time, self.best))))


def recommended(offers: Sequence[Offer], patience_s: float = PATIENCE_S) -> Recommended:
    """Choose among models of one modality; none that does not fit is proposed."""
    usable = [offer for offer in offers if offer.verdict != "too large"]
    if not usable:
        return Recommended()
    fast = min(usable, key=_effort)
    # Small portions are slow: a model that fits as a whole is better of two that are as strong.
    best = max(usable, key=lambda offer: (offer.strength, offer.verdict == "fits"))
    in_time = [offer for offer in usable if _is_in_time(offer, patience_s)]
    strongest = max(in_time, key=lambda offer: (offer.strength, -_effort(offer)[0]), default=fast)
    return Recommended(fast.name, strongest.name, best.name)


def _effort(offer: Offer) -> tuple[float, int]:
    seconds = float(offer.parameters) if offer.seconds is None else offer.seconds
    return seconds, offer.parameters


def _is_in_time(offer: Offer, patience_s: float) -> bool:
    """Before anything was measured, whatever fits as a whole counts as quick enough."""
    if offer.seconds is None:
        return offer.verdict in {"fits", None}
    return offer.seconds <= patience_s
