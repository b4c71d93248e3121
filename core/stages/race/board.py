"""The state of a race: every way that is tried, round by round, for whoever watches."""

from dataclasses import dataclass, field
from typing import Any, Literal

from core.run.events import RaceMoved
from core.run.plan import StagePlan
from core.training.context import RunContext

State = Literal["waiting", "running", "in", "out", "won"]


@dataclass
class Entry:
    """One way to adapt the model; see `core.run.events.RaceMoved`."""

    name: str
    title: str
    state: State = "waiting"
    why: str = ""
    scores: list[float | None] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """As events and the results have it."""
        return dict(vars(self), scores=list(self.scores))


class Board:
    """All ways of a race; a resumed race fills it again without telling.

    Args:
        context: Told.
        stage: The race.

    Attributes:
        entries: By name, the simplest first.
        rounds: Titles of the rounds.
    """

    def __init__(self, context: RunContext, stage: StagePlan) -> None:
        self._context, self._stage = context, stage
        self.entries: dict[str, Entry] = {}
        self.rounds: list[str] = []

    def add(self, name: str, title: str) -> Entry:
        """A way that is tried."""
        return self.entries.setdefault(name, Entry(name, title))

    def scored(self, name: str, index: int, score: float | None) -> None:
        """What came of a round."""
        scores = self.entries[name].scores
        scores += [None] * (index + 1 - len(scores))
        scores[index] = score

    def tell(self, words: str) -> None:
        """Say what was decided, with the whole board."""
        entries = [entry.to_json() for entry in self.entries.values()]
        moved = RaceMoved(
            stage=self._stage.name, words=words, rounds=list(self.rounds), entries=entries
        )
        self._context.report(moved)

    def out(self, name: str, why: str) -> None:
        """One goes on no more."""
        entry = self.entries[name]
        entry.state, entry.why = "out", why
