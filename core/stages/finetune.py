"""Fine-tuning of one arm with one seed, and its evaluation on the test images."""

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import save

from core.models.masked_model import Classifier
from core.run.files import PREDICTIONS, SUMMARY
from core.run.plan import StagePlan
from core.stages.finetune_job import finetune_job, first_classifier, predict
from core.stages.flips import decided_flips
from core.stages.interpolation import put_between, weights_of
from core.stages.masked_job import train
from core.stages.modality import LabeledExamples
from core.stages.search import found_by_search, with_trial
from core.stages.setup import RunSetup
from core.system.atomic import write_bytes, write_json


def finetune(setup: RunSetup, stage: StagePlan) -> dict[str, Any]:
    """Fine-tune encoder and new head (METHOD.md section 1, step 3; section 2, last column).

    Arms are paired: the same seed index means the same head, the same order of images, the same
    flips and the same dropout in every arm. Where the recipe asks for a search, learning rate and
    steps are those that the arm's search found.
    """
    found = found_by_search(setup, stage.arm)
    if found is not None:
        stage = replace(stage, num_steps=found.steps)
        setup = replace(setup, recipe=with_trial(setup.recipe, found))
    classifier = first_classifier(setup, stage)
    flips = decided_flips(setup)
    job = finetune_job(setup, stage, classifier, setup.run.stage(stage.name), flips=flips)
    start = weights_of(classifier) if found is not None and found.share < 1 else None
    summary = train(setup, job)
    folder = setup.run.stage(stage.name)
    summary |= {"arm": stage.arm, "seed_index": stage.seed_index, "lr": job.lr, "flips": flips}
    if found is not None and start is not None:
        put_between(classifier, start, weights_of(classifier), found.share)
        summary["share"] = found.share
    # The training set's score too: its gap to the test's is what the paper's theory is about.
    summary["train_accuracy"] = float(
        (predict(setup, classifier, setup.train).argmax(1) == setup.train.targets).mean()
    )
    if len(setup.val):
        summary["val"] = _evaluate(setup, predict(setup, classifier, setup.val), setup.val)
    if len(setup.test):
        probabilities = predict(setup, classifier, setup.test)
        summary["test"] = _evaluate(setup, probabilities, setup.test)
        keep = partial(_save_predictions, folder, probabilities, setup.test.targets)
        setup.context.write(keep, "the predictions")
    setup.context.write(partial(_finish, setup, folder, classifier, summary), "the classifier")
    return summary


def _finish(setup: RunSetup, folder: Path, classifier: Classifier, summary: dict[str, Any]) -> None:
    classifier.save(folder, list(setup.classes))
    write_json(folder / SUMMARY, summary)


def _evaluate(
    setup: RunSetup, probabilities: np.ndarray, labeled: LabeledExamples
) -> dict[str, Any]:
    # Late: scikit-learn takes seconds, and a run's first stages do without it.
    from core.evaluate.metrics import evaluate_predictions

    return evaluate_predictions(
        probabilities, labeled.targets, setup.classes, seed=setup.recipe.seed
    )


def _save_predictions(folder: Path, probabilities: np.ndarray, targets: np.ndarray) -> None:
    tensors = {
        "probabilities": torch.from_numpy(np.ascontiguousarray(probabilities)),
        "targets": torch.from_numpy(np.ascontiguousarray(targets)),
    }
    write_bytes(folder / PREDICTIONS, save(tensors))
