"""What a classifier said of held-out examples: its numbers, and the answers themselves."""

from collections.abc import Sequence
from functools import reduce
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import save

from core.run.decision import Decision
from core.run.files import DECISION
from core.stages.modality import LabeledExamples
from core.stages.setup import RunSetup
from core.system.atomic import write_bytes, write_json


def evaluated(
    setup: RunSetup, probabilities: np.ndarray, labeled: LabeledExamples, decision: Decision
) -> dict[str, Any]:
    """The metrics of (N, C) probabilities of these examples, answered as decided."""
    return setup.task.evaluated(
        probabilities, labeled.targets, setup.classes, decision, seed=setup.recipe.seed
    )


def decided(
    setup: RunSetup, val: LabeledExamples | None, probabilities: np.ndarray | None
) -> Decision:
    """How a classifier answers, by its probabilities of validation examples; None without any."""
    targets = None if val is None else val.targets
    return setup.task.decision(probabilities, targets, len(setup.classes))


def save_decision(folder: Path, decision: Decision) -> None:
    """Keep how a classifier answers, where its answer is not simply the likeliest class."""
    if not decision.task.is_single:
        write_json(folder / DECISION, decision.to_json())


def readable(
    setup: RunSetup, labeled: LabeledExamples, answers: np.ndarray
) -> tuple[LabeledExamples, np.ndarray]:
    """Without the examples that could not be read: what stood in for them tells nothing.

    Args:
        setup: The run.
        labeled: N held-out examples.
        answers: (N, …) what was said of them.
    """
    missing = setup.missing()
    if not missing:
        return labeled, answers
    rows = np.flatnonzero(~np.isin(labeled.examples, np.fromiter(missing, dtype=np.int64)))
    if len(rows) == len(labeled):
        return labeled, answers
    places = rows if labeled.rows is None else labeled.rows[rows]
    found = LabeledExamples(labeled.examples[rows], labeled.targets[rows], places)
    return found, answers[rows]


def save_answers(file: Path, probabilities: np.ndarray, labeled: LabeledExamples) -> None:
    """Keep (N, C) answers with the true ones, and of a part of a split with their rows."""
    arrays = {"probabilities": probabilities, "targets": labeled.targets}
    if labeled.rows is not None:
        arrays["rows"] = labeled.rows
    tensors = {
        name: torch.from_numpy(np.ascontiguousarray(values)) for name, values in arrays.items()
    }
    write_bytes(file, save(tensors))


def aligned(answers: Sequence[dict[str, np.ndarray]]) -> tuple[np.ndarray, list[dict[str, Any]]]:
    """The rows that all of these have, and the answers of those alone.

    Args:
        answers: As `save_answers` kept them, of the same split.
    """
    rows = [each.get("rows", np.arange(len(each["targets"]))) for each in answers]
    common = reduce(np.intersect1d, rows)
    chosen = [np.isin(own, common) for own in rows]
    cut = [
        {name: each[name][at] for name in ("probabilities", "targets")}
        for each, at in zip(answers, chosen, strict=True)
    ]
    return common, cut
