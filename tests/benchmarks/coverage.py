"""How often intervals hold the truth and how often chance is called clear, by simulation.

    uv run python -m tests.benchmarks.coverage

Prints the table of the help's evidence page. Each answer of a simulated classifier is right when
the sum of four normal numbers is positive: how easy the example is for any arm, how easy it is for
this arm, how good this training came out, and what only this training made of this example. Truth
is then known exactly. The spread is the standard deviation of the trainings' accuracies on
infinitely many examples.
"""

import argparse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from core.evaluate.components import Parts, difference_of, mean_of, take_apart
from core.evaluate.metrics import example_scores
from core.readers.looks import share_of_look

EXAMPLES = (100, 400, 2000, 10_000)
SEEDS = ((2, 2), (3, 3), (5, 5), (10, 10))
UNEQUAL = ((2, 5), (3, 10))
SPREADS = (0.005, 0.015, 0.03)
# Shares of the classes, for metrics that count each class alike.
CLASSES = (0.4, 0.25, 0.2, 0.1, 0.05)

# Variances: of what an example is to all arms, to one arm, and to one training.
_ALL, _ARM, _TRAINING = 0.6, 0.15, 0.25
_BASE, _BETTER = 0.8, 0.83


@dataclass(frozen=True)
class World:
    """What is simulated.

    Attributes:
        num_examples: Of the test set.
        num_seeds: Of each of the arms.
        spread: Of each arm's accuracies over its trainings.
        cluster: How many examples belong together: what one is to all arms and to one arm is then
            for the most part the cluster's.
        classes: Shares of the classes, where balanced accuracy and macro-F1 are asked for: what is
            wrong is said to be any other class.
        fixed: Whether nothing in the first arm is random, so that its one seed is all there is.
    """

    num_examples: int
    num_seeds: tuple[int, ...]
    spread: float
    cluster: int = 1
    fixed: bool = False
    classes: tuple[float, ...] = ()

    @property
    def clusters(self) -> NDArray[np.int64] | None:
        """(N,) the cluster of each example."""
        return np.arange(self.num_examples) // self.cluster if self.cluster > 1 else None


def tables(
    world: World, accuracies: Sequence[float], random: np.random.Generator
) -> Iterator[NDArray[np.float32]]:
    """Per arm (S, N): whether each answer is right."""
    ease = _per_example(world, _ALL, random)
    for arm, (accuracy, num_seeds) in enumerate(zip(accuracies, world.num_seeds, strict=True)):
        own = ease + _per_example(world, _ARM, random)
        spread = 0.0 if world.fixed and arm == 0 else world.spread
        level, steepness = _level(accuracy, spread)
        trained = level + steepness * random.standard_normal((num_seeds, 1), dtype=np.float32)
        shape = (num_seeds, world.num_examples)
        noise = random.standard_normal(shape, dtype=np.float32) * np.float32(_TRAINING**0.5)
        yield (own + trained + noise > 0).astype(np.float32)


def scores(
    world: World, accuracies: Sequence[float], random: np.random.Generator
) -> Iterator[NDArray[np.float64]]:
    """Per arm (S, 3, N): what each answer says of accuracy, balanced accuracy and macro-F1."""
    number = len(world.classes)
    targets = random.choice(number, world.num_examples, p=world.classes)
    for table in tables(world, accuracies, random):
        other = (targets + random.integers(1, number, table.shape)) % number
        said = np.where(table > 0, targets, other)
        yield np.stack([example_scores(targets, each, number) for each in said])


def truths(world: World, accuracy: float) -> NDArray[np.float64]:
    """(3,) what the metrics are on infinitely many examples, on average over trainings."""
    # Of a macro-F1, which bends, over trainings that are as the simulated ones.
    level, steepness = _level(accuracy, world.spread)
    at, weights = np.polynomial.hermite_e.hermegauss(32)
    right = norm.cdf(float(level) + float(steepness) * at)
    shares = np.array(world.classes)[:, None]
    said = shares * right + (1 - shares) * (1 - right) / (len(shares) - 1)
    f1 = (2 * shares * right / (shares + said)).mean(axis=0)
    averages = [float(each @ weights / weights.sum()) for each in (right, f1)]
    return np.array([averages[0], averages[0], averages[1]])


def _per_example(world: World, variance: float, random: np.random.Generator) -> NDArray[np.float32]:
    own = random.standard_normal(world.num_examples, dtype=np.float32)
    if world.clusters is not None:
        shared = random.standard_normal(world.clusters[-1] + 1, dtype=np.float32)
        own = np.float32(0.7**0.5) * shared[world.clusters] + np.float32(0.3**0.5) * own
    return own * np.float32(variance**0.5)


@cache
def _level(accuracy: float, spread: float) -> tuple[np.float32, np.float32]:
    """Mean and standard deviation of a training's level, such that the accuracy is the truth."""
    # A deviation s of the level moves the accuracy by about s times the density there.
    deviation = spread / norm.pdf(norm.ppf(accuracy))
    return np.float32(norm.ppf(accuracy) * np.sqrt(1 + deviation**2)), np.float32(deviation)


@dataclass(frozen=True)
class Rates:
    """Shares of the repeats.

    Attributes:
        difference: Intervals of a true difference of 3 points that hold it.
        accuracy: Intervals of an arm's accuracy (or another metric) that hold it.
        false_clear: Intervals of 95 % of no difference that leave it out.
        false_claim: The same with what the first look at a comparison may claim by: differences
            that the program calls clear where there is none.
        width: Median half-width of the difference's interval.
    """

    difference: float
    accuracy: float
    false_clear: float
    false_claim: float
    width: float


def rates(world: World, repeats: int, seed: int = 0) -> Rates:
    """Simulate one world with two arms, and ask for accuracies."""
    random = np.random.default_rng(seed)
    found = np.array([_once(world, random) for _ in range(repeats)])
    return _as_rates(found)


def rates_by_metric(world: World, repeats: int, seed: int = 0) -> list[Rates]:
    """The same of accuracy, balanced accuracy and macro-F1, in a world with classes."""
    random = np.random.default_rng(seed)
    found = np.array([_once_by_metric(world, random) for _ in range(repeats)])
    return [_as_rates(found[:, metric]) for metric in range(3)]


def _as_rates(found: NDArray[np.float64]) -> Rates:
    difference, accuracy, clear, claim = map(float, found[:, :-1].mean(axis=0))
    return Rates(difference, accuracy, clear, claim, float(np.median(found[:, -1])))


def _once(world: World, random: np.random.Generator) -> tuple[float, ...]:
    apart = [
        [take_apart(table, world.clusters) for table in tables(world, accuracies, random)]
        for accuracies in ((_BASE, _BETTER), (_BASE, _BASE))
    ]
    return _judged(apart, _BASE, _BETTER)


def _once_by_metric(world: World, random: np.random.Generator) -> list[tuple[float, ...]]:
    drawn = [list(scores(world, each, random)) for each in ((_BASE, _BETTER), (_BASE, _BASE))]
    base, better = truths(world, _BASE), truths(world, _BETTER)
    return [
        _judged(
            [[take_apart(arm[:, metric], world.clusters) for arm in arms] for arms in drawn],
            float(base[metric]),
            float(better[metric]),
        )
        for metric in range(3)
    ]


def _judged(apart: list[list[Parts]], of_base: float, of_better: float) -> tuple[float, ...]:
    """One repeat: two arms of which the second is better, and two that are equal."""
    (base, better), (one, other) = apart
    difference, none = difference_of(better, base), difference_of(one, other)
    low, high = mean_of(base).share_interval()
    holds = abs(difference.value - (of_better - of_base)) <= difference.half_width()
    false = abs(none.value) > none.half_width()
    claim = abs(none.value) > none.half_width(share_of_look(1))
    return holds, low <= of_base <= high, false, claim, difference.half_width()


def family_false(world: World, repeats: int, seed: int = 0) -> float:
    """How often any of several arms, none of which differs from the first, is called clear."""
    random = np.random.default_rng(seed)
    number = len(world.num_seeds)
    false = 0
    for _ in range(repeats):
        base, *arms = (take_apart(t) for t in tables(world, [_BASE] * number, random))
        found = [difference_of(arm, base) for arm in arms]
        # Holm's first step, without which nothing is clear.
        false += any(abs(each.value) > each.half_width(0.05 / len(arms)) for each in found)
    return false / repeats


def grid() -> list[World]:
    """Every world of accuracies on the evidence page."""
    found = [
        World(n, s, spread) for s in (*SEEDS, *UNEQUAL) for n in EXAMPLES for spread in SPREADS
    ]
    return found + [World(n, s, 0.015, 8) for s in SEEDS for n in EXAMPLES[1:]]


def metric_grid() -> list[World]:
    """Every world of balanced accuracies and macro-F1 there."""
    return [World(n, s, 0.015, classes=CLASSES) for s in SEEDS for n in EXAMPLES]


def family_grid() -> list[World]:
    """Every world of seven equal arms there."""
    return [World(n, (s,) * 7, 0.015) for s, _ in SEEDS for n in EXAMPLES]


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Coverage of intervals by simulation.")
    parser.add_argument("--repeats", type=int, default=2000)
    parser.add_argument("--tables", nargs="+", choices=_TABLES, default=list(_TABLES))
    parser.add_argument("--examples", nargs="+", type=int, help="Only so many.")
    parser.add_argument("--seeds", nargs="+", help="Only so many, such as 5 or 3+10.")
    asked = parser.parse_args()
    for name in asked.tables:
        _TABLES[name](asked.repeats, lambda world: _is_wanted(world, asked.examples, asked.seeds))
        print()


def _is_wanted(world: World, examples: list[int] | None, seeds: list[str] | None) -> bool:
    own = "+".join(map(str, dict.fromkeys(world.num_seeds)))
    return (not examples or world.num_examples in examples) and (not seeds or own in seeds)


Wanted = Callable[[World], bool]
_LAST = ("False at 5 %", "Falsely called clear", "± points")


def _accuracies(repeats: int, is_wanted: Wanted) -> None:
    _print_head("Seeds", "Examples", "Holds the difference", "the accuracy", *_LAST)
    row: list[Rates] = []
    key = ("", "")
    for world in filter(is_wanted, grid()):
        groups = f", in groups of {world.cluster}" if world.cluster > 1 else ""
        found = (_seeds(world), f"{world.num_examples:,}{groups}")
        # Worlds of a row follow each other; it is printed when it is whole.
        if row and found != key:
            _print_row(key, row)
            row = []
        key = found
        row.append(rates(world, repeats))
    if row:
        _print_row(key, row)


def _metrics(repeats: int, is_wanted: Wanted) -> None:
    _print_head("Seeds", "Examples", "Holds the difference", "the number", *_LAST)
    for world in filter(is_wanted, metric_grid()):
        key = (_seeds(world), f"{world.num_examples:,}")
        _print_row(key, rates_by_metric(world, repeats))


def _families(repeats: int, is_wanted: Wanted) -> None:
    _print_head("Any of six arms falsely clear", *(f"{number:,}" for number in EXAMPLES))
    shares: dict[str, list[str]] = {}
    for world in filter(is_wanted, family_grid()):
        share = f"{100 * family_false(world, repeats):.1f}"
        shares.setdefault(f"{_seeds(world)} seeds", []).append(share)
    for name, cells in shares.items():
        print(f"| {' | '.join((name, *cells))} |", flush=True)


_TABLES = {"accuracies": _accuracies, "metrics": _metrics, "families": _families}


def _seeds(world: World) -> str:
    return " and ".join(map(str, dict.fromkeys(world.num_seeds)))


def _print_head(*titles: str) -> None:
    print(f"| {' | '.join(titles)} |\n|{'---|' * len(titles)}", flush=True)


def _print_row(key: tuple[str, str], row: Sequence[Rates]) -> None:
    names = ("difference", "accuracy", "false_clear", "false_claim", "width")
    cells = (" / ".join(f"{100 * getattr(each, name):.1f}" for each in row) for name in names)
    print(f"| {' | '.join((*key, *cells))} |", flush=True)


if __name__ == "__main__":
    main()
