"""How often intervals hold the truth and how often chance is called clear, by simulation.

    uv run python -m tests.benchmarks.coverage

Prints the table of the help's evidence page. Each answer of a simulated classifier is right when
the sum of four normal numbers is positive: how easy the example is for any arm, how easy it is for
this arm, how good this training came out, and what only this training made of this example. Truth
is then known exactly. The spread is the standard deviation of the trainings' accuracies on
infinitely many examples.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from core.evaluate.components import difference_of, mean_of, take_apart

EXAMPLES = (100, 400, 2000, 10_000)
SEEDS = ((2, 2), (3, 3), (5, 5), (10, 10))
UNEQUAL = ((2, 5), (3, 10))
SPREADS = (0.005, 0.015, 0.03)

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
        fixed: Whether nothing in the first arm is random, so that its one seed is all there is.
    """

    num_examples: int
    num_seeds: tuple[int, ...]
    spread: float
    cluster: int = 1
    fixed: bool = False

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
        accuracy: Intervals of an arm's accuracy that hold it.
        false_clear: Differences called clear where there is none.
        width: Median half-width of the difference's interval.
    """

    difference: float
    accuracy: float
    false_clear: float
    width: float


def rates(world: World, repeats: int, seed: int = 0) -> Rates:
    """Simulate one world with two arms."""
    random = np.random.default_rng(seed)
    found = np.array([_once(world, random) for _ in range(repeats)])
    held = found[:, :3].mean(axis=0)
    return Rates(float(held[0]), float(held[1]), float(held[2]), float(np.median(found[:, 3])))


def _once(world: World, random: np.random.Generator) -> tuple[float, ...]:
    base, better = (take_apart(t, world.clusters) for t in tables(world, (_BASE, _BETTER), random))
    difference = difference_of(better, base)
    low, high = mean_of(base).share_interval()
    holds = abs(difference.value - (_BETTER - _BASE)) <= difference.half_width()
    one, other = (take_apart(t, world.clusters) for t in tables(world, (_BASE, _BASE), random))
    none = difference_of(one, other)
    false = abs(none.value) > none.half_width()
    return holds, low <= _BASE <= high, false, difference.half_width()


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
    """Every world of the evidence page."""
    found = [
        World(n, s, spread) for s in (*SEEDS, *UNEQUAL) for n in EXAMPLES for spread in SPREADS
    ]
    return found + [World(n, s, 0.015, 8) for s in SEEDS for n in EXAMPLES[1:]]


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Coverage of intervals by simulation.")
    parser.add_argument("--repeats", type=int, default=1000)
    repeats = parser.parse_args().repeats
    print(
        "| Seeds | Examples | Holds the difference | Holds the accuracy | False clear | ± points |"
    )
    print("|---|---|---|---|---|---|")
    rows: dict[tuple[str, str], list[Rates]] = {}
    for world in grid():
        seeds = " and ".join(map(str, dict.fromkeys(world.num_seeds)))
        groups = f", in groups of {world.cluster}" if world.cluster > 1 else ""
        key = (seeds, f"{world.num_examples:,}{groups}")
        rows.setdefault(key, []).append(rates(world, repeats))
    for key, row in rows.items():
        names = ("difference", "accuracy", "false_clear", "width")
        cells = (" / ".join(f"{100 * getattr(each, name):.1f}" for each in row) for name in names)
        print(f"| {' | '.join((*key, *cells))} |", flush=True)
    print("\n| Any of six arms falsely clear | 400 examples | 2,000 | 10,000 |\n|---|---|---|---|")
    for number in (2, 3, 5):
        worlds = [World(n, (number,) * 7, 0.015) for n in (400, 2000, 10_000)]
        shown = [f"{100 * family_false(world, repeats):.1f}" for world in worlds]
        print(f"| {number} seeds | {' | '.join(shown)} |", flush=True)


if __name__ == "__main__":
    main()
