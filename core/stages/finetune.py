"""Fine-tuning of one arm with one seed, and its evaluation on the test images."""

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from core.models.masked_model import Classifier
from core.run.files import PREDICTIONS, SUMMARY, VALIDATION
from core.run.plan import StagePlan
from core.stages.calibrate import calibrate
from core.stages.encode import encode
from core.stages.finetune_objective import FinetuneObjective
from core.stages.first_head import fit_head
from core.stages.masked_job import train
from core.stages.modality import LabeledExamples
from core.stages.regularise.choose import Regulariser, regulariser_of
from core.stages.setup import RunSetup
from core.stages.tested import evaluated, readable, save_answers
from core.stages.weights import load_encoder
from core.system.atomic import write_json
from core.training.feed import Batch, Feed
from core.training.job import Job
from core.training.optim import decays_in_finetuning, trainable
from core.training.order import Order, balanced_order
from core.training.seeds import derive_seed

# Of a float32: what is less likely is 0.
_LEAST = 1e-37


def finetune(setup: RunSetup, stage: StagePlan) -> dict[str, Any]:
    """Fine-tune encoder and new head (METHOD.md section 1, step 3; section 2, last column).

    Arms are paired: the same seed index means the same head, the same order of images, the same
    flips and the same dropout in every arm.
    """
    recipe = setup.recipe.finetune
    classifier = _classifier(setup, stage)
    place: tuple[int | str, ...] = (setup.recipe.seed, "finetune", stage.seed_index)
    regulariser = regulariser_of(stage.arm, classifier, setup.recipe, place)
    weights = _class_weights(setup.train.targets, len(setup.classes))
    objective = FinetuneObjective(
        classifier, weights if recipe.balance == "weights" else None, place, regulariser.penalty
    )
    feed = Feed(
        source=setup.source,
        examples=setup.train.examples,
        order=_order(setup, place),
        batch_size=recipe.batch_size,
        place=place,
        flips=recipe.flips,
        labels=setup.train.targets,
    )
    summary = train(setup, _job(setup, stage, objective, regulariser, feed))
    folder = setup.run.stage(stage.name)
    summary |= {"arm": stage.arm, "seed_index": stage.seed_index}
    # The training set's score too: its gap to the test's is what the paper's theory is about.
    summary["train_accuracy"] = float(
        (_predict(setup, classifier, setup.train).argmax(1) == setup.train.targets).mean()
    )
    if len(setup.val):
        val, probabilities = readable(setup, setup.val, _predict(setup, classifier, setup.val))
        logs = np.log(np.maximum(probabilities, _LEAST))
        summary["calibration"] = calibrate(setup, classifier, logs, val.targets)
        _answer(setup, "val", folder / VALIDATION, classifier, summary)
    if len(setup.test):
        _answer(setup, "test", folder / PREDICTIONS, classifier, summary)
    setup.context.write(partial(_finish, setup, folder, classifier, summary), "the classifier")
    return summary


def _answer(
    setup: RunSetup, split: str, file: Path, classifier: Classifier, summary: dict[str, Any]
) -> None:
    """Test a classifier on a split, and keep what it said."""
    asked = setup.val if split == "val" else setup.test
    found, probabilities = readable(setup, asked, _predict(setup, classifier, asked))
    if len(found):
        summary[split] = evaluated(setup, probabilities, found)
        keep = partial(save_answers, file, probabilities, found)
        setup.context.write(keep, "the predictions")


def _finish(setup: RunSetup, folder: Path, classifier: Classifier, summary: dict[str, Any]) -> None:
    classifier.save(folder, list(setup.classes))
    write_json(folder / SUMMARY, summary)


def _classifier(setup: RunSetup, stage: StagePlan) -> Classifier:
    recipe = setup.recipe
    model = setup.pretrained_model()
    encoder = setup.encoder_behind(stage.arm, stage.seed_index)
    if encoder is not None:
        load_encoder(model, encoder)
    torch.manual_seed(derive_seed(recipe.seed, "head", stage.seed_index))
    classifier = model.build_classifier(len(setup.classes), recipe.finetune.dropout)
    if recipe.finetune.head == "probe":
        fit_head(setup, classifier)
    return classifier


def _order(setup: RunSetup, place: tuple[int | str, ...]) -> Order:
    recipe = setup.recipe.finetune
    if recipe.balance == "sampling":
        return balanced_order(setup.train.targets, recipe.batch_size, *place)
    return setup.order(setup.train.examples, recipe.batch_size, *place)


def _class_weights(targets: np.ndarray, num_classes: int) -> Tensor:
    """(C,) weights inverse to the class counts, with mean 1 over the training examples."""
    counts = np.bincount(targets, minlength=num_classes)
    present = max(1, int((counts > 0).sum()))
    weights = len(targets) / (present * np.maximum(counts, 1))
    return torch.from_numpy(weights.astype(np.float32))


def _job(
    setup: RunSetup,
    stage: StagePlan,
    objective: FinetuneObjective,
    regulariser: Regulariser,
    feed: Feed,
) -> Job:
    recipe = setup.recipe.finetune
    runtime = setup.recipe.runtime
    return Job(
        stage=stage.name,
        kind=stage.kind,
        section="finetune",
        folder=setup.run.stage(stage.name),
        seed=setup.recipe.seed,
        objective=objective,
        parameters=trainable(objective.classifier),
        feed=feed,
        num_steps=stage.num_steps,
        micro_batch_size=runtime.micro_batch_size or recipe.batch_size,
        lr=recipe.lr,
        warmup_steps=recipe.warmup_steps,
        weight_decay=regulariser.weight_decay,
        decays=decays_in_finetuning,
        betas=(recipe.beta1, recipe.beta2),
        clip_norm=recipe.clip_norm,
        step_rule=regulariser.step_rule,
        later_steps_worth=setup.later_steps_worth(stage),
    )


def _predict(setup: RunSetup, classifier: Classifier, labeled: LabeledExamples) -> np.ndarray:
    """(N, C) float32 class probabilities."""
    classifier.eval()

    def probabilities(batch: Batch) -> Tensor:
        logits: Tensor = classifier(batch)
        return logits.float().softmax(dim=1)

    what = "the evaluation"
    context = setup.context
    return encode(probabilities, setup.source, labeled.examples, setup.hardware, context, what=what)
