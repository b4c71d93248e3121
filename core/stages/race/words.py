"""What a race says: of its plan, of each look, of its end."""

from collections.abc import Callable

from core.language import _, ngettext
from core.planning.race import RacePlan
from core.recipe.arms import BASE, phrase_of
from core.run.events import Noticed
from core.run.files import FROZEN
from core.stages.race.finals import Final
from core.stages.race.judged import Look

NO_TIME = _("there was no time left for it")
NO_NUMBERS = _("its loss or its features became no numbers")


def of_plan(plan: RacePlan, minutes: float, num_left_out: int, judged: str) -> str:
    """What will be tried, and what there is no time for.

    Args:
        plan: Of the race.
        minutes: That the run has.
        num_left_out: Ways that don't start.
        judged: By how many of which examples.
    """
    rounds = ", ".join(
        _("{count} with {steps:,} steps").format(count=count, steps=steps)
        for steps, count in plan.rounds
    )
    left_out = (
        " " + _("There is no time for {num_left_out} more.").format(num_left_out=num_left_out)
        if num_left_out
        else ""
    )
    number = len(plan.candidates)
    ways = ngettext(
        "{number} way to go on pre-training is tried",
        "{number} ways to go on pre-training are tried",
        number,
    )
    return _(
        "Time: {minutes:g} min. {ways} (rounds: {each}), judged by {judged} that are not the "
        "test's. Then the best one is self-distilled, and the last ones are fine-tuned for "
        "{steps:,} steps at each learning rate.{left_out}"
    ).format(
        minutes=minutes,
        ways=ways.format(number=number),
        each=rounds,
        judged=judged,
        steps=plan.finals.steps,
        left_out=left_out,
    )


def of_end(winner: str, title: str, num_ways: int, judged: str, final: Final) -> str:
    """What was chosen, among how many and by what; `judged` as of `of_plan`."""
    among = _(
        "among {num_ways} ways to adapt the model, by {judged} that are not the "
        "test's, the last ones by {num_validation:,} ({source})"
    ).format(
        num_ways=num_ways, judged=judged, num_validation=final.num_validation, source=final.source
    )
    if winner in {FROZEN, BASE}:
        return _(
            "Chosen {among}: the base model as it came, for nothing betters it there "
            "beyond noise. So nothing is pre-trained."
        ).format(among=among)
    chosen = _("Chosen {among}: {winner} ({title}).").format(
        among=among, winner=phrase_of(winner), title=title
    )
    means = {name: float(losses.mean()) for name, losses in final.losses.items()}
    least = min(means, key=means.__getitem__)
    if least not in {FROZEN, BASE}:
        return chosen
    return f"{chosen} " + _(
        "Fine-tuned for a short while it was no better there than the base model; it was taken "
        "because it knew more before. The base model is trained beside it, and the test tells the "
        "two apart."
    )


def say_time(
    report: Callable[[Noticed], None],
    minutes: float,
    seconds: float,
    left_s: float,
    taken_s: float,
) -> None:
    """What the race took of the time, and what the rest will take."""
    text = _(
        "Of {minutes:g} minutes the race took {seconds:.1f}; the rest is planned for "
        "{taken_s:.1f}, at the speeds that were measured."
    ).format(minutes=minutes, seconds=seconds / 60, taken_s=taken_s / 60)
    if taken_s > max(1.0, 1.1 * left_s):
        text += " " + _("That is more than is left: with fewer steps it would mean nothing.")
    elif taken_s < 0.9 * left_s:
        text += " " + _("More steps than the recipe asks for at most would not help.")
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


def of_final(is_winner: bool, loss: float, behind: float, *, is_supported: bool = False) -> str:
    """What the fine-tuning of one of the last came to.

    Args:
        is_winner: Whether it was taken.
        loss: Of validation examples.
        behind: What that is above the least.
        is_supported: Whether it knew more than the base model before it was fine-tuned.
    """
    if is_winner and behind <= 0:
        return _("the least validation loss, {loss:.3f}").format(loss=loss)
    if is_winner and is_supported:
        return _(
            "validation loss {loss:.3f}, within noise of the least, and more was known before "
            "fine-tuning"
        ).format(loss=loss)
    if is_winner:
        return _("validation loss {loss:.3f}, within noise of the least, and simpler").format(
            loss=loss
        )
    return _("validation loss {loss:.3f}").format(loss=loss) + (
        _(", {behind:.3f} above the least").format(behind=behind) if behind else ""
    )
