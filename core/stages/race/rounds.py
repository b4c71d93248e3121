"""The rounds of a race: candidates pre-train, are judged, and half of them go on."""

from core.language import _
from core.planning.candidates import Candidate
from core.planning.race import ROUNDS_END, RacePlan
from core.run.files import FROZEN
from core.stages.race.board import Board
from core.stages.race.choice import best_first, is_clearly_worse
from core.stages.race.clock import Spent
from core.stages.race.judged import Look
from core.stages.race.trial import Candidates, Tried
from core.stages.race.words import NO_NUMBERS, NO_TIME, of_look, points
from core.stages.setup import RunSetup


def part_of(index: int, candidate: Candidate) -> str:
    """The name of a trial within its race.

    Args:
        index: Of the round.
        candidate: Which.
    """
    return f"{index + 1}-{candidate.name}"


class Rounds:
    """Successive halving against the clock.

    Args:
        setup: The run.
        board: Where everyone sees who is out.
        candidates: Trains and judges.
        spent: What the race has taken.
        usual: Name of the way that is usually best; it may be out.

    Attributes:
        reached: How many rounds were gone through.
    """

    def __init__(
        self, setup: RunSetup, board: Board, candidates: Candidates, spent: Spent, usual: str
    ) -> None:
        self._setup, self._board = setup, board
        self._candidates, self._spent, self._usual = candidates, spent, usual
        self.reached = 0

    def run(self, plan: RacePlan, start: Look) -> tuple[Candidate | None, Look | None, Tried]:
        """The best candidate of the last round with what it came to; None where none is left."""
        board, going = self._board, list(plan.candidates)
        looks: dict[str, Look] = {}
        tried = Tried(None)
        results: dict[str, Tried] = {}
        for index, (steps, _kept) in enumerate(plan.rounds):
            if index and not self._starts(index, going):
                break
            self.reached = index + 1
            board.scored(FROZEN, index, start.score)
            for number, candidate in enumerate(going):
                part = part_of(index, candidate)
                # The first one is the likeliest, or the best so far.
                if number and not (
                    self._candidates.is_done(part) or self._spent.is_before(self._setup, ROUNDS_END)
                ):
                    board.out(candidate.name, NO_TIME)
                    continue
                board.entries[candidate.name].state = "running"
                board.tell(
                    _("Round {index}: {title}, {steps:,} steps.").format(
                        index=index + 1, title=candidate.title, steps=steps
                    )
                )
                tried = self._candidates.further(candidate, steps, part)
                self._spent.keep()
                results[candidate.name] = tried
                self._heard(candidate, index, tried, start)
                if tried.look is not None:
                    looks[candidate.name] = tried.look
            going = self._going_on(plan, index, going, looks)
            if not going:
                return None, None, tried
        board.rounds = board.rounds[: self.reached]
        best, *others = going
        for candidate in others:
            board.out(
                candidate.name,
                _("{no_time}; the best has {score}").format(
                    no_time=NO_TIME, score=points(looks[best.name].score)
                ),
            )
        return best, looks[best.name], results[best.name]

    def _starts(self, index: int, going: list[Candidate]) -> bool:
        """Whether there is time for a round, or there was before the run was interrupted."""
        done = [self._candidates.is_done(part_of(index, each)) for each in going]
        return any(done) or self._spent.is_before(self._setup, ROUNDS_END)

    def _going_on(
        self, plan: RacePlan, index: int, going: list[Candidate], looks: dict[str, Look]
    ) -> list[Candidate]:
        """Those that go into the next round, the best first; one after the last."""
        board, tried = self._board, going
        by_name = {each.name: each for each in going if board.entries[each.name].state == "in"}
        seen = {name: looks[name] for name in by_name}
        going = [by_name[name] for name in best_first(seen, self._usual)]
        most = plan.rounds[index + 1][1] if index + 1 < len(plan.rounds) else 1
        for candidate in going[most:]:
            why = _why_out(looks[candidate.name], [looks[each.name] for each in going[:most]])
            board.out(candidate.name, why)
        # The best encoder stays: the race may end with this round.
        for candidate in tried:
            if candidate not in going[:1]:
                self._candidates.forget(part_of(index, candidate))
            if index and going:
                self._candidates.forget(part_of(index - 1, candidate))
        going = going[:most]
        names = "; ".join(each.title for each in going) or "nothing"
        board.tell(
            _("After round {index} of {rounds}, {names} goes on.").format(
                index=index + 1, rounds=len(plan.rounds), names=names
            )
        )
        return going

    def _heard(self, candidate: Candidate, index: int, tried: Tried, start: Look) -> None:
        """Judge a trial against the model as it came."""
        board, name = self._board, candidate.name
        if tried.look is None:
            board.out(name, NO_NUMBERS)
        else:
            board.scored(name, index, tried.look.score)
            if is_clearly_worse(tried.look, start):
                have = _("{score}, the model as it came {before}").format(
                    score=points(tried.look.score), before=points(start.score)
                )
                board.out(name, _("it fell below its start: {have}").format(have=have))
            else:
                entry = board.entries[name]
                entry.state, entry.why = "in", of_look(tried.look)
        entry = board.entries[name]
        board.tell(f"{candidate.title}: {entry.why}.")


def _why_out(look: Look, going: list[Look]) -> str:
    """Why a way to adapt the model goes on no more, where those of `going` do."""
    least = min(each.score for each in going)
    words = _("{own}, others have {better} or more")
    if look.score > least:
        # One that other data speak for is among them.
        least = going[0].score
        words = _("{own}, no more than chance above {better} of the way that is usually best")
    return words.format(own=points(look.score), better=points(least))
