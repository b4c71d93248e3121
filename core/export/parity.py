"""Whether an export computes what the trained model does, on the user's own examples."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.errors import RunError
from core.export.examples import CheckExamples
from core.language import _
from core.recipe.modality import noun_for
from core.system.progress import ProgressReport

# Examples an export gets at once.
_BATCH = 8
Runner = Callable[[list[str]], np.ndarray]
# (unit): how far a right program may be off; see `core.export.rounding`.
Unavoidable = Callable[[float], float]
# (found, wanted, tie): the share of examples with the same answer.
Agree = Callable[[np.ndarray, np.ndarray, float], float]


@dataclass(frozen=True)
class Tolerance:
    """How far an export may be from the trained model.

    Attributes:
        difference: Largest difference of any probability; of embeddings in units of their root
            mean square; of predicted numbers in standard deviations of the training labels.
        agreement: Least share of examples with the same most likely class.
        tie: Classes whose probabilities the trained model has closer together than this are
            equally likely: either counts as the same.
    """

    difference: float
    agreement: float = 0.0
    tie: float = 0.01


@dataclass(frozen=True)
class Words:
    """What a failure is told with: the format, the other ones, and what an example is called."""

    format_name: str
    others: str
    noun: str


def checked(
    run: Runner,
    wanted: np.ndarray,
    examples: CheckExamples,
    tolerance: Tolerance,
    *,
    words: Words,
    classes: tuple[str, ...],
    report: ProgressReport,
    same_labels: Agree | None = None,
    number_unit: float | None = None,
    unavoidable: Unavoidable | None = None,
) -> dict[str, Any]:
    """Run an export on raw examples and compare.

    Args:
        run: File names or texts to (N, C) probabilities or (N, D) embeddings, by the export.
        wanted: The same from the trained model.
        examples: The examples, in the order of `wanted`.
        tolerance: How far off is still the same.
        words: For a failure.
        classes: Their names; empty for embeddings.
        report: Told (what, done, total).
        same_labels: Where an answer is several labels, the share of the same ones; None: it is one
            class.
        number_unit: Where an answer is a number, the standard deviation of the training labels;
            None: it is none.
        unavoidable: Asked where an export is further off than `tolerance`: how far rounding alone
            may bring it.

    Returns:
        `max_abs_difference`, `mean_abs_difference`, `top1_agreement` and
        `top1_agreement_with_ties` (None for embeddings), or `labels_agreement` of several labels,
        `num_examples`, `examples`, `noun`, `num_converted`, `quantity`, `tolerance`,
        `least_agreement`.

    Raises:
        RunError: `export-differs`, with the example it differs most on.
    """
    found = _all_outputs(run, examples, report)
    if found.shape != wanted.shape:
        shapes = f"it gives {found.shape[1:]} values per {words.noun} instead of {wanted.shape[1:]}"
        raise_difference(words, len(wanted), shapes)
    unit = 1.0 if classes else float(np.sqrt(np.square(wanted).mean()))
    unit = unit if number_unit is None else number_unit
    differences = np.abs(found.astype(np.float64) - wanted) / unit
    largest = float(differences.max())
    agreed: dict[str, float | None] = {"top1_agreement": None, "top1_agreement_with_ties": None}
    judged = None
    if same_labels is not None:
        judged = same_labels(found, wanted, tolerance.tie)
        agreed = {**agreed, "labels_agreement": judged}
    elif classes and number_unit is None:
        judged = agreement_with_ties(found, wanted, tolerance.tie)
        share = float((found.argmax(1) == wanted.argmax(1)).mean())
        agreed = {"top1_agreement": share, "top1_agreement_with_ties": judged}
    most = tolerance.difference
    if largest > most and unavoidable is not None:
        most = max(most, unavoidable(unit))
    # Written so that a value that is no number fails too.
    is_close = largest <= most
    if not is_close or (judged is not None and judged < tolerance.agreement):
        is_number = number_unit is not None
        where = _where(found, wanted, differences, examples, classes, is_number=is_number)
        limit = f"the limit is {most:g}"
        if judged is not None:
            answer = "class" if same_labels is None else "labels"
            limit += f"; {judged:.0%} of the {noun_for(words.noun)} have the same {answer}"
        raise_difference(words, len(wanted), f"{where} ({limit})")
    return {
        "quantity": _quantity(bool(classes), number_unit),
        "max_abs_difference": largest,
        "mean_abs_difference": float(differences.mean()),
        **agreed,
        "tolerance": most,
        "least_agreement": tolerance.agreement if judged is not None else None,
        "num_examples": len(wanted),
        "examples": examples.which,
        "noun": words.noun,
        "num_converted": examples.num_converted,
    }


def _quantity(is_classifier: bool, number_unit: float | None) -> str:
    if number_unit is not None:
        return "predicted number, in standard deviations of the training labels"
    return "probability" if is_classifier else "embedding, in units of its root mean square"


def raise_difference(words: Words, count: int, where: str) -> None:
    """Say that an export differs from the trained model.

    Raises:
        RunError: Always.
    """
    raise RunError(
        "export-differs",
        format=words.format_name,
        nouns=noun_for(words.noun),
        count=count,
        where=where,
        others=words.others,
    )


def _all_outputs(run: Runner, examples: CheckExamples, report: ProgressReport) -> np.ndarray:
    outputs = []
    total = len(examples.given)
    for start in range(0, total, _BATCH):
        report(_("Checking the export"), start, total)
        outputs.append(run(list(examples.given[start : start + _BATCH])))
    report(_("Checking the export"), total, total)
    return np.concatenate(outputs)


def agreement_with_ties(found: np.ndarray, wanted: np.ndarray, tie: float) -> float:
    """Share of examples whose class the trained model finds as likely as its own."""
    chosen = np.take_along_axis(wanted, found.argmax(1)[:, None], axis=1)[:, 0]
    return float((wanted.max(1) - chosen <= tie).mean())


def _where(
    found: np.ndarray,
    wanted: np.ndarray,
    differences: np.ndarray,
    examples: CheckExamples,
    classes: tuple[str, ...],
    *,
    is_number: bool,
) -> str:
    """The example and class with the largest difference, in words."""
    place = np.nan_to_num(differences, nan=np.inf).argmax()
    row, column = np.unravel_index(int(place), differences.shape)
    name = examples.names[int(row)]
    if not classes:
        return f"the embedding of {name} is off by {differences[row, column]:.2g} of its size"
    values = f"{found[row, column]:.4f} instead of {wanted[row, column]:.4f}"
    if is_number:
        return f"{name} is predicted as {values}"
    return f"{name} is {classes[int(column)]} with probability {values}"
