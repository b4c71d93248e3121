"""Pre-train the bundled starter model on generated images.

Run it as `uv run python -m core.starter.pretrain --work FOLDER`.

Resumable: run it again with the same folder. The encoder and decoder end in that folder;
`core.starter.publish` puts them into `resources/starter/`.
"""

import argparse
import json
import multiprocessing
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from rich.console import Console

from core.atomic import write_json
from core.cli.show import RunView
from core.data.pixel_source import PixelSource
from core.events import Event
from core.models.mae import MaskedAutoencoder
from core.recipe import RuntimeRecipe
from core.stages.objectives import MaskedObjective
from core.stages.weights import finish_stage
from core.starter.ahead import ParallelGeneratedImages
from core.starter.architecture import build_starter
from core.training.checkpoint import newest_step
from core.training.context import Adjustments, RunContext
from core.training.device import set_up_hardware
from core.training.feed import Feed
from core.training.job import Job, Timing
from core.training.loop import TrainingLoop
from core.training.optim import decays_in_pretraining, trainable

STAGE = "01-starter"


@dataclass(frozen=True)
class StarterSettings:
    """How the starter is pre-trained; from scratch, so the learning rate is MAE's for that.

    Attributes:
        seed: Of weights, images and masks.
        steps: Optimizer steps.
        batch_size: Images per step; every image is seen once.
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


def pretrain_starter(
    work: Path, settings: StarterSettings, report: Callable[[Event], None], workers: int
) -> None:
    """Pre-train from the last checkpoint in `work`, or from scratch.

    Writes `encoder.safetensors`, `decoder.safetensors` and `summary.json` to `work`.
    """
    work.mkdir(parents=True, exist_ok=True)
    _note_settings(work, settings)
    hardware = set_up_hardware(RuntimeRecipe())
    context = RunContext(report, Adjustments.load(work / "adjustments.json"))
    model = build_starter(settings.seed)
    num_images = settings.steps * settings.batch_size
    with ParallelGeneratedImages(settings.seed, workers=workers) as images:
        source = PixelSource(images, None, num_images, hardware.device)
        job = starter_job(work, settings, model, source)
        timing = Timing(checkpoint_s=120, report_s=1)
        summary = TrainingLoop(job, hardware, context, timing).run()
    finish_stage(work, model, summary)


def _note_settings(work: Path, settings: StarterSettings) -> None:
    """Keep every set of settings this folder was trained with, and from which step on.

    Another number of steps on resuming gives another schedule from there on; the model card has
    to say so.
    """
    file = work / "settings.json"
    noted = json.loads(file.read_text(encoding="utf-8")) if file.exists() else []
    if not noted or noted[-1]["settings"] != asdict(settings):
        noted.append({"from_step": newest_step(work), "settings": asdict(settings)})
        write_json(file, noted)


def starter_job(
    work: Path, settings: StarterSettings, model: MaskedAutoencoder, source: PixelSource
) -> Job:
    """The training job: masked loss on images that never repeat."""
    place = (settings.seed, STAGE)

    def next_images(step: int) -> np.ndarray:
        return np.arange(step * settings.batch_size, (step + 1) * settings.batch_size)

    feed = Feed(
        source=source,
        # Image i of the sequence is image i: an order without repeats needs no table.
        examples=np.arange(settings.steps * settings.batch_size),
        order=next_images,
        batch_size=settings.batch_size,
        place=place,
        mask_noise=model.mask_noise,
    )
    return Job(
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


def main() -> None:
    """Command line of the pre-training."""
    defaults = StarterSettings()
    parser = argparse.ArgumentParser(description="Pre-train the starter on generated images.")
    parser.add_argument("--work", type=Path, required=True, help="Folder for checkpoints.")
    parser.add_argument("--steps", type=int, default=defaults.steps)
    parser.add_argument("--batch-size", type=int, default=defaults.batch_size)
    parser.add_argument("--lr", type=float, default=defaults.lr)
    parser.add_argument("--seed", type=int, default=defaults.seed)
    parser.add_argument("--workers", type=int, default=1, help="Processes that make images.")
    asked = parser.parse_args()
    settings = StarterSettings(
        seed=asked.seed,
        steps=asked.steps,
        batch_size=asked.batch_size,
        lr=asked.lr,
        warmup_steps=asked.steps // 20,
    )
    with RunView(Console()) as view:
        pretrain_starter(asked.work, settings, view.show, asked.workers)


if __name__ == "__main__":
    multiprocessing.freeze_support()
    main()
