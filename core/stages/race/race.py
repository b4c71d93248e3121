"""The race of ways to adapt the model, from the first measurement to the winner."""

from collections.abc import Callable
from functools import partial
from typing import Any

from core.errors import RunError
from core.planning.candidates import Candidate, candidates_of, winners_recipe
from core.planning.race import (
    RacePlan,
    Speeds,
    distilled_steps,
    fitted,
    plan_race,
    with_speeds,
)
from core.recipe.arms import BASE, DISTILLED, FURTHER, phrase_of
from core.run.events import Noticed
from core.run.files import FROZEN, RACE, SUMMARY
from core.run.plan import StagePlan
from core.run.raced import Raced, raced, read_raced
from core.stages.prepare import decoder_is_fresh
from core.stages.race.board import Board
from core.stages.race.choice import is_clearly_better, is_clearly_worse, simplest_within_noise
from core.stages.race.clock import Spent
from core.stages.race.finals import Final, judge_arm
from core.stages.race.judged import Look, agreed, pool_of
from core.stages.race.speeds import measured_speeds
from core.stages.race.trial import Candidates, Tried
from core.stages.setup import RunSetup
from core.system.atomic import write_json
from core.training.ranks import Ranks

_DISTILLED_PART = "distilled"


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
        self._num_judged = 0
        self._what = setup.manifest.modality.examples

    def run(self) -> Raced:
        try:
            return self._run()
        finally:
            self._spent.keep()

    def _run(self) -> Raced:
        setup, board = self._setup, self._board
        asked = candidates_of(setup.recipe, setup.pretrained_model().family)
        board.add(FROZEN, "the model as it is, frozen")
        board.add(BASE, "the model as it is, fine-tuned")
        for candidate in asked:
            board.add(candidate.name, candidate.title)
        speeds = measured_speeds(setup, self._stage, self._candidates, asked, self._spent, board)
        self._candidates.pool = pool = pool_of(setup, speeds.num_judged)
        self._num_judged = len(pool)
        start = self._candidates.start()
        if start is None:
            raise RunError("race-impossible", reason="the model's features are no numbers")
        plan = self._planned(asked, speeds)
        best, look, tried = self._rounds(plan, start)
        if best is not None:
            speeds = with_speeds(speeds, best.kind, tried.step_s)
        arms = [BASE]
        looks: dict[str, Look] = {}
        if best is not None and look is not None:
            arms, looks = [BASE, FURTHER], {FURTHER: look}
            distilled = self._distilled(plan, best, speeds)
            if distilled is not None:
                arms, looks = [*arms, DISTILLED], {**looks, DISTILLED: distilled}
        winner, final = self._final(plan, arms, looks, start, best)
        if final.step_s is not None:
            speeds = with_speeds(speeds, None, final.step_s)
        return self._decided(winner, final, best, speeds)

    def _planned(self, asked: list[Candidate], speeds: Speeds) -> RacePlan:
        board, recipe = self._board, self._setup.recipe
        timed = [each for each in asked if each.kind in speeds.step_s]
        failed = [name for name, entry in board.entries.items() if entry.state == "out"]
        if not timed:
            words = board.entries[failed[0]].why if failed else "there is no way to try"
            raise RunError("race-impossible", reason=words)
        plan = plan_race(recipe, timed, speeds)
        started = {each.name for each in plan.candidates}
        for candidate in asked:
            if candidate.name not in started and candidate.name not in failed:
                del board.entries[candidate.name]
        number = len(asked) - len(started) - len(failed)
        board.rounds = [f"{steps:,} steps" for steps, _ in plan.rounds]
        rounds = ", ".join(f"{count} with {steps:,} steps" for steps, count in plan.rounds)
        left_out = f" There is no time for {number} more." if number else ""
        words = (
            f"{recipe.race.minutes:g} minutes: {len(plan.candidates)} ways to go on pre-training "
            f"are tried in {len(plan.rounds)} rounds ({rounds}), judged by {self._num_judged:,} "
            f"labeled {self._what} that are not the test's. Then the best one is self-distilled, "
            f"and the last ones are fine-tuned for {plan.final_steps:,} steps at each learning "
            f"rate.{left_out}"
        )
        self._setup.context.report(Noticed(id="race-planned", text=words))
        return plan

    def _rounds(self, plan: RacePlan, start: Look) -> tuple[Candidate | None, Look | None, Tried]:
        """The best candidate of the last round with what it came to; None where none is left."""
        board, going = self._board, list(plan.candidates)
        looks: dict[str, Look] = {}
        tried = Tried(None)
        results: dict[str, Tried] = {}
        for index, (steps, number) in enumerate(plan.rounds):
            going = going[:number]
            board.scored(FROZEN, index, start.score)
            for candidate in going:
                board.entries[candidate.name].state = "running"
                board.tell(f"Round {index + 1}: {candidate.title}, {steps:,} steps.")
                part = _part(index, candidate)
                tried = self._candidates.further(candidate, steps, part)
                self._spent.keep()
                results[candidate.name] = tried
                self._heard(candidate, index, tried, start)
                if tried.look is not None:
                    looks[candidate.name] = tried.look
            going = [each for each in going if board.entries[each.name].state == "in"]
            # Of equals the likelier one: sorting keeps their order.
            going.sort(key=lambda each: -looks[each.name].score)
            is_last = index + 1 == len(plan.rounds)
            most = 1 if is_last else plan.rounds[index + 1][1]
            for candidate in going[most:]:
                own = _points(looks[candidate.name].score)
                better = _points(looks[going[most - 1].name].score)
                board.out(candidate.name, f"{own}, others have {better} or more")
            for candidate in plan.candidates:
                kept = candidate in going[:most] and is_last
                if candidate.name in results and not kept:
                    self._candidates.forget(_part(index, candidate))
            going = going[:most]
            names = "; ".join(each.title for each in going) or "nothing"
            board.tell(f"After round {index + 1} of {len(plan.rounds)}, {names} goes on.")
            if not going:
                return None, None, tried
        best = going[0]
        return best, looks[best.name], results[best.name]

    def _heard(self, candidate: Candidate, index: int, tried: Tried, start: Look) -> None:
        """Judge a trial against the model as it came."""
        board, name = self._board, candidate.name
        if tried.look is None:
            board.out(name, "its loss or its features became no numbers")
        else:
            board.scored(name, index, tried.look.score)
            if is_clearly_worse(tried.look, start):
                have = f"{_points(tried.look.score)}, the model as it came {_points(start.score)}"
                board.out(name, f"it fell below its start: {have}")
            else:
                entry = board.entries[name]
                entry.state, entry.why = "in", _of_look(tried.look)
        entry = board.entries[name]
        board.tell(f"{candidate.title}: {entry.why}.")

    def _distilled(self, plan: RacePlan, best: Candidate, speeds: Speeds) -> Look | None:
        """The best candidate distilled into itself; None where that diverges."""
        board = self._board
        entry = board.add(DISTILLED, f"self-distilled: {best.title}")
        entry.state = "running"
        board.tell(f"{entry.title}.")
        step_s = speeds.distill_step_s(best.kind, self._setup.recipe.distill.batch_size)
        teacher = _part(len(plan.rounds) - 1, best)
        steps = distilled_steps(plan, step_s)
        tried = self._candidates.distilled(best, teacher, steps, _DISTILLED_PART)
        self._spent.keep()
        if tried.look is None:
            board.out(DISTILLED, "its loss or its features became no numbers")
            return None
        board.scored(DISTILLED, len(plan.rounds) - 1, tried.look.score)
        entry.state, entry.why = "in", _of_look(tried.look)
        return tried.look

    def _final(
        self,
        plan: RacePlan,
        arms: list[str],
        looks: dict[str, Look],
        start: Look,
        best: Candidate | None,
    ) -> tuple[str, Final]:
        """The winner, and the last ones' losses on validation examples."""
        board, setup = self._board, self._setup
        behind: list[StagePlan] = []
        names = {FROZEN: FROZEN, BASE: BASE, DISTILLED: DISTILLED}
        if best is not None:
            names[FURTHER] = best.name
            part = _DISTILLED_PART if DISTILLED in arms else None
            last = len(plan.rounds) - 1
            behind = self._candidates.stages_behind(_part(last, best), part, plan.rounds[last][0])
        board.rounds.append("fine-tuned")
        index = len(board.rounds) - 1
        found: Final | None = None
        for arm in arms:
            board.entries[names[arm]].state = "running"
            board.tell(f"Fine-tuning, to compare: {board.entries[names[arm]].title}.")
            one = judge_arm(setup, self._stage, behind, arm, plan.final_rates, plan.final_steps)
            self._spent.keep()
            for name, accuracy in one.accuracies.items():
                board.scored(names[name], index, accuracy)
                board.entries[names[name]].state = "in"
            found = one if found is None else found.beside(one)
        assert found is not None
        supported = [arm for arm, look in looks.items() if is_clearly_better(look, start)]
        winner = simplest_within_noise(found.losses, supported)
        least = min(float(each.mean()) for each in found.losses.values())
        for name, losses in found.losses.items():
            entry = board.entries[names[name]]
            behind_s = float(losses.mean()) - least
            entry.state = "won" if name == winner else "out"
            entry.why = _of_final(name == winner, float(losses.mean()), behind_s)
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
        numbers = (len(setup.unlabeled), len(setup.train) + len(setup.val) + len(setup.test))
        left_s = 60 * setup.recipe.race.minutes - seconds
        recipe, taken_s = fitted(
            recipe,
            candidate.kind if candidate is not None else None,
            speeds,
            numbers,
            left_s,
            decoder_is_fresh=decoder_is_fresh(setup.run),
        )
        num_ways = len(board.entries)
        entry = board.entries[best.name if winner == FURTHER and best else winner]
        words = self._in_words(winner, entry.title, num_ways, final)
        board.tell(words)
        say = partial(setup.context.report)
        _say_time(say, setup.recipe.race.minutes, seconds, left_s, taken_s)
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

    def _in_words(self, winner: str, title: str, num_ways: int, final: Final) -> str:
        judged = (
            f"among {num_ways} ways to adapt the model, by {self._num_judged:,} labeled "
            f"{self._what} that are not the test's, the last ones by {final.num_validation:,} "
            f"({final.source})"
        )
        if winner in {FROZEN, BASE}:
            return (
                f"Chosen {judged}: the base model as it came, for nothing betters it there beyond "
                "noise. So nothing is pre-trained."
            )
        return f"Chosen {judged}: {phrase_of(winner)} ({title})."


def _say_time(
    report: Callable[[Noticed], None],
    minutes: float,
    seconds: float,
    left_s: float,
    taken_s: float,
) -> None:
    text = (
        f"Of {minutes:g} minutes the race took {seconds / 60:.1f}; the rest is planned for "
        f"{taken_s / 60:.1f}, at the speeds that were measured."
    )
    if taken_s > max(1.0, 1.1 * left_s):
        text += " That is more than is left: with fewer steps it would mean nothing."
    elif taken_s < 0.9 * left_s:
        text += " More steps than the recipe asks for at most would not help."
    report(Noticed(id="race-time", text=text))


def _part(index: int, candidate: Candidate) -> str:
    return f"{index + 1}-{candidate.name}"


def _points(score: float) -> str:
    return f"{100 * score:.1f} points"


def _of_look(look: Look) -> str:
    return (
        f"{_points(look.score)} (linear probe {100 * look.linear:.1f} % right, neighbours "
        f"{100 * look.knn:.1f} %)"
    )


def _of_final(is_winner: bool, loss: float, behind: float) -> str:
    if is_winner and behind <= 0:
        return f"the least validation loss, {loss:.3f}"
    if is_winner:
        return f"validation loss {loss:.3f}, within noise of the least, and simpler"
    return f"validation loss {loss:.3f}" + (f", {behind:.3f} above the least" if behind else "")
