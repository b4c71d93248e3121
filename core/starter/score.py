"""Does the starter beat random initialisation? kNN and fine-tuning on labeled image sets.

Run it as `uv run python -m core.starter.score --data FOLDER --out scores.json`.

Each set is a folder with `train/<class>/` and `test/<class>/`. Both models get the same
fine-tuning with the same seed. Test accuracy is reported, nothing is chosen by it.
"""

import argparse
import json
import multiprocessing
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from torch import Tensor

from core.atomic import write_json
from core.cli.show import RunView
from core.data.manifest import ImageFile, Manifest
from core.data.pixel_source import PixelSource
from core.data.pixels import build_store
from core.data.scan import scan
from core.evaluate.probe import probe
from core.launch import TrainerProcess
from core.models.sources import load_model
from core.recipe import Recipe, RuntimeRecipe
from core.run_folder import RunFolder
from core.stages.encode import encode
from core.training.device import Hardware, set_up_hardware
from core.training.feed import Batch

MODELS = {"random initialisation": "random:starter", "starter": "starter"}


def score_set(
    folder: Path, steps: int, lr: float, hardware: Hardware, console: Console
) -> dict[str, Any]:
    """Test scores of both models on one set.

    Args:
        folder: The set.
        steps: Of fine-tuning, batches of 32.
        lr: Peak learning rate of fine-tuning.
        hardware: For kNN.
        console: Shows the fine-tuning.

    Returns:
        Per model `knn`, `linear` and `finetuned` accuracies with intervals of the last.
    """
    manifest = scan([], folder, workers=0)
    scores: dict[str, Any] = {}
    for title, name in MODELS.items():
        probes = _probes(name, manifest, hardware)
        finetuned = _finetuned(name, folder, steps, lr, console)
        scores[title] = {**probes, "finetuned": finetuned}
    test = len(manifest.labeled_split("test"))
    train = len(manifest.labeled_split("train"))
    return {"train_images": train, "test_images": test, "models": scores}


def _probes(name: str, manifest: Manifest, hardware: Hardware) -> dict[str, float | None]:
    """Probes on frozen features: fitted on training images, scored on test images."""
    model = load_model(name, offline=True).model.eval()
    parts = [manifest.labeled_split(split) for split in ("train", "test")]
    images = [image for part in parts for image in part]
    size, how = model.preprocessing.image_size, model.preprocessing.interpolation

    def represent(batch: Batch) -> Tensor:
        return model.represent(batch)

    with tempfile.TemporaryDirectory() as folder:
        # In this process: workers would import this module, and torch with it, again.
        store = build_store(Path(folder), images, manifest, size, how, workers=0)
        source = PixelSource(store, store.num_bytes, store.num_images, hardware.device)
        features = [
            encode(represent, source, store.indices_of(part), hardware, None, what="kNN")
            for part in parts
        ]
        store.close()
    targets = [_targets(part, manifest) for part in parts]
    score = probe(features[1], targets[1], fit_on=(features[0], targets[0]), max_examples=100_000)
    return {"knn": score.knn, "linear": score.linear}


def _targets(images: list[ImageFile], manifest: Manifest) -> np.ndarray:
    return np.array([manifest.classes.index(str(image.label)) for image in images])


def _finetuned(name: str, folder: Path, steps: int, lr: float, console: Console) -> dict[str, Any]:
    recipe = Recipe.model_validate(
        {
            "data": {"labeled": str(folder.absolute())},
            "model": {"name": name},
            "pretrain": {"steps": 0},
            "distill": {"rounds": 0},
            "finetune": {
                "steps": steps,
                "warmup_steps": steps // 10,
                "lr": lr,
                "arms": ["base"],
            },
            "runtime": {"offline": True},
        }
    )
    with tempfile.TemporaryDirectory() as parent:
        run = RunFolder.create(Path(parent) / "run", recipe)
        with RunView(console) as view:
            ended = view.follow(TrainerProcess(run).events())
        console.print(ended.text, markup=False, highlight=False)
        base = run.read_json("results.json")["arms"]["base"]
    return dict(base["intervals"]["accuracy"])


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Score the starter against random weights.")
    parser.add_argument("--data", type=Path, required=True, help="Folder of labeled sets.")
    parser.add_argument("--sets", default="flowers102,dtd10,sign-digits")
    parser.add_argument("--steps", type=int, default=200, help="Of fine-tuning.")
    parser.add_argument("--lr", type=float, default=1e-3, help="Of fine-tuning.")
    parser.add_argument("--out", type=Path, required=True, help="JSON file to write.")
    asked = parser.parse_args()
    hardware = set_up_hardware(RuntimeRecipe())
    console = Console()
    scores: dict[str, Any] = {"finetune_steps": asked.steps, "lr": asked.lr, "sets": {}}
    for name in asked.sets.split(","):
        scores["sets"][name] = score_set(
            asked.data / name, asked.steps, asked.lr, hardware, console
        )
        console.print_json(json.dumps({name: scores["sets"][name]}))
        write_json(asked.out, scores)


if __name__ == "__main__":
    multiprocessing.freeze_support()
    main()
