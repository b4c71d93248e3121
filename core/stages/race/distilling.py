"""The best candidate of a race distilled into itself, with as many weights as there is time for."""

from dataclasses import dataclass, replace

from core.language import _
from core.planning.candidates import Candidate
from core.planning.race import DISTILLED_END, RacePlan, Speeds, distilled_steps
from core.recipe.arms import DISTILLED
from core.stages.race.board import Board
from core.stages.race.clock import Spent
from core.stages.race.judged import Look
from core.stages.race.trial import Candidates
from core.stages.race.words import NO_NUMBERS, NO_TIME, of_look, points
from core.stages.setup import RunSetup


@dataclass(frozen=True, eq=False)
class Distilled:
    """What came of it.

    Attributes:
        candidate: The best one, with the weight that was chosen.
        part: The trial whose encoder it is; its name on the board, too.
        look: How good that is.
    """

    candidate: Candidate
    part: str
    look: Look


@dataclass(frozen=True)
class Distilling:
    """Tries the weights of the distillation, the likeliest first.

    Attributes:
        setup: The run.
        board: What is said of it.
        candidates: That train.
        spent: The time that is gone.
    """

    setup: RunSetup
    board: Board
    candidates: Candidates
    spent: Spent

    def run(
        self, plan: RacePlan, best: Candidate, teacher: str, speeds: Speeds, index: int
    ) -> Distilled | None:
        """The best of them; None where all diverge, or where it is too late for any.

        Args:
            plan: Of the race.
            best: The candidate.
            teacher: The trial of it that was trained longest.
            speeds: As measured.
            index: Of that round.
        """
        recipe = self.setup.recipe
        step_s = speeds.distill_step_s(best.kind, recipe.distill.batch_size)
        factors = recipe.race.weights
        number, steps = distilled_steps(plan, speeds, step_s, len(factors))
        found: list[Distilled] = []
        for place, factor in enumerate(factors[:number]):
            own = replace(best, weight=factor * recipe.distill.weight)
            part = f"{DISTILLED}-weight-{factor:g}" if place else DISTILLED
            look = self._tried(own, part, teacher, steps, is_one_of_many=number > 1)
            if look is not None:
                self.board.scored(part, index, look.score)
                found.append(Distilled(own, part, look))
        if not found:
            return None
        chosen = max(found, key=lambda each: each.look.score)
        for each in found:
            if each is not chosen:
                better = points(chosen.look.score)
                self.board.out(
                    each.part, _("with another weight it has {better}").format(better=better)
                )
        return chosen

    def _tried(
        self, own: Candidate, part: str, teacher: str, steps: int, *, is_one_of_many: bool
    ) -> Look | None:
        weight = f", weight {own.weight:g}" if is_one_of_many else ""
        entry = self.board.add(part, f"self-distilled: {own.title}{weight}")
        is_there = self.candidates.is_done(part)
        if not (is_there or self.spent.is_before(self.setup, DISTILLED_END)):
            self.board.out(part, NO_TIME)
            return None
        entry.state = "running"
        self.board.tell(f"{entry.title}.")
        tried = self.candidates.distilled(own, teacher, steps, part)
        self.spent.keep()
        if tried.look is None:
            self.board.out(part, NO_NUMBERS)
            return None
        entry.state, entry.why = "in", of_look(tried.look)
        return tried.look
