"""What self-distillation does to a frozen encoder: its distances and weights, by the same probes.

    uv run python -m tests.benchmarks.distilling path/to/train --model path/to/model --out results
        --objective features --part last:2 --lr 1e-4 --try squared:1 --try smooth_l1:2

Further pre-training is done once, then a student of each `--try` from the start again. Labels and
probes are those of `tests.benchmarks.adaptation`; nothing is chosen on a test set. Explained in
README.md beside this file.
"""

import argparse
import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from core.images.model.mae import MaskedAutoencoder
from core.recipe import Recipe
from core.run.events import Event, StepDone
from core.run.files import ENCODER, SUMMARY
from core.stages.pipeline import run_stages
from core.stages.self_distill import self_distill
from core.stages.setup import RunSetup
from core.stages.weights import load_encoder
from core.training.context import RunContext
from tests.benchmarks.adaptation import features_of, row, scores
from tests.benchmarks.finetuning import prepared, split_folder


def recipe_of(labeled: Path, asked: argparse.Namespace) -> Recipe:
    """A recipe of pre-training and one round, with nothing after it."""
    both = {"steps": asked.steps, "batch_size": asked.batch_size, "lr": asked.lr}
    return Recipe.model_validate(
        {
            "seed": asked.seed,
            "data": {"kind": "images", "labeled": str(labeled), "unlabeled": []},
            "model": {
                "name": str(asked.model),
                "image_size": asked.image_size,
                "decoder_depth": asked.decoder_depth,
                "decoder_dim": asked.decoder_dim,
                "decoder_heads": asked.decoder_dim // 32,
                "decoder_warmup_steps": asked.warmup,
            },
            "pretrain": {**both, "objective": asked.objective, "train": asked.part},
            "distill": {**both, "match": asked.match, "teacher": asked.teacher},
            "finetune": {"steps": 0, "warmup_steps": 0},
            "probe": {"every": 0},
            "runtime": {
                "offline": True,
                "workers": 0,
                "threads": asked.threads,
                "device": asked.device,
                "report_s": 0.0,
            },
        }
    )


def without_round(setup: RunSetup) -> RunSetup:
    """The setup with the stages before self-distillation alone."""
    before = [stage for stage in setup.stages if stage.kind != "self-distill"]
    recipe = setup.recipe.model_copy(
        update={"distill": setup.recipe.distill.model_copy(update={"rounds": 0})}
    )
    return replace(setup, stages=before, recipe=recipe)


def distilled(setup: RunSetup, distance: str, weight: float) -> tuple[Path, dict[str, float]]:
    """The folder of a student's round, and the losses of its first step."""
    stage = next(stage for stage in setup.stages if stage.kind == "self-distill")
    folder = setup.run.stage(stage.name)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    first: list[dict[str, float]] = []

    def hear(event: Event) -> None:
        if isinstance(event, StepDone):
            first.append(event.losses)

    changed = {"distance": distance, "weight": weight}
    recipe = setup.recipe.model_copy(
        update={"distill": setup.recipe.distill.model_copy(update=changed)}
    )
    context = RunContext(hear, setup.context.adjustments)
    self_distill(replace(setup, recipe=recipe, context=context), stage)
    return folder, first[0]


def judged(setup: RunSetup, folder: Path | None, kept: Path, asked: argparse.Namespace) -> Any:
    """Scores of the encoder in a folder; its features are kept."""
    if not kept.exists():
        model = setup.pretrained_model()
        assert isinstance(model, MaskedAutoencoder)
        if folder is not None:
            load_encoder(model, folder / ENCODER)
        np.savez(kept, **features_of(setup, model))
    with np.load(kept) as found:
        return scores(setup, dict(found), asked.few, asked.draws)


def main() -> None:
    """Command line."""
    asked = _asked()
    labeled = asked.out / "labeled"
    if not labeled.exists():
        split_folder(asked.source, labeled, None)
    shutil.rmtree(asked.out / "run", ignore_errors=True)
    setup = prepared(recipe_of(labeled, asked), asked.out / "run")
    print(f"| {asked.steps} steps of {asked.batch_size} | kNN | few | all | kNN | few | all | s |")
    print("|---|---|---|---|---|---|---|---|")
    print(row("as it comes", judged(setup, None, asked.out / "start.npz", asked), None), flush=True)
    run_stages(without_round(setup))
    further = setup.folder_of("further-pretrain")
    if further is not None:
        name = f"{asked.objective}/{asked.part}/{asked.lr:g}"
        found = judged(setup, further, asked.out / f"further-{asked.seed}.npz", asked)
        print(row(f"further: {name}", found, None), flush=True)
    for wanted in asked.tries:
        distance, _, weight = wanted.partition(":")
        folder, first = distilled(setup, distance, float(weight))
        kept = asked.out / f"{distance}-{weight}-{asked.teacher}-{asked.seed}.npz"
        kept.unlink(missing_ok=True)
        found = judged(setup, folder, kept, asked)
        print(row(f"{distance}, weight {weight}", found, None), flush=True)
        last = json.loads((folder / SUMMARY).read_text(encoding="utf-8"))["losses"]
        print(f"  first losses {first}, last {last}", flush=True)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Compare distances of self-distillation.")
    parser.add_argument("source", type=Path, help="Folder of classes: train only.")
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--try", action="append", default=[], dest="tries", metavar="DISTANCE:W")
    parser.add_argument("--objective", default="features")
    parser.add_argument("--part", default="last:2", help="As pretrain.train.")
    parser.add_argument("--lr", type=float, default=1e-4)
    parser.add_argument("--match", default="class_token")
    parser.add_argument("--teacher", default="further")
    parser.add_argument("--steps", type=int, default=100)
    parser.add_argument("--warmup", type=int, default=60)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--decoder-depth", type=int, default=2)
    parser.add_argument("--decoder-dim", type=int, default=192)
    parser.add_argument("--few", type=int, default=10, help="Labels per class of the small probe.")
    parser.add_argument("--draws", type=int, default=8, help="How often those are drawn.")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--image-size", type=int)
    parser.add_argument("--threads", type=int)
    parser.add_argument("--device", default="auto")
    return parser.parse_args()


if __name__ == "__main__":
    main()
