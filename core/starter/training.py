"""How a starter is pre-trained from scratch, whatever its examples are."""

import argparse
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from core.models.attention import attend_plainly_on_cpu
from core.models.masked_model import MaskedModel
from core.run.events import Event
from core.run.files import ADJUSTMENTS
from core.stages.objectives.masked import MaskedObjective
from core.stages.weights import finish_stage
from core.system.atomic import write_json
from core.training.checkpoint import newest_step
from core.training.context import Adjustments, RunContext
from core.training.device import Hardware
from core.training.feed import Feed
from core.training.job import Job, Timing
from core.training.loop import TrainingLoop
from core.training.optim import decays_in_pretraining, trainable

STAGE = "01-starter"
_TIMING = Timing(checkpoint_s=120, report_s=1)


@dataclass(frozen=True)
class StarterSettings:
    """From scratch, so the learning rate is higher than a run's.

    Attributes:
        seed: Of weights, examples and masks.
        steps: Optimizer steps.
        batch_size: Examples per step.
        lr: Peak learning rate.
        warmup_steps: Of linear warm-up; then linear decay to 0.
        weight_decay: On parameters with more than one dimension.
    """

    seed: int = 0
    steps: int = 6000
    batch_size: int = 128
    lr: float = 1e-3
    warmup_steps: int = 300
    weight_decay: float = 0.05


def train_starter(
    work: Path,
    settings: StarterSettings,
    model: MaskedModel,
    feed: Feed,
    hardware: Hardware,
    report: Callable[[Event], None],
) -> dict[str, Any]:
    """Pre-train from the last checkpoint in `work`, or from scratch; returns the summary.

    Writes `encoder.safetensors`, `decoder.safetensors` and `summary.json` to `work`.
    """
    context = RunContext(report, Adjustments.load(work / ADJUSTMENTS))
    job = Job(
        stage=STAGE,
        kind="starter",
        section="pretrain",
        folder=work,
        seed=settings.seed,
        objective=MaskedObjective(model),
        parameters=trainable(model),
        feed=feed,
        num_steps=settings.steps,
        micro_batch_size=settings.batch_size,
        lr=settings.lr,
        warmup_steps=settings.warmup_steps,
        weight_decay=settings.weight_decay,
        decays=decays_in_pretraining,
        betas=(0.9, 0.95),
        clip_norm=1.0,
    )
    if hardware.device.type == "cpu":
        attend_plainly_on_cpu(job.objective)
    summary = TrainingLoop(job, hardware, context, _TIMING).run()
    finish_stage(work, model, summary)
    return summary


def note_settings(work: Path, settings: StarterSettings) -> None:
    """Keep every set of settings this folder was trained with, and from which step on.

    Another number of steps on resuming gives another schedule from there on; the model card has
    to say so.
    """
    work.mkdir(parents=True, exist_ok=True)
    file = work / "settings.json"
    noted = json.loads(file.read_text(encoding="utf-8")) if file.exists() else []
    if not noted or noted[-1]["settings"] != asdict(settings):
        noted.append({"from_step": newest_step(work), "settings": asdict(settings)})
        write_json(file, noted)


def options(parser: argparse.ArgumentParser, defaults: StarterSettings) -> None:
    """Add what can be asked of a pre-training."""
    parser.add_argument("--work", type=Path, required=True, help="Folder for checkpoints.")
    parser.add_argument("--steps", type=int, default=defaults.steps)
    parser.add_argument("--batch-size", type=int, default=defaults.batch_size)
    parser.add_argument("--lr", type=float, default=defaults.lr)
    parser.add_argument("--seed", type=int, default=defaults.seed)


def asked_settings(asked: argparse.Namespace) -> StarterSettings:
    """The settings that were asked for."""
    return StarterSettings(
        seed=asked.seed,
        steps=asked.steps,
        batch_size=asked.batch_size,
        lr=asked.lr,
        warmup_steps=asked.steps // 20,
    )
