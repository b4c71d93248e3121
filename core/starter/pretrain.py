"""Pre-train the bundled starter model on generated images.

Run it as `uv run python -m core.starter.pretrain --work FOLDER`.

Resumable: run it again with the same folder. The encoder and decoder end in that folder;
`core.starter.publish` puts them into `resources/starter/`.
"""

import argparse
import multiprocessing
from collections.abc import Callable
from pathlib import Path

import numpy as np
from rich.console import Console

from core.cli.in_words import in_words
from core.cli.show import RunView
from core.images.model.starter import build_starter
from core.images.pixel_source import PixelSource
from core.recipe import RuntimeRecipe
from core.run.events import Event
from core.starter.ahead import ParallelGeneratedImages
from core.starter.training import (
    STAGE,
    StarterSettings,
    asked_settings,
    note_settings,
    options,
    train_starter,
)
from core.training.device import set_up_hardware
from core.training.feed import Feed


def pretrain_starter(
    work: Path, settings: StarterSettings, report: Callable[[Event], None], workers: int
) -> None:
    """Pre-train on images that never repeat, from the last checkpoint in `work` or from scratch."""
    note_settings(work, settings)
    hardware = set_up_hardware(RuntimeRecipe())
    model = build_starter(settings.seed)
    num_images = settings.steps * settings.batch_size

    def next_images(step: int) -> np.ndarray:
        return np.arange(step * settings.batch_size, (step + 1) * settings.batch_size)

    with ParallelGeneratedImages(settings.seed, workers=workers) as images:
        feed = Feed(
            source=PixelSource(images, None, num_images, hardware.device),
            # Image i of the sequence is image i: an order without repeats needs no table.
            examples=np.arange(num_images),
            order=next_images,
            batch_size=settings.batch_size,
            place=(settings.seed, STAGE),
            mask_noise=model.mask_noise,
        )
        train_starter(work, settings, model, feed, hardware, report)


def main() -> None:
    """Command line of the pre-training."""
    parser = argparse.ArgumentParser(description="Pre-train the starter on generated images.")
    options(parser, StarterSettings())
    parser.add_argument("--workers", type=int, default=1, help="Processes that make images.")
    asked = parser.parse_args()
    with in_words(), RunView(Console()) as view:
        pretrain_starter(asked.work, asked_settings(asked), view.show, asked.workers)


if __name__ == "__main__":
    multiprocessing.freeze_support()
    main()
