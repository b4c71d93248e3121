"""What a race says: of its plan, of each look, of its end."""

from collections.abc import Callable

from core.planning.race import RacePlan
from core.recipe.arms import BASE, phrase_of
from core.run.events import Noticed
from core.run.files import FROZEN
from core.stages.race.finals import Final
from core.stages.race.judged import Look

NO_TIME = "there was no time left for it"
NO_NUMBERS = "its loss or its features became no numbers"


def of_plan(plan: RacePlan, minutes: float, num_left_out: int, judged: str) -> str:
    """What will be tried, and what there is no time for.

    Args:
        plan: Of the race.
        minutes: That the run has.
        num_left_out: Ways that don't start.
        judged: By how many of which examples.
    """
    rounds = ", ".join(f"{count} with {steps:,} steps" for steps, count in plan.rounds)
    left_out = f" There is no time for {num_left_out} more." if num_left_out else ""
    return (
        f"{minutes:g} minutes: {len(plan.candidates)} ways to go on pre-training are tried in "
        f"{len(plan.rounds)} rounds ({rounds}), judged by {judged} that are not the test's. Then "
        f"the best one is self-distilled, and the last ones are fine-tuned for "
        f"{plan.finals.steps:,} steps at each learning rate.{left_out}"
    )


def of_end(winner: str, title: str, num_ways: int, judged: str, final: Final) -> str:
    """What was chosen, among how many and by what; `judged` as of `of_plan`."""
    among = (
        f"among {num_ways} ways to adapt the model, by {judged} that are not the test's, the last "
        f"ones by {final.num_validation:,} ({final.source})"
    )
    if winner in {FROZEN, BASE}:
        return (
            f"Chosen {among}: the base model as it came, for nothing betters it there beyond "
            "noise. So nothing is pre-trained."
        )
    return f"Chosen {among}: {phrase_of(winner)} ({title})."


def say_time(
    report: Callable[[Noticed], None],
    minutes: float,
    seconds: float,
    left_s: float,
    taken_s: float,
) -> None:
    """What the race took of the time, and what the rest will take."""
    text = (
        f"Of {minutes:g} minutes the race took {seconds / 60:.1f}; the rest is planned for "
        f"{taken_s / 60:.1f}, at the speeds that were measured."
    )
    if taken_s > max(1.0, 1.1 * left_s):
        text += " That is more than is left: with fewer steps it would mean nothing."
    elif taken_s < 0.9 * left_s:
        text += " More steps than the recipe asks for at most would not help."
    report(Noticed(id="race-time", text=text))


def points(score: float) -> str:
    """A score in points of 100."""
    return f"{100 * score:.1f} points"


def of_look(look: Look) -> str:
    """How good an encoder is as it is."""
    return (
        f"{points(look.score)} (linear probe {100 * look.linear:.1f} % right, neighbours "
        f"{100 * look.knn:.1f} %)"
    )


def of_final(is_winner: bool, loss: float, behind: float) -> str:
    """What the fine-tuning of one of the last came to; `behind` of the least loss."""
    if is_winner and behind <= 0:
        return f"the least validation loss, {loss:.3f}"
    if is_winner:
        return f"validation loss {loss:.3f}, within noise of the least, and simpler"
    return f"validation loss {loss:.3f}" + (f", {behind:.3f} above the least" if behind else "")
