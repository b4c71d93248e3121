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


@dataclass(frozen=True)
class Standard:
    """What an export is measured by.

    Attributes:
        tolerance: How far off is still the same.
        classes: Names of the classes, or of what is predicted; empty for embeddings.
        same_labels: Where an answer is several labels, the share of the same ones; None: it is one
            class.
        number_unit: Where an answer is a number, the standard deviation of the training labels;
            None: it is none.
        unavoidable: Asked where an export is further off than `tolerance`: how far rounding alone
            may bring it.
    """

    tolerance: Tolerance
    classes: tuple[str, ...]
    same_labels: Agree | None = None
    number_unit: float | None = None
    unavoidable: Unavoidable | None = None

    @property
    def quantity(self) -> str:
        """What is compared, in words."""
        if self.number_unit is not None:
            return "predicted number, in standard deviations of the training labels"
        return "probability" if self.classes else "embedding, in units of its root mean square"

    def unit_of(self, wanted: np.ndarray) -> float:
        """How large a difference of one unit is."""
        if self.number_unit is not None:
            return self.number_unit
        return 1.0 if self.classes else float(np.sqrt(np.square(wanted).mean()))

    def most(self, largest: float, unit: float) -> float:
        """How far off an export may be whose largest difference is given."""
        usual = self.tolerance.difference
        if largest > usual and self.unavoidable is not None:
            return max(usual, self.unavoidable(unit))
        return usual

    def agreements(self, found: np.ndarray, wanted: np.ndarray) -> dict[str, float | None]:
        """Shares of examples with the same answer, by name in `parity.json`.

        The last one is what an export is judged by; None where an answer is nothing to agree on.
        """
        tie = self.tolerance.tie
        if self.same_labels is not None:
            none = {"top1_agreement": None, "top1_agreement_with_ties": None}
            return {**none, "labels_agreement": self.same_labels(found, wanted, tie)}
        if not self.classes or self.number_unit is not None:
            return {"top1_agreement": None, "top1_agreement_with_ties": None}
        return {
            "top1_agreement": float((found.argmax(1) == wanted.argmax(1)).mean()),
            "top1_agreement_with_ties": agreement_with_ties(found, wanted, tie),
        }


def checked(
    run: Runner,
    wanted: np.ndarray,
    examples: CheckExamples,
    standard: Standard,
    *,
    words: Words,
    report: ProgressReport,
) -> dict[str, Any]:
    """Run an export on raw examples and compare.

    Args:
        run: File names or texts to (N, C) probabilities or (N, D) embeddings, by the export.
        wanted: The same from the trained model.
        examples: The examples, in the order of `wanted`.
        standard: What the export is measured by.
        words: For a failure.
        report: Told (what, done, total).

    Returns:
        `max_abs_difference`, `mean_abs_difference`, `top1_agreement` and
        `top1_agreement_with_ties` (None for embeddings), or `labels_agreement` of several labels,
        `num_examples`, `examples`, `noun`, `num_converted`, `quantity`, `tolerance`,
        `usual_tolerance` (below it where the model magnifies rounding), `least_agreement`.

    Raises:
        RunError: `export-differs`, with the example it differs most on.
    """
    found = _all_outputs(run, examples, report)
    if found.shape != wanted.shape:
        shapes = f"it gives {found.shape[1:]} values per {words.noun} instead of {wanted.shape[1:]}"
        raise_difference(words, len(wanted), shapes)
    unit = standard.unit_of(wanted)
    differences = np.abs(found.astype(np.float64) - wanted) / unit
    largest = float(differences.max())
    most = standard.most(largest, unit)
    agreements = standard.agreements(found, wanted)
    judged = list(agreements.values())[-1]
    least = standard.tolerance.agreement
    # Written so that a value that is no number fails too.
    is_close = largest <= most
    if not is_close or (judged is not None and judged < least):
        limit = f"the limit is {most:g}"
        if judged is not None:
            answer = "class" if standard.same_labels is None else "labels"
            limit += f"; {judged:.0%} of the {noun_for(words.noun)} have the same {answer}"
        where = _where(found, wanted, differences, examples, standard)
        raise_difference(words, len(wanted), f"{where} ({limit})")
    return {
        "quantity": standard.quantity,
        "max_abs_difference": largest,
        "mean_abs_difference": float(differences.mean()),
        **agreements,
        "tolerance": most,
        "usual_tolerance": standard.tolerance.difference,
        "least_agreement": least if judged is not None else None,
        "num_examples": len(wanted),
        "examples": examples.which,
        "noun": words.noun,
        "num_converted": examples.num_converted,
    }


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
    standard: Standard,
) -> str:
    """The example and class with the largest difference, in words."""
    place = np.nan_to_num(differences, nan=np.inf).argmax()
    row, column = np.unravel_index(int(place), differences.shape)
    name = examples.names[int(row)]
    if not standard.classes:
        return f"the embedding of {name} is off by {differences[row, column]:.2g} of its size"
    values = f"{found[row, column]:.4f} instead of {wanted[row, column]:.4f}"
    if standard.number_unit is not None:
        return f"{name} is predicted as {values}"
    return f"{name} is {standard.classes[int(column)]} with probability {values}"
