"""What each encoder knows as it is, tested before anything is fine-tuned: in seconds.

Two rows of the results for each encoder that the run has: a regularised linear layer on it, which
is a classifier like any other, and the votes of its nearest neighbours among the training examples.
Nothing in them is random but the layers of a head before its last, which have the first seed.
"""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from core.language import _
from core.models.masked_model import Classifier
from core.recipe.arms import FROZEN, Arm
from core.run.decision import Decision
from core.run.events import Noticed, Working
from core.run.files import PREDICTIONS, SUMMARY, VALIDATION
from core.run.plan import stage_behind
from core.run.possible import missing_for
from core.stages.first_head import features_of_head, unfitted_classifier
from core.stages.held_out import (
    CROSS_FITTED,
    VALIDATION_PART,
    LabeledAnswers,
    cross_fitted,
    save_held_out,
)
from core.stages.left_aside import LEFT_ASIDE, left_aside, say_left_aside
from core.stages.modality import LabeledExamples
from core.stages.setup import RunSetup
from core.stages.tested import decided, evaluated, readable, save_answers, save_decision
from core.system.atomic import write_json
from core.training.ranks import Ranks

if TYPE_CHECKING:
    from core.evaluate.regularised_probe import LinearLayer


def frozen_rows(setup: RunSetup) -> list[Arm]:
    """The rows that a run has, whose encoders are there; none where nothing is fine-tuned."""
    if setup.no_classifier or not setup.task.can_be_told(setup.train.targets):
        return []
    return [arm for arm in FROZEN.values() if _has_encoder(setup, arm)]


def answer_frozen(setup: RunSetup) -> None:
    """Answer every row that is not answered and whose encoder is there.

    Raises:
        Interrupted: Paused or stopped on request; an answer that was begun is given anew.
    """
    if setup.context.is_main:
        missing = [arm for arm in frozen_rows(setup) if not is_answered(setup, arm.name)]
        for start in dict.fromkeys(arm.start for arm in missing):
            setup.context.raise_if_requested()
            _answer(setup, [arm for arm in missing if arm.start == start])
    Ranks(setup.hardware).wait(setup.context)


def is_answered(setup: RunSetup, name: str) -> bool:
    """Whether a row is complete."""
    return (setup.run.frozen / name / SUMMARY).exists()


def _has_encoder(setup: RunSetup, arm: Arm) -> bool:
    if missing_for(arm.name, setup.recipe):
        return False
    stage = stage_behind(arm.name, setup.stages)
    return stage is None or (setup.run.stage(stage.name) / SUMMARY).exists()


def _answer(setup: RunSetup, arms: list[Arm]) -> None:
    """Answer rows of the same encoder, which reads every example once."""
    classifier, what = unfitted_classifier(setup, arms[0].name, 0), _("the frozen model's answers")
    encoder = setup.encoder_behind(arms[0].name)
    setup.context.report(Working(stage="frozen", what=_("testing the encoder as it is")))
    parts = {"train": setup.train, "val": setup.val, "test": setup.test}
    features = {
        name: features_of_head(setup, classifier, part.examples, what, encoder)
        for name, part in parts.items()
        if len(part)
    }
    held: dict[str, LabeledExamples] = {}
    for name in features.keys() - {"train"}:
        held[name], features[name] = readable(setup, parts[name], features[name])
        if not len(held[name]):
            del held[name], features[name]
    said, metric = [], setup.task.task.metric
    for arm in arms:
        summary = (_linear if arm.frozen == "linear" else _neighbours)(
            setup, arm, classifier, features, held
        )
        if summary is None:
            text = _("{model} can't answer: its features are no numbers.").format(model=arm.phrase)
            setup.context.report(Noticed(id="frozen", text=text[:1].upper() + text[1:]))
        elif "test" in summary:
            value = summary["test"][metric.key]["value"]
            said.append(f"{arm.phrase} {metric.shown(value)}")
    if said:
        tested = f"{len(setup.test):,} test {setup.manifest.modality.examples}"
        right = " right" if setup.task.task.is_single else ""
        text = _("Before any fine-tuning, on {tested}: {said}{right}.").format(
            tested=tested, said=", ".join(said), right=right
        )
        setup.context.report(Noticed(id="frozen", text=text))


def _linear(
    setup: RunSetup,
    arm: Arm,
    classifier: Classifier,
    features: dict[str, np.ndarray],
    held: dict[str, LabeledExamples],
) -> dict[str, Any] | None:
    """Fit, test and save a linear layer; None where none can be fitted."""
    targets = setup.train.targets
    balanced = setup.recipe.finetune.balance != "none"
    layer = setup.task.fit_layer(
        features["train"], targets, len(setup.classes), seed=setup.recipe.seed, balanced=balanced
    )
    if layer is None or not all(np.isfinite(each).all() for each in features.values()):
        return None
    layer, held_out, calibration = _calibrated(setup, features, held, layer)
    output = classifier.output_layer
    with torch.no_grad():
        output.weight.copy_(torch.from_numpy(layer.weight))
        output.bias.copy_(torch.from_numpy(layer.bias))
    probabilities = {name: _activated(setup, layer.logits(each)) for name, each in features.items()}
    aside = left_aside(setup, arm, features["train"])
    say_left_aside(setup, arm, aside)
    summary = {
        "strength": layer.strength,
        LEFT_ASIDE: aside,
        "num_fitted": layer.num_examples,
        f"train_{setup.task.task.metric.key}": setup.task.score(probabilities["train"], targets),
        "calibration": calibration,
    }
    return _finish(setup, arm, summary, probabilities, held, classifier, held_out)


def _calibrated(
    setup: RunSetup,
    features: dict[str, np.ndarray],
    held: dict[str, LabeledExamples],
    layer: "LinearLayer",
) -> tuple["LinearLayer", LabeledAnswers | None, dict[str, Any] | None]:
    """The layer with its temperature, what that was fitted on if not a validation part, and it."""
    if "val" in features:
        said = _activated(setup, layer.logits(features["val"]))
        known: LabeledAnswers | None = LabeledAnswers(said, held["val"].targets)
    else:
        known = cross_fitted(setup, features["train"], layer)
    if known is None:
        return layer, None, None
    temperature = setup.task.temperature(known.probabilities, known.targets)
    calibration = None
    if temperature is not None:
        layer, known = layer.divided(temperature), known.tempered(setup.task, temperature)
        source = VALIDATION_PART if "val" in features else CROSS_FITTED
        number = len(known.targets)
        calibration = {"temperature": temperature, "num_examples": number, "source": source}
    return layer, None if "val" in features else known, calibration


def _activated(setup: RunSetup, logits: np.ndarray) -> np.ndarray:
    found: np.ndarray = setup.task.activate(torch.from_numpy(logits)).numpy()
    return found


def _neighbours(
    setup: RunSetup,
    arm: Arm,
    classifier: Classifier,
    features: dict[str, np.ndarray],
    held: dict[str, LabeledExamples],
) -> dict[str, Any] | None:
    """Let the neighbours of the held-out examples vote; None where a feature is no number."""
    del classifier
    k = setup.recipe.probe.neighbours
    probabilities: dict[str, np.ndarray] = {}
    for name in ("val", "test"):
        if name in features:
            found = setup.task.neighbours(
                *(features["train"], setup.train.targets, len(setup.classes), features[name]),
                k=k,
                seed=setup.recipe.seed,
            )
            if found is None:
                return None
            probabilities[name] = found
    return _finish(setup, arm, {"neighbours": k}, probabilities, held, None)


def _finish(
    setup: RunSetup,
    arm: Arm,
    summary: dict[str, Any],
    probabilities: dict[str, np.ndarray],
    held: dict[str, LabeledExamples],
    classifier: Classifier | None,
    held_out: LabeledAnswers | None = None,
) -> dict[str, Any]:
    folder = setup.run.frozen / arm.name
    decision = decided(setup, held.get("val"), probabilities.get("val"))
    if held_out is not None:
        decision = setup.task.decision(held_out.probabilities, held_out.targets, len(setup.classes))
        setup.context.write(
            partial(_save_held_out, folder, held_out), _("the frozen model's answers")
        )
    for name, part in held.items():
        summary[name] = evaluated(setup, probabilities[name], part, decision)
    setup.context.write(
        partial(_save, setup, folder, summary, probabilities, held, classifier, decision),
        _("the frozen model's answers"),
    )
    return summary


def _save_held_out(folder: Path, held_out: LabeledAnswers) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    save_held_out(folder, held_out)


def _save(
    setup: RunSetup,
    folder: Path,
    summary: dict[str, Any],
    probabilities: dict[str, np.ndarray],
    held: dict[str, LabeledExamples],
    classifier: Classifier | None,
    decision: Decision,
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, file in (("val", VALIDATION), ("test", PREDICTIONS)):
        if name in held:
            save_answers(folder / file, probabilities[name], held[name])
    save_decision(folder, decision)
    if classifier is not None:
        classifier.save(folder, list(setup.classes))
    write_json(folder / SUMMARY, summary)
