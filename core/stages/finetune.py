"""Fine-tuning of one arm with one seed, and its evaluation on the test images."""

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from core.language import _
from core.models.masked_model import Classifier
from core.recipe.arms import ARMS, BASE
from core.recipe.interpolating import shares_of
from core.run.decision import Decision
from core.run.events import Working
from core.run.files import PREDICTIONS, SUMMARY, VALIDATION
from core.run.plan import StagePlan
from core.stages.averages import average, forget_earlier
from core.stages.calibrate import calibrate
from core.stages.finetune_job import finetune_job, first_classifier, predict
from core.stages.flips import decided_flips
from core.stages.held_out import FIFTH, LabeledAnswers, held_out_of_search, save_held_out
from core.stages.interpolation import put_between, weights_of
from core.stages.live_accuracy import LiveAccuracy
from core.stages.masked_job import train
from core.stages.modality import LabeledExamples
from core.stages.pairs import train_on_pairs
from core.stages.pseudo_labels import about_pseudo_labels, with_pseudo_labels
from core.stages.search import Found, found_by_search
from core.stages.setup import RunSetup
from core.stages.tested import decided, evaluated, readable, save_answers, save_decision
from core.stages.trial import with_trial
from core.system.atomic import write_json


def finetune(setup: RunSetup, stage: StagePlan) -> dict[str, Any]:
    """Fine-tune encoder and new head (METHOD.md section 1, step 3; section 2, last column).

    Arms are paired: the same seed index means the same head, the same order of images, the same
    flips and the same dropout in every arm. Where the recipe asks for a search, learning rate and
    steps are those that the arm's search found; where it found that none is better than none, the
    classifier stays as it is before the first. An arm that the others teach is fine-tuned as the
    base model is, on their answers, too. What an arm averages is averaged instead.
    """
    if ARMS[stage.arm].average:
        classifier, summary = average(setup, stage)
        summary |= {"arm": stage.arm, "seed_index": stage.seed_index}
        _test(setup, stage, classifier, summary)
        forget_earlier(setup, stage)
        return summary
    is_taught = ARMS[stage.arm].is_taught
    found = _found(setup, stage)
    if found is not None and not found.share:
        return _untrained(setup, stage, found)
    if found is not None:
        stage = replace(stage, num_steps=found.steps)
        setup = replace(setup, recipe=with_trial(setup.recipe, found))
    classifier = first_classifier(setup, stage)
    flips = decided_flips(setup)
    learned = replace(setup, train=with_pseudo_labels(setup)) if is_taught else setup
    folder = setup.run.stage(stage.name)
    start = weights_of(classifier) if found is not None and found.share < 1 else None
    if found is not None and found.on_pairs:
        summary = train_on_pairs(learned, stage, classifier, folder, flips=flips)
        summary["on_pairs"] = True
    else:
        job = finetune_job(learned, stage, classifier, folder, flips=flips)
        job = replace(job, preview=LiveAccuracy(setup, stage.name, classifier))
        summary = train(setup, job)
    if is_taught:
        summary["pseudo_labels"] = about_pseudo_labels(setup)
    lr = setup.recipe.finetune.lr
    summary |= {"arm": stage.arm, "seed_index": stage.seed_index, "lr": lr, "flips": flips}
    if found is not None and start is not None:
        put_between(classifier, start, weights_of(classifier), found.share)
        summary["share"] = found.share
    _test(setup, stage, classifier, summary)
    return summary


def _found(setup: RunSetup, stage: StagePlan) -> Found | None:
    """What the arm's search found; None where there was none."""
    if not ARMS[stage.arm].is_taught:
        return found_by_search(setup, stage.arm)
    found = found_by_search(setup, BASE)
    if found is not None and not found.share:
        # It has more to learn from than the base model had.
        return replace(found, share=shares_of(setup.recipe)[0])
    return found


def _untrained(setup: RunSetup, stage: StagePlan, found: Found) -> dict[str, Any]:
    """The fitted head on the encoder as it is, tested; the same for all seeds whose head is."""
    classifier = first_classifier(setup, stage).to(setup.hardware.device)
    summary = {"arm": stage.arm, "seed_index": stage.seed_index, "share": found.share, "steps": 0}
    _test(setup, stage, classifier, summary)
    return summary


def _test(
    setup: RunSetup, stage: StagePlan, classifier: Classifier, summary: dict[str, Any]
) -> None:
    """Calibrate a classifier, test it and keep it, and note all that in the summary."""
    folder = setup.run.stage(stage.name)
    setup.context.report(Working(stage=stage.name, what=_("testing the classifier")))
    # The training set's score too: its gap to the test's is what the paper's theory is about.
    of_train = setup.task.score(predict(setup, classifier, setup.train), setup.train.targets)
    summary[f"train_{setup.task.task.metric.key}"] = of_train
    decision = decided(setup, None, None)
    if len(setup.val):
        val, probabilities = readable(setup, setup.val, predict(setup, classifier, setup.val))
        summary["calibration"] = calibrate(setup, classifier, probabilities, val.targets)
        # Thresholds are those of the calibrated probabilities.
        val, probabilities = readable(setup, setup.val, predict(setup, classifier, setup.val))
        decision = decided(setup, val, probabilities)
        _keep(setup, "val", folder / VALIDATION, (val, probabilities), decision, summary)
    elif (held := held_out_of_search(setup, stage.arm)) is not None:
        decision = _by_held_out(setup, folder, classifier, held, summary)
    if len(setup.test):
        answers = readable(setup, setup.test, predict(setup, classifier, setup.test))
        _keep(setup, "test", folder / PREDICTIONS, answers, decision, summary)
    setup.context.write(
        partial(_finish, setup, folder, classifier, decision, summary), "the classifier"
    )


def _by_held_out(
    setup: RunSetup,
    folder: Path,
    classifier: Classifier,
    held: LabeledAnswers,
    summary: dict[str, Any],
) -> Decision:
    """Calibrate by what the search's classifier said of what it had not learned."""
    found = calibrate(setup, classifier, held.probabilities, held.targets, FIFTH)
    summary["calibration"] = found
    if found is not None:
        held = held.tempered(setup.task, found["temperature"])
    keep = partial(save_held_out, folder, held)
    setup.context.write(keep, "the predictions")
    return setup.task.decision(held.probabilities, held.targets, len(setup.classes))


def _keep(
    setup: RunSetup,
    split: str,
    file: Path,
    answers: tuple[LabeledExamples, np.ndarray],
    decision: Decision,
    summary: dict[str, Any],
) -> None:
    """Evaluate what a classifier said of a split, and keep it."""
    found, probabilities = answers
    if len(found):
        summary[split] = evaluated(setup, probabilities, found, decision)
        keep = partial(save_answers, file, probabilities, found)
        setup.context.write(keep, "the predictions")


def _finish(
    setup: RunSetup,
    folder: Path,
    classifier: Classifier,
    decision: Decision,
    summary: dict[str, Any],
) -> None:
    save_decision(folder, decision)
    classifier.save(folder, list(setup.classes))
    write_json(folder / SUMMARY, summary)
