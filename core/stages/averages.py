"""Classifiers that are averages of the base model's fine-tunings, made without training.

WiSE-FT (Wortsman et al. 2022, Robust fine-tuning of zero-shot models, arXiv 2109.01903): the
weights where fine-tuning began and where it ended, averaged; how much of each is chosen on
validation examples. Without them a search has seen it, on the way of its longest trial of the rate
that it chose, by the examples that it held out; without one it is half of each, as the authors
recommend. A uniform soup
(Wortsman et al. 2022, Model soups, arXiv 2203.05482): the weights of several fine-tunings that
began with the same ones, averaged alike.
"""

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file

from core.errors import RunError
from core.language import _
from core.models.masked_model import Classifier, State
from core.recipe.arms import ARMS, BASE
from core.run.events import Noticed
from core.run.files import CLASSIFIER, SUMMARY
from core.run.plan import StagePlan, fine_tuning_of
from core.stages.finetune_job import first_classifier, predict
from core.stages.interpolation import put_between
from core.stages.search import way_of_search
from core.stages.setup import RunSetup
from core.stages.tested import readable

# How far from where fine-tuning began: of equals the furthest is taken.
WAY = tuple(number / 10 for number in range(11))
# The authors' advice where nothing can choose.
_WITHOUT_VALIDATION = 0.5


def average(setup: RunSetup, stage: StagePlan) -> tuple[Classifier, dict[str, Any]]:
    """The classifier of an averaging arm, and what is told of it.

    Returns:
        The classifier, not calibrated; `share` (of the way from the start) with `shares` and their
        losses, or `num_averaged`; `made_of`, the stages it was made of; all that in `words`.

    Raises:
        RunError: A fine-tuning that it is made of is damaged.
    """
    made = _soup(setup) if ARMS[stage.arm].average == "seeds" else _on_the_way(setup, stage)
    setup.context.report(Noticed(id="averaged", text=made[1]["words"]))
    return made


def forget_earlier(setup: RunSetup, stage: StagePlan) -> None:
    """Remove what the same average was before seeds were added: it has another number now."""
    for folder in setup.run.stages.glob("*-finetune-*"):
        same = fine_tuning_of(folder.name) == (stage.arm, stage.seed_index)
        if same and folder.name != stage.name:
            shutil.rmtree(folder, ignore_errors=True)


def _on_the_way(setup: RunSetup, stage: StagePlan) -> tuple[Classifier, dict[str, Any]]:
    ended = _fine_tunings(setup)[stage.seed_index]
    classifier = first_classifier(setup, ended)
    start, end = _copy(classifier), _end_of(setup, ended, classifier)
    losses: dict[float, float] = {}
    if len(setup.val):
        for share in WAY:
            put_between(classifier, start, end, share)
            losses[share] = _loss(setup, classifier)
    found = [share for share in losses if np.isfinite(losses[share])]
    why = _("of eleven shares the best on {val:,} validation examples").format(val=len(setup.val))
    if not len(setup.val):
        losses, num_held = way_of_search(setup, BASE)
        found = sorted(losses)
        why = _(
            "of {found} shares the best on {num_held:,} training examples that the "
            "search had held out"
        ).format(found=len(found), num_held=num_held)
    share = min(reversed(found), key=losses.__getitem__) if found else _WITHOUT_VALIDATION
    put_between(classifier, start, end, share)
    if not found:
        why = _(
            "there are no validation examples to choose by, so it is what its authors recommend"
        )
    name = f"{stage.arm}, seed {stage.seed_index}"
    words = _("{name}: {share:.0f} % of the way of {trained}; {why}.").format(
        name=name, share=100 * share, trained=ended.name, why=why
    )
    return classifier, {
        "share": share,
        "shares": [{"share": each, "loss": losses[each]} for each in found],
        "made_of": [ended.name],
        "words": words,
    }


def _soup(setup: RunSetup) -> tuple[Classifier, dict[str, Any]]:
    stages = _fine_tunings(setup)
    classifier = first_classifier(setup, stages[0])
    start, total = _copy(classifier), _end_of(setup, stages[0], classifier)
    used = [stages[0]]
    for stage in stages[1:]:
        other = first_classifier(setup, stage)
        # Layers of a head before its last may be random, and others with every seed.
        if not _equal(start, _copy(other)):
            continue
        used.append(stage)
        for name, value in _end_of(setup, stage, other).items():
            total[name] += value
    put_between(classifier, start, {n: value / len(used) for n, value in total.items()}, 1.0)
    words = _("soup: the average of {used} fine-tunings of {base}.").format(
        used=len(used), base=BASE
    )
    if len(used) < len(stages):
        words = _(
            "soup: of {stages} fine-tunings of {base} only {used} began with the same "
            "head, because layers of this model's head are random before any step: the "
            "others can't be averaged with it."
        ).format(stages=len(stages), base=BASE, used=len(used))
    made_of = [stage.name for stage in used]
    return classifier, {"num_averaged": len(used), "made_of": made_of, "words": words}


def _fine_tunings(setup: RunSetup) -> list[StagePlan]:
    """Those of the base model, by seed."""
    found = [each for each in setup.stages if (each.kind, each.arm) == ("finetune", BASE)]
    return sorted(found, key=lambda stage: stage.seed_index)


def _end_of(setup: RunSetup, stage: StagePlan, classifier: Classifier) -> State:
    """Where a fine-tuning ended, before its temperature; leaves it in the classifier."""
    folder = setup.run.stage(stage.name)
    try:
        classifier.load_state_dict(load_file(folder / CLASSIFIER))
    except (OSError, RuntimeError, SafetensorError) as error:
        raise RunError("run-damaged", file=CLASSIFIER, path=folder, reason=error) from error
    calibration = setup.run.read_json(_below(setup, folder / SUMMARY)).get("calibration")
    if calibration is not None:
        with torch.no_grad():
            for values in classifier.output_layer.parameters():
                values.mul_(calibration["temperature"])
    return _copy(classifier)


def _below(setup: RunSetup, file: Path) -> str:
    return file.relative_to(setup.run.path).as_posix()


def _copy(classifier: Classifier) -> State:
    """Every parameter, on the host."""
    return {name: value.detach().cpu().clone() for name, value in classifier.named_parameters()}


def _equal(one: State, other: State) -> bool:
    return all(torch.equal(value, other[name]) for name, value in one.items())


def _loss(setup: RunSetup, classifier: Classifier) -> float:
    """Of the validation examples, at the best temperature; infinite where nothing can be said."""
    val, probabilities = readable(setup, setup.val, predict(setup, classifier, setup.val))
    if not len(val) or not np.isfinite(probabilities).all():
        return float("inf")
    balanced = setup.recipe.finetune.balance != "none"
    return setup.task.loss(probabilities, val.targets, balanced=balanced)
