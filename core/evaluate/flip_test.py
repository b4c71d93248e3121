"""Does a flip change the class? A probe that never saw a flipped image is asked about some."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom

from core.evaluate.mirrored import FOLDS, MOST_BY_CHANCE, mirrored_pair
from core.evaluate.probe import Features, Targets, stratified_folds
from core.evaluate.regularised_probe import fit_regularised
from core.language import _

# Flipped images that lose less are augmentation, whatever is significant among thousands.
_TOLERATED = 0.01
# Few images prove little: a loss as large as this is believed sooner.
_LARGE, _MOST_BY_CHANCE_IF_LARGE = 0.1, 0.05
# What a single class loses when its flipped images are another one's, at least.
_LOST_BY_A_CLASS = 0.25
# A probe that hardly beats the most frequent class, or by chance, tells nothing. Where that class
# leaves little to tell, half of it is enough.
_LEAST_LEAD = 0.1


@dataclass(frozen=True)
class FlipTest:
    """What the probe got right.

    Attributes:
        accuracy: On held-out images as they are; None when there was nothing to ask.
        flipped_accuracy: On the same ones, flipped.
        number: How many they are.
        is_harmless: Whether flips may be used.
        worst_class: A class whose flipped images are no longer told, or None.
        mirrored: Two classes that a flip turns into each other, or None.
        can_tell: Whether the probe can tell the classes in the first place.
    """

    accuracy: float | None
    flipped_accuracy: float | None
    number: int
    is_harmless: bool
    worst_class: int | None = None
    mirrored: tuple[int, int] | None = None
    can_tell: bool = True

    def in_words(self, classes: Sequence[str]) -> str:
        """The reason, as a clause that ends a sentence."""
        if self.accuracy is None or self.flipped_accuracy is None:
            return _("there are too few labeled images to tell whether a flip changes the class.")
        said = _(
            "a probe of unflipped images tells {accuracy:.1f} % of {number:,} others, "
            "and {flipped_accuracy:.1f} % once they are flipped"
        ).format(
            accuracy=100 * self.accuracy,
            number=self.number,
            flipped_accuracy=100 * self.flipped_accuracy,
        )
        if self.mirrored is not None:
            one, other = (classes[each] for each in self.mirrored)
            said = _("{said}, and flipped {one} look like {other}, by their pixels").format(
                said=said, one=one, other=other
            )
        elif self.worst_class is not None:
            said = _("{said}, of {name} far fewer").format(
                said=said, name=classes[self.worst_class]
            )
        elif not self.can_tell:
            said = _("{said}, which is too little to go by").format(said=said)
        return f"{said}."


def flip_test(
    features: Features,
    flipped: Features,
    targets: Targets,
    *,
    seed: int,
    grey: NDArray[np.floating[Any]] | None = None,
) -> FlipTest:
    """Compare a probe's answers on held-out images with those on the same images flipped.

    Flips are refused where the probe loses more than a point and that is more than chance
    (one-sided McNemar), where a single class loses a quarter (Bonferroni over the classes), where
    the probe can't tell the classes in the first place, and where pixels show that a flip turns
    one class into another.

    Args:
        features: (N, D) representations of the images.
        flipped: (N, D) of the same images, flipped.
        targets: (N,) their classes.
        seed: Of the folds.
        grey: (N, rows, columns) coarse brightness of the images, see `mirrored`; None: not asked.
    """
    counts = np.bincount(targets, minlength=1)
    kept = counts[targets] >= 2
    features, flipped, targets = features[kept], flipped[kept], targets[kept]
    if len(np.unique(targets)) < 2:
        return FlipTest(None, None, len(targets), is_harmless=False)
    whole = fit_regularised(features, targets, len(counts), seed=seed)
    if whole is None:
        return FlipTest(None, None, len(targets), is_harmless=False)
    fold = stratified_folds(targets, FOLDS, np.random.default_rng(seed))
    right = np.zeros((2, len(targets)), dtype=bool)
    for number in range(FOLDS):
        held = fold == number
        found = fit_regularised(
            features[~held], targets[~held], len(counts), seed=seed, strength=whole.strength
        )
        if found is None:
            continue
        for row, asked in zip(right, (features, flipped), strict=True):
            row[held] = found.logits(asked[held]).argmax(axis=1) == targets[held]
    accuracy, flipped_accuracy = (float(row.mean()) for row in right)
    worst = _worst_class(right, targets)
    can_tell, loses = _can_tell(right[0], counts.max() / len(targets)), _loses(right)
    pair = None if grey is None else mirrored_pair(grey[kept], targets, seed=seed)
    harmless = can_tell and not loses and worst is None and pair is None
    return FlipTest(
        accuracy, flipped_accuracy, len(targets), harmless, worst, pair, can_tell or loses
    )


def _can_tell(right: np.ndarray, most_frequent: float) -> bool:
    """Whether (N,) answers are better than always the most frequent class, and not by chance."""
    lead = min(_LEAST_LEAD, (1 - most_frequent) / 2)
    by_chance = binom.sf(right.sum() - 1, len(right), most_frequent)
    return bool(right.mean() >= most_frequent + lead and by_chance < MOST_BY_CHANCE)


def _loses(right: np.ndarray) -> bool:
    """Whether (2, N) answers get worse by the flip, and not by chance."""
    loss, by_chance = float(np.subtract(*right.mean(axis=1))), _p_value(right)
    if loss >= _LARGE:
        return by_chance < _MOST_BY_CHANCE_IF_LARGE
    return loss > _TOLERATED and by_chance < MOST_BY_CHANCE


def _p_value(right: np.ndarray) -> float:
    """Of (2, N) answers: how likely so many are lost, if as many are won as lost."""
    lost, won = int((right[0] & ~right[1]).sum()), int((right[1] & ~right[0]).sum())
    return float(binom.sf(lost - 1, lost + won, 0.5)) if lost + won else 1.0


def _worst_class(right: np.ndarray, targets: Targets) -> int | None:
    """The class that loses most, if it loses much and not by chance."""
    present = np.unique(targets)
    losses = {
        int(label): float(np.subtract(*right[:, targets == label].mean(axis=1)))
        for label in present
        if _p_value(right[:, targets == label]) < MOST_BY_CHANCE / len(present)
    }
    worst = max(losses, key=losses.__getitem__, default=None)
    return worst if worst is not None and losses[worst] >= _LOST_BY_A_CLASS else None
