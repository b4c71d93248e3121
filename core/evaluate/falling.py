"""Whether a representation has become worse by more than noise: the same examples, asked twice.

McNemar's test (1947), exact, one-sided: of the examples on which two probes differ, as many should
be lost as are won. It is what Dietterich (1998, "Approximate statistical tests for comparing
supervised classification learning algorithms") recommends for two classifiers on the same
examples. Folds of a cross-validation share what they are fitted on, so here, too, it holds
approximately. Who looks K times lets each look have 1/K of the error (Bonferroni; Dunn 1961).
"""

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom

from core.readers.holm import LEVEL


def has_fallen(before: NDArray[np.bool_], after: NDArray[np.bool_], *, num_looks: int = 1) -> bool:
    """Whether fewer examples are right than before, beyond noise.

    Args:
        before: (N,) which examples were right.
        after: (N,) which of the same are right now.
        num_looks: How often this is asked; a stage that is as good as its start is called worse in
            one of twenty stages at most, over all of them.
    """
    lost = int((before & ~after).sum())
    won = int((~before & after).sum())
    # At least so many lost, if a coin had decided on each that differs.
    chance = float(binom.sf(lost - 1, lost + won, 0.5))
    return lost > won and chance < LEVEL / max(1, num_looks)
