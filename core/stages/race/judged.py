"""What the encoders of a race are judged on, and how good one of them is there."""

from dataclasses import dataclass

import numpy as np
import torch

from core.data.groups import clusters_of
from core.evaluate.standard_error import standard_error
from core.stages.first_head import features_of_head, unfitted_classifier
from core.stages.labels import limit_per_class
from core.stages.modality import LabeledExamples, labeled_targets
from core.stages.setup import RunSetup
from core.training.ranks import Ranks
from core.training.seeds import numpy_generator


@dataclass(frozen=True, eq=False)
class Pool:
    """Labeled examples that are not the test's, in folds.

    Attributes:
        examples: Training and validation examples.
        fold: (N,) of each.
    """

    examples: LabeledExamples
    fold: np.ndarray

    def __len__(self) -> int:
        return len(self.examples)


@dataclass(frozen=True, eq=False)
class Look:
    """How good an encoder is as it is, by cross-validation.

    Attributes:
        scores: (N,) of each example; see `core.evaluate.cross_validated`.
        linear: Share of right answers of a linear layer.
        knn: Share of right answers of the nearest neighbours.
    """

    scores: np.ndarray
    linear: float
    knn: float

    @property
    def score(self) -> float:
        """Mean of the scores."""
        return float(self.scores.mean())

    def gain_over(self, other: "Look") -> tuple[float, float]:
        """The mean difference to another look at the same examples, and its standard error."""
        difference = self.scores - other.scores
        return float(difference.mean()), standard_error(difference)


def num_labeled(setup: RunSetup) -> int:
    """Labeled examples that are not the test's."""
    return len(setup.train) + len(setup.val)


def pool_of(setup: RunSetup, most: int) -> Pool:
    """Training and validation examples of a run, of more than `most` some."""
    # Late: scikit-learn takes seconds.
    from core.evaluate.cross_validated import folds_of

    examples = np.concatenate([setup.train.examples, setup.val.examples])
    targets = np.concatenate([setup.train.targets, setup.val.targets])
    groups = _groups(setup)
    random = numpy_generator(setup.recipe.seed, "race", "folds")
    if len(targets) > most:
        chosen = np.sort(random.permutation(len(targets))[:most])
        examples, targets = examples[chosen], targets[chosen]
        groups = None if groups is None else groups[chosen]
    return Pool(LabeledExamples(examples, targets), folds_of(targets, groups, random))


def _groups(setup: RunSetup) -> np.ndarray | None:
    """(N,) which examples of the pool belong together; None when nothing says so."""
    pattern = setup.recipe.data.group_pattern
    train = clusters_of(setup.manifest, "train", pattern)
    val = clusters_of(setup.manifest, "val", pattern)
    if train is None or val is None:
        return None
    of_train = np.array(train)
    most = setup.recipe.data.labels_per_class
    if most is not None:
        targets = labeled_targets(setup.manifest, "train")
        of_train = of_train[limit_per_class(targets, most, setup.recipe.seed)]
    # No group is in two splits, or it was told.
    return np.concatenate([of_train, np.array(val, dtype=np.int64) + of_train.max() + 1])


def look_at(setup: RunSetup, pool: Pool, arm: str) -> Look | None:
    """How good an arm's encoder is as it is; None where its features are no numbers.

    Every process looks, and all go by what the first one found: in the last bit they may differ.
    """
    from core.evaluate.cross_validated import cross_validated

    classifier = unfitted_classifier(setup, arm, 0)
    encoder = setup.encoder_behind(arm)
    features = features_of_head(setup, classifier, pool.examples.examples, "the race", encoder)
    found = cross_validated(
        features,
        pool.examples.targets,
        len(setup.classes),
        pool.fold,
        k=setup.recipe.probe.neighbours,
        seed=setup.recipe.seed,
    )
    values = [np.nan] * (len(pool) + 2)
    if found is not None:
        values = [*found.scores, found.linear, found.knn]
    *scores, linear, knn = agreed(setup, values)
    if not np.isfinite(linear):
        return None
    return Look(np.array(scores), linear, knn)


def agreed(setup: RunSetup, values: list[float]) -> list[float]:
    """Numbers as the first process has them."""
    ranks = Ranks(setup.hardware)
    if ranks.world == 1:
        return values
    own = torch.tensor(values, dtype=torch.float32, device=setup.hardware.device)
    return [float(value) for value in ranks.sum(own if ranks.rank == 0 else torch.zeros_like(own))]
