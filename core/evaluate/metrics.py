"""How good a classifier is on held-out images: the numbers of one fine-tuned arm and seed."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import (
    accuracy_score,
    confusion_matrix,
    f1_score,
    precision_recall_fscore_support,
    recall_score,
)

from core.evaluate.intervals import bootstrap_interval, estimate, exact_interval
from core.readers.reliability import CALIBRATION_BINS


def evaluate_predictions(
    probabilities: NDArray[np.floating[Any]],
    targets: NDArray[np.integer[Any]],
    classes: Sequence[str],
    *,
    seed: int = 0,
    num_resamples: int = 1000,
) -> dict[str, Any]:
    """Everything about one classifier on one set of images, ready for JSON.

    Balanced accuracy (mean recall) and macro-F1 average over the classes that have images here:
    what a class without images would get is unknown, not 0. Its row in `per_class` has null.
    Micro-F1 counts true and false positives of all classes together (Manning et al. 2008, section
    13.6); with one class per image each false positive of one is a false negative of another, so
    it is the accuracy. It has a name of its own because papers report it (ChemProt's do).

    Args:
        probabilities: (N, C) finite class probabilities, N at least 1.
        targets: (N,) class indices.
        classes: The C names.
        seed: Seed of the bootstrap.
        num_resamples: How often to resample the images.

    Returns:
        `num_images`, `classes`; `accuracy`, `balanced_accuracy`, `macro_f1`, `micro_f1`, each with
        `value` and the `low` and `high` ends of its 95 % interval; `calibration_error` (expected
        calibration error, Guo et al. 2017); `per_class` and `confusion_matrix` (rows: truth).
    """
    num_images, num_classes = probabilities.shape
    assert num_images == len(targets) > 0
    assert num_classes == len(classes)
    assert np.isfinite(probabilities).all()
    predictions = probabilities.argmax(axis=1)
    values = _scores(targets, predictions)
    low, high = _intervals(targets, predictions, num_classes, seed, num_resamples)
    names = ("accuracy", "balanced_accuracy", "macro_f1")
    estimates = {name: estimate(values[i], low[i], high[i]) for i, name in enumerate(names)}
    return {
        "num_images": num_images,
        "classes": list(classes),
        **estimates,
        "micro_f1": dict(estimates["accuracy"]),
        "calibration_error": _calibration_error(probabilities, targets),
        "per_class": _per_class(targets, predictions, classes),
        "confusion_matrix": confusion_matrix(
            targets, predictions, labels=np.arange(num_classes)
        ).tolist(),
    }


def _scores(targets: np.ndarray, predictions: np.ndarray) -> tuple[float, float, float]:
    present = np.unique(targets)
    return (
        accuracy_score(targets, predictions),
        recall_score(targets, predictions, labels=present, average="macro", zero_division=0),
        f1_score(targets, predictions, labels=present, average="macro", zero_division=0),
    )


def _intervals(
    targets: np.ndarray, predictions: np.ndarray, num_classes: int, seed: int, num_resamples: int
) -> tuple[Sequence[float], Sequence[float]]:
    num_images = len(targets)
    num_right = int((targets == predictions).sum())
    if num_right in {0, num_images}:
        # All three are 0 or 1 then; the accuracy's exact interval stands for them.
        low, high = exact_interval(num_right, num_images)
        return [low] * 3, [high] * 3

    def statistic(images: np.ndarray, axis: int = -1) -> NDArray[np.float64]:
        assert axis in {-1, images.ndim - 1}
        return resampled_scores(targets[images], predictions[images], num_classes)

    ends = bootstrap_interval(num_images, statistic, seed=seed, num_resamples=num_resamples)
    return ends[0].tolist(), ends[1].tolist()


def resampled_scores(
    targets: np.ndarray, predictions: np.ndarray, num_classes: int
) -> NDArray[np.float64]:
    """(3, R) accuracy, balanced accuracy and macro-F1 of (R, N) resampled targets and predictions.

    The same numbers as scikit-learn's, for all resamples at once.
    """
    shape = targets.shape[:-1]
    targets = targets.reshape(-1, targets.shape[-1])
    predictions = predictions.reshape(targets.shape)
    num_resamples = len(targets)
    first_class = num_classes * np.arange(num_resamples)[:, None]

    def counted(classes: np.ndarray, weights: np.ndarray | None = None) -> NDArray[np.float64]:
        flat = None if weights is None else weights.ravel()
        counts = np.bincount((classes + first_class).ravel(), flat, num_resamples * num_classes)
        return counts.astype(np.float64).reshape(num_resamples, num_classes)

    support, predicted = counted(targets), counted(predictions)
    right = counted(targets, targets == predictions)
    num_present = (support > 0).sum(axis=1)
    recall = (right / np.maximum(support, 1)).sum(axis=1) / num_present
    # A class without images in this resample has right == 0, so it adds nothing.
    f1 = (2 * right / np.maximum(support + predicted, 1)).sum(axis=1) / num_present
    accuracy = right.sum(axis=1) / targets.shape[1]
    return np.stack([accuracy, recall, f1]).reshape(3, *shape)


def example_scores(
    targets: np.ndarray, predictions: np.ndarray, num_classes: int
) -> NDArray[np.float64]:
    """(3, N) what each example says of accuracy, balanced accuracy and macro-F1.

    Their means over the examples are the three numbers, and their variance divided by N is that of
    the numbers: of a share it is right or wrong; of the other two the number plus the example's
    influence on it (the infinitesimal jackknife; Efron 1982, The Jackknife, the Bootstrap and Other
    Resampling Plans, chapter 6). In a class of n the influences are made larger by the root of
    n / (n - 1): they are measured from a mean that they are part of.

    Args:
        targets: (N,) class indices, N at least 1.
        predictions: (N,) class indices.
        num_classes: How many classes there are.
    """
    num_examples = len(targets)
    correct = (targets == predictions).astype(np.float64)
    support = np.bincount(targets, minlength=num_classes)
    both = support + np.bincount(predictions, minlength=num_classes)
    right = np.bincount(targets, correct, num_classes)
    present = support > 0
    # Shares of an average over the classes with examples, by an example's count in its class.
    each = present * num_examples / present.sum()
    recall = right / np.maximum(support, 1)
    f1 = 2 * right / np.maximum(both, 1)
    of_recall = (each / np.maximum(support, 1))[targets] * (correct - recall[targets])
    per_f1 = each / np.maximum(both, 1)
    of_f1 = 2 * per_f1[targets] * correct
    of_f1 -= (per_f1 * f1)[targets] + (per_f1 * f1)[predictions]
    widened = np.sqrt(support / np.maximum(support - 1, 1))[targets]
    averages = [values[present].mean() for values in (recall, f1)]
    influences = np.stack([of_recall, of_f1]) * widened
    influences -= influences.mean(axis=1, keepdims=True)
    return np.stack([correct, *(np.array(averages)[:, None] + influences)])


def _calibration_error(probabilities: np.ndarray, targets: np.ndarray) -> float:
    # Late: the package imports all of its metrics, image and text models included.
    import torch
    from torchmetrics.functional.classification import multiclass_calibration_error

    error = multiclass_calibration_error(
        torch.from_numpy(probabilities.astype(np.float32)),
        torch.from_numpy(targets.astype(np.int64)),
        num_classes=probabilities.shape[1],
        n_bins=CALIBRATION_BINS,
        norm="l1",
    )
    return float(error)


def _per_class(
    targets: np.ndarray, predictions: np.ndarray, classes: Sequence[str]
) -> list[dict[str, Any]]:
    """One row per class; null where a number is not defined."""
    columns = precision_recall_fscore_support(
        targets,
        predictions,
        labels=np.arange(len(classes)),
        zero_division=np.nan,
    )
    return [
        {
            "class": name,
            "support": int(support),
            "precision": _defined(precision),
            "recall": _defined(recall),
            "f1": _defined(f1) if support else None,
        }
        for name, precision, recall, f1, support in zip(classes, *columns, strict=True)
    ]


def _defined(number: float) -> float | None:
    return None if np.isnan(number) else float(number)
