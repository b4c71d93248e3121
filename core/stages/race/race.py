"""The race of ways to adapt the model, from the first measurement to the winner."""

from functools import partial
from typing import Any

from core.errors import RunError
from core.language import _
from core.planning.candidates import Candidate, candidates_of, winners_recipe
from core.planning.race import (
    FinalsPlan,
    RacePlan,
    Speeds,
    plan_finals,
    plan_race,
    with_speeds,
)
from core.planning.race_rest import fitted
from core.recipe.arms import BASE, DISTILLED, FURTHER
from core.run.events import Noticed
from core.run.files import FINALS, FROZEN, RACE, SUMMARY
from core.run.plan import StagePlan
from core.run.raced import Raced, raced, read_raced
from core.stages.prepare import decoder_is_fresh
from core.stages.race.board import Board
from core.stages.race.choice import is_supported, winner_of
from core.stages.race.clock import Spent
from core.stages.race.distilling import Distilling
from core.stages.race.finals import Final, judge_arm
from core.stages.race.judged import Look, agreed, pool_of
from core.stages.race.rounds import Rounds, part_of
from core.stages.race.speeds import measured_speeds
from core.stages.race.trial import Candidates
from core.stages.race.words import of_end, of_final, of_plan, say_time
from core.stages.setup import RunSetup
from core.system.atomic import write_json
from core.training.ranks import Ranks


def race(setup: RunSetup, stage: StagePlan) -> dict[str, Any]:
    """Find the best way to adapt the model; goes on from the trials that are done.

    Test examples are never looked at. What is found is written to the run folder, once, and the
    rest of the run goes by it.

    Returns:
        The summary: `winner`, `words`, among how many ways and by how many examples.
    """
    found = read_raced(setup.run.path)
    if found is None:
        found = _Race(setup, stage).run()
        write = partial(write_json, setup.run.path / RACE, found.to_json())
        setup.context.write(write, "the race")
        Ranks(setup.hardware).wait(setup.context)
    summary = {
        "winner": found.winner,
        "words": found.words,
        "num_ways": found.num_ways,
        "num_validation": found.num_validation,
        "seconds": found.seconds,
    }
    folder = setup.run.stage(stage.name)
    setup.context.write(partial(write_json, folder / SUMMARY, summary), "the race")
    if setup.context.is_main:
        for file in folder.glob("*/*.safetensors"):
            # Encoders and answers of trials: the winner is trained anew, for longer.
            file.unlink(missing_ok=True)
    return summary


class _Race:
    def __init__(self, setup: RunSetup, stage: StagePlan) -> None:
        self._setup, self._stage = setup, stage
        self._spent = Spent(setup.run.stage(stage.name), setup.context)
        self._board = Board(setup.context, stage)
        self._candidates = Candidates(setup, stage)
        self._family = setup.pretrained_model().family
        self._num_judged = 0
        # The name of each of the last ones on the board.
        self._names = {FROZEN: FROZEN, BASE: BASE}
        self._asked = candidates_of(setup.recipe, self._family)
        # The likeliest one, whether or not there is time for it.
        self._usual = self._asked[0].name
        self._rounds = Rounds(setup, self._board, self._candidates, self._spent, self._usual)

    @property
    def _judged(self) -> str:
        what = self._setup.manifest.modality.examples
        return f"{self._num_judged:,} labeled {what}"

    def run(self) -> Raced:
        try:
            return self._run()
        finally:
            self._spent.keep()

    def _run(self) -> Raced:
        setup, board = self._setup, self._board
        asked = self._asked
        board.add(FROZEN, _("the model as it is, frozen"))
        board.add(BASE, _("the model as it is, fine-tuned"))
        for candidate in asked:
            board.add(candidate.name, candidate.title)
        speeds = measured_speeds(setup, self._stage, self._candidates, asked, self._spent, board)
        self._candidates.pool = pool = pool_of(setup, speeds.num_judged)
        self._num_judged = len(pool)
        start = self._candidates.start()
        if start is None:
            raise RunError("race-impossible", reason=_("the model's features are no numbers"))
        plan = self._planned(asked, speeds)
        best, look, tried = self._rounds.run(plan, start)
        if best is not None:
            speeds = with_speeds(speeds, best.kind, tried.step_s)
        arms = [BASE]
        looks: dict[str, Look] = {}
        if best is not None and look is not None:
            arms, looks = [BASE, FURTHER], {FURTHER: look}
            self._names[FURTHER] = best.name
            last = self._rounds.reached - 1
            distilled = Distilling(setup, board, self._candidates, self._spent).run(
                plan, best, part_of(last, best), speeds, last
            )
            if distilled is not None:
                arms, looks = [*arms, DISTILLED], {**looks, DISTILLED: distilled.look}
                best, self._names[DISTILLED] = distilled.candidate, distilled.part
        winner, final = self._final(plan, self._finals(speeds), arms, looks, start, best)
        if final.step_s is not None:
            speeds = with_speeds(speeds, None, final.step_s)
        return self._decided(winner, final, best, speeds)

    def _planned(self, asked: list[Candidate], speeds: Speeds) -> RacePlan:
        board, recipe = self._board, self._setup.recipe
        timed = [each for each in asked if each.kind in speeds.step_s]
        failed = [name for name, entry in board.entries.items() if entry.state == "out"]
        if not timed:
            words = board.entries[failed[0]].why if failed else _("there is no way to try")
            raise RunError("race-impossible", reason=words)
        plan = plan_race(recipe, timed, speeds, self._family)
        started = {each.name for each in plan.candidates}
        for candidate in asked:
            if candidate.name not in started and candidate.name not in failed:
                del board.entries[candidate.name]
        number = len(asked) - len(started) - len(failed)
        board.rounds = [f"{steps:,} steps" for steps, _kept in plan.rounds]
        words = of_plan(plan, recipe.race.minutes, number, self._judged)
        self._setup.context.report(Noticed(id="race-planned", text=words))
        return plan

    def _finals(self, speeds: Speeds) -> FinalsPlan:
        """How the last ones are compared, by the time that is left; decided once."""
        setup = self._setup
        file = f"stages/{self._stage.name}/{FINALS}"
        if (setup.run.path / file).exists():
            return FinalsPlan.from_json(setup.run.read_json(file))
        (spent,) = agreed(setup, [self._spent.seconds])
        found = plan_finals(setup.recipe, speeds, self._family, spent)
        setup.context.write(partial(write_json, setup.run.path / file, found.to_json()), "the race")
        return found

    def _final(
        self,
        plan: RacePlan,
        finals: FinalsPlan,
        arms: list[str],
        looks: dict[str, Look],
        start: Look,
        best: Candidate | None,
    ) -> tuple[str, Final]:
        """The winner, and the last ones' losses on validation examples."""
        board, setup = self._board, self._setup
        behind: list[StagePlan] = []
        names = self._names
        if best is not None:
            part = names.get(DISTILLED)
            last = self._rounds.reached - 1
            behind = self._candidates.stages_behind(part_of(last, best), part, plan.rounds[last][0])
        board.rounds.append("fine-tuned")
        index = len(board.rounds) - 1
        found: Final | None = None
        for arm in arms:
            board.entries[names[arm]].state = "running"
            board.tell(
                _("Fine-tuning, to compare: {title}.").format(title=board.entries[names[arm]].title)
            )
            one = judge_arm(setup, self._stage, behind, arm, finals)
            self._spent.keep()
            for name, accuracy in one.accuracies.items():
                board.scored(names[name], index, accuracy)
                board.entries[names[name]].state = "in"
            found = one if found is None else found.beside(one)
        assert found is not None
        is_usual = best is not None and best.name == self._usual
        supported = {
            arm for arm, look in looks.items() if is_supported(look, start, is_usual=is_usual)
        }
        winner = winner_of(found.losses, supported)
        least = min(float(each.mean()) for each in found.losses.values())
        for name, losses in found.losses.items():
            entry = board.entries[names[name]]
            behind_s = float(losses.mean()) - least
            entry.state = "won" if name == winner else "out"
            entry.why = of_final(
                name == winner, float(losses.mean()), behind_s, is_supported=name in supported
            )
        return winner, found

    def _decided(
        self,
        winner: str,
        final: Final,
        best: Candidate | None,
        speeds: Speeds,
    ) -> Raced:
        setup, board = self._setup, self._board
        (seconds,) = agreed(setup, [self._spent.seconds])
        is_base = winner in {FROZEN, BASE}
        arm = BASE if is_base else winner
        candidate = None if is_base else best
        recipe = winners_recipe(setup.recipe, arm, candidate)
        if candidate is not None:
            warmup = {"decoder_warmup_steps": self._candidates.warmup_steps(recipe)}
            recipe = recipe.model_copy(update={"model": recipe.model.model_copy(update=warmup)})
        # What would not be tried takes no time.
        finetune = recipe.finetune.model_copy(update={"pairs": setup.tries_pairs})
        recipe = recipe.model_copy(update={"finetune": finetune})
        numbers = (len(setup.unlabeled), len(setup.train) + len(setup.val) + len(setup.test))
        left_s = 60 * setup.recipe.race.minutes - seconds
        recipe, taken_s = fitted(
            recipe,
            candidate.kind if candidate is not None else None,
            speeds,
            numbers,
            left_s,
            rate=final.rates[arm],
            decoder_is_fresh=decoder_is_fresh(setup.run),
        )
        num_ways = len(board.entries)
        entry = board.entries[self._names[winner]]
        words = of_end(winner, entry.title, num_ways, self._judged, final)
        board.tell(words)
        say_time(setup.context.report, setup.recipe.race.minutes, seconds, left_s, taken_s)
        return raced(
            winner,
            recipe,
            title=entry.title,
            words=words,
            num_ways=num_ways,
            num_validation=self._num_judged,
            seconds=seconds,
            entries=[each.to_json() for each in board.entries.values()],
        )
