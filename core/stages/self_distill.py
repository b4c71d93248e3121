"""Self-distillation (METHOD.md section 1, step 2), one round at a time."""

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from core.language import _
from core.models.masked_model import MaskedModel
from core.recipe.arms import ARMS
from core.run.encoder_files import kept_encoder
from core.run.events import Noticed
from core.run.files import ENCODER, MODEL_JSON, TARGETS
from core.run.plan import StagePlan
from core.stages.masked_job import (
    Targets,
    masked_job,
    model_to_train,
    seed_place,
    train_masked,
)
from core.stages.objectives.choose import objective_for
from core.stages.objectives.distill import DistillObjective
from core.stages.objectives.objective import freeze_decoder
from core.stages.outweighed import Outweighed
from core.stages.setup import RunSetup
from core.stages.teacher import frozen_teacher
from core.stages.teacher_targets import compute_targets
from core.training.feed import Batch


def self_distill(setup: RunSetup, stage: StagePlan) -> dict[str, Any]:
    """One round: a student that starts again from the *initial* model, decoder included.

    Ablations are rounds of their own: they may leave the masked loss out, or take the initial
    encoder as the first teacher (`core.recipe.arms`).

    The teacher is the encoder of the round before, in the first round the further pre-trained
    one (or what `distill.teacher` says); it is frozen, in eval mode, and sees the unmasked image.
    """
    recipe = setup.recipe.distill
    setup = replace(
        setup,
        context=setup.context.overheard(Outweighed(stage.name, recipe, setup.context)),
    )
    teacher_files = _teacher_files(setup, stage)
    targets: Targets | None = None
    teacher: MaskedModel | None = None
    if _targets_can_be_stored(setup, stage):
        targets = _stored_targets(setup, stage, teacher_files)
    else:
        teacher = frozen_teacher(setup, *teacher_files)
    student = model_to_train(setup, stage)
    own = None
    if not stage.variant or ARMS[stage.variant].has_masked_loss:
        own = objective_for(setup, stage, student)
    else:
        freeze_decoder(student)
    objective = DistillObjective(
        student,
        match=recipe.match,
        distance=recipe.distance,
        weight=recipe.weight,
        teacher=teacher,
        objective=own,
    )
    job = masked_job(setup, stage, student, objective, recipe, targets=targets)
    summary = train_masked(setup, job, student)
    if setup.context.is_main:
        (setup.run.stage(stage.name) / TARGETS).unlink(missing_ok=True)
    return summary


def _teacher_files(setup: RunSetup, stage: StagePlan) -> tuple[Path, ...]:
    """The encoders whose weights, averaged, are the teacher's."""
    initial, first = setup.run.model / ENCODER, setup.recipe.distill.teacher
    if stage.variant and not ARMS[stage.variant].has_fitted_teacher:
        first = "initial"
    if stage.round == 1 and first == "initial":
        return (initial,)
    if stage.round == 1:
        folder = setup.folder_of("further-pretrain", repeat=stage.repeat)
        keep = setup.recipe.pretrain.keep
    else:
        folder = setup.folder_of("self-distill", stage.round - 1, stage.variant, stage.repeat)
        keep = setup.recipe.distill.keep
    assert folder is not None
    before = kept_encoder(folder, keep)
    return (initial, before) if stage.round == 1 and first == "averaged" else (before,)


def _stored_targets(setup: RunSetup, stage: StagePlan, teacher_files: tuple[Path, ...]) -> Targets:
    """Targets from disk; the teacher lives only while they are computed.

    They are the representations as they are: each distance normalises them by itself.
    """
    teacher = frozen_teacher(setup, *teacher_files)
    match = setup.recipe.distill.match
    seen = _seen(setup, stage)

    def represent(batch: Batch) -> Tensor:
        return teacher.represent(batch, match)

    store = compute_targets(
        setup.run.stage(stage.name),
        represent,
        _target_shape(setup, teacher),
        setup.source,
        setup.unlabeled if seen is None else setup.unlabeled[seen],
        flips=setup.recipe.distill.flips,
        stage=stage.name,
        hardware=setup.hardware,
        context=setup.context,
        identity=_identity(setup, teacher_files),
        batch_size=setup.rows_at_once,
    )
    if seen is None:
        return store.rows

    def rows(positions: np.ndarray, flips: np.ndarray) -> np.ndarray:
        return store.rows(np.searchsorted(seen, positions), flips)

    return rows


def _identity(setup: RunSetup, teacher_files: tuple[Path, ...]) -> dict[str, str]:
    """All that stored targets depend on: a recipe may be edited before a run is resumed."""

    def digest(file: Path) -> str:
        with file.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest()

    return {
        "teacher": " ".join(digest(file) for file in teacher_files),
        "model": digest(setup.run.model / MODEL_JSON),
        "manifest": digest(setup.run.manifest_file),
        "match": setup.recipe.distill.match,
        "precision": setup.hardware.precision,
        "tf32": str(setup.recipe.runtime.tf32),
    }


def _seen(setup: RunSetup, stage: StagePlan) -> np.ndarray | None:
    """(n,) positions of the examples that a stage comes to, ascending; None when it is all.

    A short stage on very many examples ends within its first epoch: the teacher needs not look
    at the others.
    """
    batch_size = setup.recipe.distill.batch_size
    if stage.num_steps * batch_size >= len(setup.unlabeled):
        return None
    order = setup.order(setup.unlabeled, batch_size, *seed_place(setup, stage))
    return np.unique(np.concatenate([order(step) for step in range(stage.num_steps)]))


def _targets_can_be_stored(setup: RunSetup, stage: StagePlan) -> bool:
    """Whether targets are computed once: asked for, or possible and small enough."""
    recipe = setup.recipe.distill
    if recipe.random_resized_crops or recipe.targets == "live":
        return False
    if recipe.targets == "precomputed":
        return True
    shape = _target_shape(setup, setup.pretrained_model())
    views = 2 if recipe.flips else 1
    count = min(len(setup.unlabeled), stage.num_steps * recipe.batch_size)
    gib = 4 * views * count * int(torch.Size(shape).numel()) / 2**30
    budget = setup.recipe.data.disk_budget_gib
    if gib > budget:
        text = _(
            "The teacher's targets of {name} would take {gib:.1f} GiB, more than the "
            "disk budget of {budget:g} GiB: the teacher runs at every step instead, "
            "which is slower."
        ).format(name=stage.name, gib=gib, budget=budget)
        setup.context.report(Noticed(id="targets-too-large", text=text))
    return gib <= budget


def _target_shape(setup: RunSetup, model: MaskedModel) -> tuple[int, ...]:
    """Shape of one target, from running one example."""
    match = setup.recipe.distill.match
    model.eval()
    with torch.inference_mode():
        one = {key: value.cpu() for key, value in setup.source.batch(setup.unlabeled[:1]).items()}
        device = next(model.parameters()).device
        on_device = {key: value.to(device) for key, value in one.items()}
        return tuple(model.represent(on_device, match).shape[1:])
