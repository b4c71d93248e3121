"""How a race spends its time: pure arithmetic on measured speeds, torch-free.

A fifth of the time goes to the rounds of further pre-training, each of them as long as the others:
half of the candidates go on from round to round, with twice the steps (successive halving, Jamieson
and Talwalkar 2016). Then the best one is distilled into itself, and the last ones are fine-tuned
for a short while. All that is left trains the winner and the base model.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final, Self

from core.planning.candidates import Candidate
from core.recipe import Recipe
from core.recipe.interpolating import shares_of
from core.recipe.rates import likeliest_rates

# Of the whole time.
ROUNDS: Final = 0.2
_DISTILLED, _FINAL = 0.07, 0.13
# Of it, after which no more candidates start, none is distilled, and the last ones are compared by
# the least that tells something: a machine may slow down after its speed was measured.
ROUNDS_END: Final = 0.3
DISTILLED_END: Final = 0.37
_FINAL_END = 0.5
# Of it at most, for the warm-up of a decoder; where that is too little for so many steps, what
# needs one is not tried.
WARMUP: Final = 0.05
LEAST_WARMUP: Final = 50
# Of it, for one look at an encoder; a dozen of them take a third of the rounds.
_LOOKING = 0.005
_FEWEST_JUDGES, _MOST_JUDGES = 200, 3_000
# Fewer steps than these tell nothing of a way to pre-train, or of a fine-tuning.
LEAST_STEPS: Final = 10
_LEAST_FINE_TUNING = 5
# With fewer steps of self-distillation, weights of it can't be told from each other.
_TELLING_STEPS = 30
# The base model, the best candidate, and that one distilled.
FINALISTS: Final = 3
_LAST_ROUND = 2
# The usual learning rate and one beside it: more steps of these tell more of an encoder than fewer
# of all do, and the winner's own search comes later.
_FINAL_RATES = 2
_MOST_CANDIDATES = 24


@dataclass(frozen=True)
class Speeds:
    """What was measured in the run itself.

    Attributes:
        step_s: Seconds of a step of further pre-training, by the kind of candidate.
        finetune_step_s: Seconds of a step of fine-tuning.
        image_s: Seconds in which a frozen encoder looks at one example.
        head_s: Seconds in which a head is fitted on all labeled examples.
        fixed_s: Seconds that a training takes beside its steps: loading, saving.
        num_judged: Labeled examples that every trial is judged by.
        num_labeled: Of how many.
        num_validation: Examples that fine-tunings are compared by.
    """

    step_s: Mapping[str, float]
    finetune_step_s: float
    image_s: float
    head_s: float
    fixed_s: float
    num_judged: int
    num_labeled: int
    num_validation: int = 0

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """From a file in the run folder; older ones lack the last number."""
        return cls(**{name: values[name] for name in cls.__dataclass_fields__ if name in values})

    def to_json(self) -> dict[str, Any]:
        """For it."""
        return asdict(self)

    def distill_step_s(self, kind: str, batch_size: int) -> float:
        """Seconds of a step of self-distillation: the student sees its examples once more."""
        return self.step_s[kind] + 3 * batch_size * self.image_s


@dataclass(frozen=True)
class FinalsPlan:
    """How the last ones of a race are compared.

    Attributes:
        rates: Learning rates at which every finalist is fine-tuned, ascending: the usual one, and
            the one beside it if there is time for both.
        steps: Of each of these fine-tunings.
    """

    rates: tuple[float, ...]
    steps: int

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """From a file in the run folder."""
        return cls(tuple(values["rates"]), int(values["steps"]))

    def to_json(self) -> dict[str, Any]:
        """For it."""
        return asdict(self)


@dataclass(frozen=True)
class RacePlan:
    """What a race does.

    Attributes:
        candidates: Those that start, the likeliest first.
        num_left_out: How many more there would be with more time.
        rounds: Steps and number of candidates of each round.
        distill_seconds: For self-distillation of the best one.
        finals: How the last ones are compared, if nothing takes longer than planned.
    """

    candidates: tuple[Candidate, ...]
    num_left_out: int
    rounds: tuple[tuple[int, int], ...]
    distill_seconds: float
    finals: FinalsPlan


def look_s(speeds: Speeds, num_judged: int) -> float:
    """Seconds of a look at an encoder: features, and a head for each fold."""
    share = num_judged / max(1, speeds.num_labeled)
    return num_judged * speeds.image_s + 2 * share * speeds.head_s


def judges(recipe: Recipe, speeds: Speeds) -> int:
    """How many labeled examples judge every trial: as many as a part of the time allows."""
    one_s = look_s(speeds, 1)
    most = int(_LOOKING * 60 * recipe.race.minutes / one_s) if one_s > 0 else _MOST_JUDGES
    return min(speeds.num_labeled, _MOST_JUDGES, max(_FEWEST_JUDGES, most))


def halving(number: int) -> list[int]:
    """How many go into each round: half of them go on, until two are left."""
    numbers = [number]
    while numbers[-1] > _LAST_ROUND:
        numbers.append(-(-numbers[-1] // 2))
    return numbers


def plan_race(
    recipe: Recipe, candidates: Sequence[Candidate], speeds: Speeds, family: str
) -> RacePlan:
    """Rounds that fit the time; of more candidates than it has room for, the last are left out.

    Args:
        recipe: With the time and the most steps.
        candidates: Those whose speed is known, the likeliest first.
        speeds: As measured.
        family: Of the encoder.
    """
    seconds = 60 * recipe.race.minutes
    number = min(len(candidates), _MOST_CANDIDATES)
    while number > 1 and _first_steps(seconds, candidates[:number], speeds) < LEAST_STEPS:
        number -= 1
    first = max(LEAST_STEPS, _first_steps(seconds, candidates[:number], speeds))
    numbers = halving(number)
    first = min(first, max(1, recipe.pretrain.steps // 2 ** (len(numbers) - 1)))
    rounds = tuple((first * 2**index, count) for index, count in enumerate(numbers))
    return RacePlan(
        tuple(candidates[:number]),
        len(candidates) - number,
        rounds,
        _DISTILLED * seconds - speeds.fixed_s,
        plan_finals(recipe, speeds, family),
    )


def plan_finals(recipe: Recipe, speeds: Speeds, family: str, spent: float = 0.0) -> FinalsPlan:
    """How the last ones are compared in the time that is left for it.

    Args:
        recipe: With the time and the most steps.
        speeds: As measured.
        family: Of the encoder, for which a learning rate is usual.
        spent: Seconds that the race has taken.
    """
    whole, finetune = 60 * recipe.race.minutes, recipe.finetune
    seconds = max(0.0, min(_FINAL * whole, _FINAL_END * whole - spent))
    # Beside its steps: each is judged at some points of its way.
    beside_s = speeds.fixed_s + len(shares_of(recipe)) * speeds.num_validation * speeds.image_s
    least_s = _LEAST_FINE_TUNING * speeds.finetune_step_s + beside_s
    most = max(1, int(seconds / FINALISTS / max(1e-9, least_s)))
    known = likeliest_rates(recipe, family) if finetune.search else [finetune.lr]
    rates = tuple(sorted(known[: min(most, _FINAL_RATES)]))
    judged_s = seconds / (FINALISTS * len(rates)) - beside_s
    fine = int(judged_s / max(1e-9, speeds.finetune_step_s))
    return FinalsPlan(rates, min(max(_LEAST_FINE_TUNING, fine), max(1, finetune.steps // 2)))


def _first_steps(seconds: float, candidates: Sequence[Candidate], speeds: Speeds) -> int:
    """Steps of the first round with which all rounds take their share of the time."""
    numbers = halving(len(candidates))
    mean_s = sum(speeds.step_s[each.kind] for each in candidates) / len(candidates)
    looks = sum(numbers) * (look_s(speeds, speeds.num_judged) + speeds.fixed_s)
    doubled = sum(2**index * number for index, number in enumerate(numbers))
    return int((ROUNDS * seconds - looks) / (doubled * mean_s))


def distilled_steps(
    plan: RacePlan, speeds: Speeds, step_s: float, num_weights: int
) -> tuple[int, int]:
    """How many weights of the distillation are tried, and the steps of each.

    As many steps as the teacher had, if there is the time. Of several weights as many as leave
    each of them enough steps to tell something.

    Args:
        plan: Of the race.
        speeds: As measured.
        step_s: Seconds of a step of self-distillation.
        num_weights: How many there are to try.
    """
    most = plan.rounds[-1][0]
    for number in range(num_weights, 0, -1):
        more_s = speeds.fixed_s + look_s(speeds, speeds.num_judged)
        seconds = (plan.distill_seconds - (number - 1) * more_s) / number
        steps = min(most, int(seconds / step_s))
        if steps >= min(most, _TELLING_STEPS):
            return number, steps
    return 1, min(most, max(LEAST_STEPS, int(plan.distill_seconds / step_s)))


def with_speeds(speeds: Speeds, kind: str | None, step_s: float | None) -> Speeds:
    """The speeds with one measured anew, on more steps.

    Where pre-training has become slower than it was, the machine has: all else is taken to be
    slower likewise until it is measured.

    Args:
        speeds: As they were.
        kind: Of the candidate; None for fine-tuning.
        step_s: Seconds of a step; None leaves it.
    """
    if step_s is None:
        return speeds
    if kind is None:
        return replace(speeds, finetune_step_s=step_s)
    slower = max(1.0, step_s / speeds.step_s[kind]) if speeds.step_s[kind] > 0 else 1.0
    return replace(
        speeds,
        step_s={**{name: slower * each for name, each in speeds.step_s.items()}, kind: step_s},
        finetune_step_s=slower * speeds.finetune_step_s,
        image_s=slower * speeds.image_s,
        head_s=slower * speeds.head_s,
        fixed_s=slower * speeds.fixed_s,
    )
