"""Means over two sources of chance at once: which test examples there are, and which trainings.

A table has the score of every example (column) after every training (row, a seed). Its variance
is taken apart as in a two-way layout with random effects (Searle, Casella & McCulloch 1992,
Variance Components, chapter 4): between the means of the seeds, between the examples, and the
rest, which is in both and counted once. Two arms are paired by example. By seed they are not, even
where the seeds are the same: what equal heads and orders have in common makes the difference vary
less than is said here, never more, and two or three pairs would leave one or two degrees of
freedom instead of two to four. So the seeds of two arms are Welch's two samples (Welch 1947), and
their numbers may differ.

The two sources have different degrees of freedom, very few for the seeds. An interval's half-width
is the root of the sum of the squares that each source alone would have, each with its own Student's
t: Howe's method (1974, Approximate confidence limits on the mean of X + Y; Burdick & Graybill 1992,
Confidence Intervals on Variance Components, chapter 3). One t with Satterthwaite's degrees of
freedom takes a spread that is small by chance for certainty: with 2 seeds of one arm it is wrong
in up to 13 %, and with 2 seeds of seven arms Holm's correction in 12 %.

What each training makes of each example also makes the seeds' means differ, but how much, the
examples tell well. Taking all of it off the spread between the seeds (the unbiased estimate, Searle
et al.) trusts a small spread too much; taking off nothing holds 99 % instead of 95. Half is taken
off at an error of 5 %, and less at smaller ones, with the root of the error; three tenths where a
spread has one degree of freedom, as that of one arm with two seeds: its t of 12.7 multiplies what
was taken off too much, and with half the intervals of such arms held 92.8 %. Between seeds the
degrees of freedom are Welch's, which are too few on average where arms vary alike, halfway (in the
geometric mean) to Satterthwaite's for such arms. Both were chosen by tests/benchmarks/coverage.py,
which measures what comes of it.

Examples that belong together are one observation: their residuals are added up before they are
squared (Liang & Zeger 1986), and the degrees of freedom are those of the effective number of
groups, (sum of sizes)² / sum of squared sizes, less one.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.floating[Any]]
Clusters = NDArray[np.integer[Any]]

_ERROR = 0.05
# So few examples that differ prove no variance of nearly nothing: three at least are assumed, as
# in the rule of three for what was never seen (Hanley & Lippman-Hand 1983).
_FEWEST = 3
# Of the spread between seeds that the examples explain, what is taken off at an error of 5 %.
_EXPLAINED = 0.5
_EXPLAINED_OF_TWO = 0.3


@dataclass(frozen=True)
class Estimate:
    """A mean, or a difference of two.

    Attributes:
        value: The number.
        seeds: Its variance that shows between the seeds; 0 where there is one.
        seeds_df: Degrees of freedom of that, at least 1.
        examples: Its variance between the examples; infinite where nothing is known.
        examples_df: Degrees of freedom of that, at least 1.
        shared: How much of the variance between the examples shows between the seeds, too.
    """

    value: float
    seeds: float
    seeds_df: float
    examples: float
    examples_df: float
    shared: float

    def half_width(self, error: float = _ERROR) -> float:
        """Half of the interval that misses the truth so often; that of 95 % by default."""
        # Late: it takes a while, and a run needs it at its end.
        from scipy.special import stdtrit

        if math.isinf(self.examples):
            return math.inf
        # From the lower tail, where a tiny probability keeps its digits.
        of_examples = float(stdtrit(self.examples_df, error / 2)) ** 2
        least = of_examples * self.examples
        if not self.seeds:
            return math.sqrt(least)
        share = _EXPLAINED if self.seeds_df > 1 else _EXPLAINED_OF_TWO
        explained = self.shared * min(1.0, share * math.sqrt(error / _ERROR))
        own = of_examples * max(0.0, self.examples - self.shared + explained)
        rest = max(0.0, self.seeds - explained)
        both = own + float(stdtrit(self.seeds_df, error / 2)) ** 2 * rest
        # No less than examples alone tell: the spread between seeds may be small by chance.
        return math.sqrt(max(least, both))

    @property
    def p(self) -> float:
        """Two-sided p-value of the value 0: the error of the interval that ends there."""
        if self.value == 0 or math.isinf(self.examples):
            return 1.0
        low, high = -300.0, 0.0
        for _ in range(60):
            middle = (low + high) / 2
            if self.half_width(10**middle) > abs(self.value):
                low = middle
            else:
                high = middle
        return min(1.0, float(10**high))

    def share_interval(self) -> tuple[float, float]:
        """95 % interval of a share above 0 and below 1, which stays there: even on the log odds."""
        half = self.half_width()
        if math.isinf(half):
            return 0.0, 1.0
        odds = math.log(self.value / (1 - self.value))
        width = half / (self.value * (1 - self.value))
        return _share(odds - width), _share(odds + width)


def _share(log_odds: float) -> float:
    return 1 / (1 + math.exp(-log_odds)) if log_odds > -700 else 0.0


@dataclass(frozen=True, eq=False)
class Parts:
    """One arm's table, taken apart.

    Attributes:
        mean: Over everything.
        num_seeds: Rows.
        num_examples: Columns.
        between: Variance of the mean that shows between the seeds; 0 with one seed.
        shared: How much of it the examples show, too.
        columns: (G,) what each group of examples adds to the mean, less its share of it.
        df: Degrees of freedom of the examples; 0: a single group, nothing is known.
        unit: By how much examples differ where they do: 1 of shares of right answers.
    """

    mean: float
    num_seeds: int
    num_examples: int
    between: float
    shared: float
    columns: NDArray[np.float64]
    df: float
    unit: float = 1.0


def take_apart(
    table: Scores, clusters: Clusters | None = None, *, are_shares: bool = True
) -> Parts:
    """Take a table apart.

    Args:
        table: (S, N) scores of N examples after S trainings.
        clusters: (N,) which examples belong together; None: none do.
        are_shares: Whether a score is between 0 and 1; else by how much examples differ is what
            they spread by.
    """
    num_seeds, num_examples = table.shape
    means = table.mean(axis=1, dtype=np.float64)
    residuals = (table - means[:, None]) / num_examples
    sizes = np.ones(num_examples)
    if clusters is not None:
        numbered = np.unique(clusters, return_inverse=True)[1]
        sizes = np.bincount(numbered).astype(np.float64)
        residuals = np.stack([np.bincount(numbered, row, len(sizes)) for row in residuals])
    columns = residuals.mean(axis=0)
    between = shared = 0.0
    if num_seeds > 1:
        between = float(means.var(ddof=1)) / num_seeds
        rest = ((residuals - columns) ** 2).sum() / (num_seeds - 1) / num_seeds
        shared = float(rest) * _unbiased(len(sizes))
    df = num_examples**2 / float((sizes**2).sum()) - 1
    mean = float(means.mean())
    unit = 1.0 if are_shares else float(table.std(axis=1).mean())
    return Parts(mean, num_seeds, num_examples, between, shared, columns, df, unit)


def mean_of(arm: Parts) -> Estimate:
    """The mean of one arm; with one seed, chance between trainings is not in its error."""
    return _estimate(arm.mean, arm.columns, arm.df, arm.shared, [arm])


def difference_of(arm: Parts, other: Parts) -> Estimate:
    """By how much the first arm's mean is higher; both tables are of the same examples.

    An arm with one seed adds no chance between trainings: there is none to be seen.
    """
    shared = arm.shared + other.shared
    columns = arm.columns - other.columns
    return _estimate(arm.mean - other.mean, columns, arm.df, shared, [arm, other])


def _estimate(
    value: float, columns: NDArray[np.float64], df: float, shared: float, arms: list[Parts]
) -> Estimate:
    num_groups = len(columns)
    if num_groups < 2:
        return Estimate(value, 0.0, 1.0, math.inf, 1.0, 0.0)
    examples = float((columns**2).sum()) * _unbiased(num_groups)
    # Of groups, the assumed examples stand for as many as are in one.
    fewest = _FEWEST / num_groups / arms[0].num_examples
    examples = max(examples, fewest * max(arm.unit for arm in arms) ** 2)
    repeated = [arm for arm in arms if arm.num_seeds > 1]
    seeds = sum(arm.between for arm in repeated)
    seeds_df = 1.0
    if seeds:
        welch = _satterthwaite([arm.between for arm in repeated], repeated)
        alike = _satterthwaite([1 / arm.num_seeds for arm in repeated], repeated)
        seeds_df = math.sqrt(max(1.0, welch) * alike)
    return Estimate(value, seeds, seeds_df, examples, max(df, 1.0), shared)


def _satterthwaite(variances: list[float], arms: list[Parts]) -> float:
    """Degrees of freedom of a sum of variances, one of each arm's seeds."""
    squares = (v**2 / (arm.num_seeds - 1) for v, arm in zip(variances, arms, strict=True))
    return sum(variances) ** 2 / sum(squares)


def _unbiased(number: int) -> float:
    return number / (number - 1) if number > 1 else 1.0
