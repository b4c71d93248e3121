"""Means over two sources of chance at once: which test examples there are, and which trainings.

A table has the score of every example (column) after every training (row, a seed). Its variance
is taken apart as in a two-way layout with random effects (Searle, Casella & McCulloch 1992,
Variance Components, chapter 4): between the means of the seeds, between the examples, and the
rest, which is in both and counted once. Two arms are paired by example. By seed they are not, even
where the seeds are the same: what equal heads and orders have in common makes the difference vary
less than is said here, never more, and two or three pairs would leave one or two degrees of
freedom instead of two to four. So the seeds of two arms are Welch's two samples (Welch 1947), and
their numbers may differ.

Degrees of freedom are Satterthwaite's (1946, An approximate distribution of estimates of variance
components). Between seeds they are at most what the arm with fewer seeds would have beside one
like it: with 2 and 5 seeds Welch's own are too many (93 % instead of 95 %; tests/benchmarks/
coverage.py measures it).

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

_LEVEL = 0.95
# So few examples that differ prove no variance of nearly nothing: three at least are assumed, as
# in the rule of three for what was never seen (Hanley & Lippman-Hand 1983).
_FEWEST = 3


@dataclass(frozen=True)
class Estimate:
    """A mean, or a difference of two.

    Attributes:
        value: The number.
        error: Its standard error; infinite where nothing is known of it.
        df: Degrees of freedom of that error, at least 1.
    """

    value: float
    error: float
    df: float

    @property
    def half_width(self) -> float:
        """Half of the 95 % interval by Student's t."""
        from scipy.special import stdtrit

        return float(stdtrit(self.df, (1 + _LEVEL) / 2)) * self.error

    @property
    def p(self) -> float:
        """Two-sided p-value of the value 0, from the same t as the interval."""
        from scipy.special import stdtr

        if self.value == 0 or math.isinf(self.error):
            return 1.0
        return float(2 * stdtr(self.df, -abs(self.value) / self.error))

    def share_interval(self) -> tuple[float, float]:
        """95 % interval of a share between 0 and 1, which stays there.

        Wilson's interval (1927) of so many examples as would have this standard error, with
        Student's t (Dean & Pagano 2015 compare such intervals for samples of clusters).
        """
        share = min(max(self.value, 0.0), 1.0)
        if math.isinf(self.error) or not self.error:
            return 0.0, 1.0
        t = self.half_width / self.error
        # Of a share of 0 or 1 the error is that of the assumed examples alone.
        number = max(share * (1 - share), 1e-12) / self.error**2
        middle = (share + t**2 / (2 * number)) / (1 + t**2 / number)
        half = t * math.sqrt(share * (1 - share) / number + t**2 / (4 * number**2))
        half /= 1 + t**2 / number
        return max(0.0, middle - half), min(1.0, middle + half)


@dataclass(frozen=True, eq=False)
class Parts:
    """One arm's table, taken apart.

    Attributes:
        mean: Over everything.
        num_seeds: Rows.
        between: Variance of the mean that shows between the seeds; 0 with one seed.
        shared: How much of it the examples show, too.
        columns: (G,) what each group of examples adds to the mean, less its share of it.
        df: Degrees of freedom of the examples; 0: a single group, nothing is known.
    """

    mean: float
    num_seeds: int
    between: float
    shared: float
    columns: NDArray[np.float64]
    df: float


def take_apart(table: Scores, clusters: Clusters | None = None) -> Parts:
    """Take a table apart.

    Args:
        table: (S, N) scores of N examples after S trainings.
        clusters: (N,) which examples belong together; None: none do.
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
    return Parts(float(means.mean()), num_seeds, between, shared, columns, df)


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
        return Estimate(value, math.inf, 1.0)
    examples = max(float((columns**2).sum()) * _unbiased(num_groups), _FEWEST / num_groups**2)
    repeated = [arm for arm in arms if arm.num_seeds > 1]
    seeds = sum(arm.between for arm in repeated)
    # Each is at least what it would be without the other.
    variance = max(seeds, examples, seeds + examples - shared)
    of_df = examples**2 / max(df, 1.0)
    if seeds:
        welch = seeds**2 / sum(arm.between**2 / (arm.num_seeds - 1) for arm in repeated)
        most = len(repeated) * (min(arm.num_seeds for arm in repeated) - 1)
        of_df += seeds**2 / min(welch, most)
    return Estimate(value, math.sqrt(variance), max(1.0, variance**2 / of_df))


def _unbiased(number: int) -> float:
    return number / (number - 1) if number > 1 else 1.0
