"""The answer "unknown": sets of classes that hold the true one as often as was asked for.

Split conformal prediction (Vovk et al. 2005, Algorithmic Learning in a Random World) with the
probability of a class as its score (Sadinle, Lei & Wasserman 2019, Least Ambiguous Set-Valued
Classifiers with Bounded Error Levels): of the validation examples, which no training has learned
from, the least likely share had true classes of less probability than a limit. Classes below it are
left out. For examples like those, the set holds the true class at the level that was asked for,
whatever the classifier is worth, as far as settings and a temperature that were chosen by the same
examples do not flatter it. A set of one class is an answer; several, or none, mean "unknown".

Without a validation part it goes by training examples that were held out of a like training
(`core.stages.held_out`), as cross-conformal predictors do (Vovk 2015): it holds about so often.
"""

import math
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import load_file

from core.errors import RunError
from core.language import _
from core.predict.answer import refuse_lacking
from core.predict.prediction import Prediction
from core.run.classifiers import held_out_file
from core.run.decision import read_decision
from core.run.files import VALIDATION


@dataclass(frozen=True)
class Sets:
    """Sets of classes at a level.

    Attributes:
        level: How often a set is to hold the true class.
        limit: The least probability of a class in a set.
    """

    level: float
    limit: float

    def with_candidates(self, found: Prediction) -> Prediction:
        """A prediction with the classes that it may be; an unreadable one as it is."""
        if found.problem:
            return found
        candidates = tuple(name for name, share in found.probabilities if share >= self.limit)
        return replace(found, candidates=candidates)


def open_sets(folder: Path, level: float) -> Sets:
    """The sets of a classifier.

    Args:
        folder: Of the classifier, with answers of held-out examples.
        level: Above 0 and below 1.

    Raises:
        RunError: `unknown-needs-validation`: no examples were held out, or too few for this
            level; `task-lacks`: an example may have several labels; `run-damaged`.
    """
    refuse_lacking(read_decision(folder), "unknown")
    file = held_out_file(folder)
    if file is None:
        raise _too_few(0, level)
    try:
        answers = load_file(file)
        probabilities, targets = answers["probabilities"], answers["targets"]
        true = probabilities[np.arange(len(targets)), targets]
    except (OSError, KeyError, IndexError, SafetensorError) as error:
        raise RunError("run-damaged", file=file.name, path=folder, reason=error) from error
    return Sets(level, limit_of(true, level))


def level_in_words(folder: Path, level: float) -> str:
    """How often the sets of a classifier hold the true class, and what tells so; else empty."""
    file = held_out_file(folder)
    # Of several labels, and of numbers, there is no such answer, which is refused in words.
    if file is None or "unknown" in read_decision(folder).task.lacks:
        return ""
    with suppress(OSError, KeyError, SafetensorError), safe_open(file, "numpy") as kept:
        (number, *_shape) = kept.get_slice("targets").get_shape()
        if file.name == VALIDATION:
            return _(
                "The true class is kept in {level} of cases, for examples like the "
                "{number:,} of the validation part."
            ).format(level=f"{100 * level:g}%", number=number)
        return _(
            "The true class is kept in about {level} of cases: there is no "
            "validation part, so this is told by {number:,} training examples that a "
            "like training had not learned."
        ).format(level=f"{100 * level:g}%", number=number)
    return ""


def limit_of(true: NDArray[np.floating[Any]], level: float) -> float:
    """The least probability of a class in a set.

    Args:
        true: (N,) probabilities that the classifier gives the true classes of held-out examples.
        level: How often a set is to hold the true class.

    Raises:
        RunError: `unknown-needs-validation`: there are too few for this level.
    """
    # So many of them may be left out; one more example is the one that is asked about.
    left_out = math.floor((1 - level) * (len(true) + 1) + 1e-9)
    if left_out < 1:
        raise _too_few(len(true), level)
    return float(np.sort(true)[left_out - 1])


def _too_few(number: int, level: float) -> RunError:
    least = math.ceil(1 / (1 - level) - 1 - 1e-9)
    return RunError("unknown-needs-validation", level=level, found=number, least=least)
