"""What a fine-tuning trains: the classifier it starts from, and its job."""

from pathlib import Path

import numpy as np
from torch import Tensor

from core.language import _
from core.models.masked_model import Classifier
from core.run.events import Noticed
from core.run.plan import StagePlan
from core.stages.begun import train_as_begun
from core.stages.encode import encode
from core.stages.finetune_objective import FinetuneObjective
from core.stages.first_head import fit_head, unfitted_classifier
from core.stages.modality import LabeledExamples
from core.stages.regularise.choose import Regulariser, regulariser_of
from core.stages.setup import RunSetup
from core.training.compiling import Compilable
from core.training.feed import Batch, Feed
from core.training.job import Job
from core.training.optim import finetuning_decay, trainable
from core.training.order import Order, balanced_order


def first_classifier(setup: RunSetup, stage: StagePlan) -> Classifier:
    """The arm's encoder with the head that the recipe asks for."""
    recipe = setup.recipe.finetune
    classifier = unfitted_classifier(setup, stage.arm, stage.seed_index)
    if recipe.head != "random":
        divisor = fit_head(setup, classifier, setup.encoder_behind(stage.arm, stage.seed_index))
        _say_softened(setup, stage, divisor)
    if recipe.drop_path:
        classifier.put_drop_path(recipe.drop_path)
    return classifier


def _say_softened(setup: RunSetup, stage: StagePlan, divisor: float) -> None:
    """Once for each arm: searches and the other seeds start from the same kind of head."""
    if divisor <= 1 or stage.kind != "finetune" or stage.seed_index:
        return
    text = _(
        "{name} starts from a head that is fitted to {train:,} training {examples}; "
        "its answers are softened (divided by {divisor:.1f}), so that it is no surer "
        "of them than of new ones by cross-validation. finetune.head=probe starts "
        "from one as it is fitted."
    ).format(
        name=stage.name,
        train=len(setup.train),
        examples=setup.manifest.modality.examples,
        divisor=divisor,
    )
    setup.context.report(Noticed(id="head-softened", text=text))


def finetune_job(
    setup: RunSetup, stage: StagePlan, classifier: Classifier, folder: Path, *, flips: bool
) -> Job:
    """The job that trains a classifier on the training examples.

    Args:
        setup: The run; its recipe says how.
        stage: Which fine-tuning; its `kind` and `seed_index` are where random numbers come from.
        classifier: As `first_classifier` makes it.
        folder: Of the checkpoints.
        flips: Whether images are flipped at random.
    """
    recipe, runtime = setup.recipe.finetune, setup.recipe.runtime
    place: tuple[int | str, ...] = (setup.recipe.seed, stage.kind, stage.seed_index)
    train_as_begun(folder, classifier)
    regulariser = regulariser_of(
        stage.arm, classifier, setup.recipe, place, divergence=setup.task.divergence
    )
    _say_precision(setup, stage, regulariser)
    criterion = setup.task.criterion(recipe, setup.train.targets, len(setup.classes))
    objective = FinetuneObjective(classifier, criterion, place, regulariser.penalty)
    return Job(
        stage=stage.name,
        # A search trains as a fine-tuning does: what one learned of memory holds for the other.
        kind="finetune",
        section="finetune",
        folder=folder,
        seed=setup.recipe.seed,
        objective=objective,
        parameters=trainable(classifier),
        feed=_feed(setup, place, flips=flips),
        num_steps=stage.num_steps,
        micro_batch_size=runtime.micro_batch_size or recipe.batch_size,
        lr=recipe.lr,
        warmup_steps=recipe.warmup_steps,
        weight_decay=regulariser.weight_decay,
        decays=finetuning_decay(with_norms=recipe.decay_norms),
        betas=(recipe.beta1, recipe.beta2),
        clip_norm=recipe.clip_norm,
        rate_factors=classifier.rate_factors(recipe.layer_decay),
        averaging=recipe.averaging,
        step_rule=regulariser.step_rule,
        moments=runtime.moments,
        gradient_sums=runtime.gradient_sums,
        compilable=_compilable(setup, stage, objective, regulariser),
        graphs=setup.recipe.modality.has_equal_lengths,
        later_steps_worth=setup.later_steps_worth(stage),
    )


def _say_precision(setup: RunSetup, stage: StagePlan, regulariser: Regulariser) -> None:
    precise = regulariser.penalty is not None and regulariser.penalty.needs_float32
    if precise and setup.hardware.precision != "float32":
        text = _(
            "{name} computes in float32, which takes longer: its noise would vanish in "
            "the rounding of {precision}."
        ).format(name=stage.name, precision=setup.hardware.precision)
        setup.context.report(Noticed(id="finetune-float32", text=text))


def _compilable(
    setup: RunSetup, stage: StagePlan, objective: FinetuneObjective, regulariser: Regulariser
) -> Compilable | None:
    # A penalty may look into the model on its way, which compiled code has no place for.
    if regulariser.penalty is not None:
        return None
    return setup.compilable(objective.classifier, stage.name)


def predict(setup: RunSetup, classifier: Classifier, labeled: LabeledExamples) -> np.ndarray:
    """(N, C) float32 class probabilities."""
    classifier.eval()

    def probabilities(batch: Batch) -> Tensor:
        logits: Tensor = classifier(batch)
        return setup.task.activate(logits.float())

    return encode(
        probabilities,
        setup.source,
        labeled.examples,
        setup.hardware,
        setup.context,
        what="the evaluation",
        batch_size=setup.rows_at_once,
    )


def _feed(setup: RunSetup, place: tuple[int | str, ...], *, flips: bool) -> Feed:
    recipe = setup.recipe.finetune
    return Feed(
        source=setup.source,
        examples=setup.train.examples,
        order=_order(setup, place),
        batch_size=recipe.batch_size,
        place=place,
        flips=flips,
        crop_scale=recipe.crop_scale if recipe.random_resized_crops else None,
        labels=setup.train.targets,
    )


def _order(setup: RunSetup, place: tuple[int | str, ...]) -> Order:
    recipe = setup.recipe.finetune
    if recipe.balance == "sampling":
        return balanced_order(setup.train.targets, recipe.batch_size, *place)
    return setup.order(setup.train.examples, recipe.batch_size, *place)
