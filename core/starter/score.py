"""Does a starter beat random initialisation? Probes and fine-tuning on labeled sets.

Run it as `uv run python -m core.starter.score --data FOLDER --sets a,b --out scores.json`.

Each set is a folder of labeled images or texts, with `train` and `test`. Both models get the same
fine-tuning with the same seed. Test scores are reported, nothing is chosen by them; with
`--steps 0` the probes alone, as on a validation part of the training labels in place of a test;
a card is published with fine-tuned scores only.
"""

import argparse
import json
import multiprocessing
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from torch import Tensor

from core.cli.in_words import in_words
from core.cli.options_to_recipe import recipe_from_options
from core.cli.show import RunView
from core.evaluate.probe import probe
from core.modalities import stages_of
from core.recipe import Recipe, RuntimeRecipe
from core.recipe.arms import BASE
from core.recipe.modality import modality_named
from core.run.files import ADJUSTMENTS, RESULTS
from core.run.folder import RunFolder
from core.run.launch import TrainerProcess
from core.stages.encode import encode
from core.stages.prepare import prepare
from core.system.atomic import write_json
from core.training.context import Adjustments, RunContext
from core.training.device import Hardware, set_up_hardware
from core.training.feed import Batch


def score_set(
    folder: Path,
    steps: int,
    lr: float,
    hardware: Hardware,
    console: Console,
    settings: Sequence[str] = (),
) -> dict[str, Any]:
    """Test scores of both models on one set.

    Args:
        folder: The set.
        steps: Of fine-tuning, batches of 32; 0 for the probes alone.
        lr: Peak learning rate of fine-tuning.
        hardware: For the probes.
        console: Shows the fine-tuning.
        settings: More of the recipe, KEY=VALUE.

    Returns:
        Per model `knn` and `linear` accuracies, `finetuned` accuracy and `macro_f1` with their
        intervals.
    """
    facts: dict[str, Any] = {}
    scores: dict[str, Any] = {}
    for title, prefix in (("random initialisation", "random:"), ("starter", "")):
        recipe = _recipe(folder, prefix, steps, lr, settings)
        with tempfile.TemporaryDirectory() as parent:
            run = RunFolder.create(Path(parent) / "run", recipe)
            finetuned = _finetuned(run, console) if steps else {}
            facts, probes = _probes(run, recipe, hardware)
        scores[title] = {**probes, **finetuned}
    return {**facts, "models": scores}


def _finetuned(run: RunFolder, console: Console) -> dict[str, Any]:
    with RunView(console) as view:
        ended = view.follow(TrainerProcess(run).events())
    console.print(ended.text, markup=False, highlight=False)
    intervals = run.read_json(RESULTS)["arms"][BASE]["intervals"]
    return {"finetuned": intervals["accuracy"], "macro_f1": intervals["macro_f1"]}


def _recipe(folder: Path, prefix: str, steps: int, lr: float, more: Sequence[str]) -> Recipe:
    """Fine-tuning alone, of the bundled model for what the folder holds."""
    settings = [
        "pretrain.steps=0",
        "distill.rounds=0",
        f"finetune.steps={steps}",
        f"finetune.warmup_steps={steps // 10}",
        "finetune.batch_size=32",
        f"finetune.lr={lr}",
        f'finetune.arms=["{BASE}"]',
        "runtime.offline=true",
        *more,
    ]
    options: dict[str, Any] = {"unlabeled": [], "labeled": folder, "preset": None}
    kind = recipe_from_options(None, model=None, settings=[], **options).data.kind
    name = prefix + modality_named(kind).starter
    return recipe_from_options(None, model=name, settings=settings, **options)


def _probes(
    run: RunFolder, recipe: Recipe, hardware: Hardware
) -> tuple[dict[str, int], dict[str, float | None]]:
    """Numbers of examples, and probes fitted on frozen features of the training ones."""
    context = RunContext(lambda _: None, Adjustments.load(run.path / ADJUSTMENTS))
    setup = prepare(run, recipe, hardware, context, stages_of(recipe.modality))
    model = setup.pretrained_model().to(hardware.device).eval()

    def represent(batch: Batch) -> Tensor:
        return model.represent(batch)

    train, test = (
        encode(
            represent,
            setup.source,
            part.examples,
            hardware,
            None,
            what="probes",
            batch_size=setup.rows_at_once,
        )
        for part in (setup.train, setup.test)
    )
    score = probe(
        test,
        setup.test.targets,
        fit_on=(train, setup.train.targets),
        max_examples=100_000,
    )
    facts = {"train_images": len(train), "test_images": len(test)}
    return facts, {"knn": score.knn, "linear": score.linear}


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Score the starter against random weights.")
    parser.add_argument("--data", type=Path, required=True, help="Folder of labeled sets.")
    parser.add_argument("--sets", default="flowers102,dtd10,sign-digits")
    parser.add_argument("--steps", type=int, default=200, help="Of fine-tuning; 0: none.")
    parser.add_argument("--set", action="append", default=[], help="KEY=VALUE of the recipe.")
    parser.add_argument("--lr", type=float, default=1e-3, help="Of fine-tuning.")
    parser.add_argument("--out", type=Path, required=True, help="JSON file to write.")
    asked = parser.parse_args()
    with in_words():
        _score_all(asked)


def _score_all(asked: argparse.Namespace) -> None:
    hardware = set_up_hardware(RuntimeRecipe())
    console = Console()
    scores: dict[str, Any] = {"finetune_steps": asked.steps, "lr": asked.lr, "sets": {}}
    for name in asked.sets.split(","):
        scores["sets"][name] = score_set(
            asked.data / name, asked.steps, asked.lr, hardware, console, asked.set
        )
        console.print_json(json.dumps({name: scores["sets"][name]}))
        write_json(asked.out, scores)


if __name__ == "__main__":
    multiprocessing.freeze_support()
    main()
