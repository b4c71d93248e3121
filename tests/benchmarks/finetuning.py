"""Recipes of fine-tuning on the same labels: against each other, and the model's own linear probe.

    uv run python -m tests.benchmarks.finetuning path/to/train --model path/to/model --out results

Only the given training labels are used: a quarter of them is held out and plays the test part, so
nothing here was chosen on a test set. Explained in README.md beside this file.
"""

import argparse
import contextlib
import json
import shutil
import statistics
import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812  (its name everywhere)
from torch import Tensor

from core.evaluate.regularised_probe import fit_regularised
from core.modalities import stages_of
from core.models.masked_model import Classifier
from core.recipe import Recipe, preset_values
from core.run.events import Event
from core.run.files import ADJUSTMENTS, FLIPS, SUMMARY
from core.run.folder import RunFolder
from core.stages.encode import encode
from core.stages.finetune_job import finetune_job, first_classifier
from core.stages.flips import decided_flips
from core.stages.masked_job import train
from core.stages.modality import LabeledExamples
from core.stages.pipeline import run_stages
from core.stages.prepare import prepare
from core.stages.search import found_by_search
from core.stages.setup import RunSetup
from core.stages.trial import with_trial
from core.training.context import Adjustments, RunContext
from core.training.device import set_up_hardware
from core.training.feed import Batch

_HELD_OUT_OF = 4
_FIRST_STEPS = 20
_ASKED = 48


def split_folder(source: Path, out: Path, per_class: int | None) -> str:
    """Lay out `train` and `test` from training labels alone; returns the kind of example.

    Args:
        source: A folder of classes, or a file of JSON lines with `text` and `label`.
        out: Where the two parts go.
        per_class: Examples of each class, at most.
    """
    random = np.random.default_rng(0)
    by_class: dict[str, list[Any]] = defaultdict(list)
    if source.is_dir():
        for file in sorted(source.rglob("*")):
            if file.is_file():
                by_class[file.parent.name].append(file)
    else:
        for line in source.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            by_class[str(row["label"])].append({"text": row["text"], "label": str(row["label"])})
    parts: dict[str, list[tuple[str, Any]]] = {"train": [], "test": []}
    for label, members in by_class.items():
        order = random.permutation(len(members))[:per_class]
        held = max(1, len(order) // _HELD_OUT_OF)
        parts["test"] += [(label, members[index]) for index in order[:held]]
        parts["train"] += [(label, members[index]) for index in order[held:]]
    for part, rows in parts.items():
        _write_part(out, part, rows)
    return "images" if source.is_dir() else "text"


def _write_part(out: Path, part: str, rows: Iterable[tuple[str, Any]]) -> None:
    for label, member in rows:
        if isinstance(member, Path):
            folder = out / part / label
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(member, folder / member.name)
        else:
            out.mkdir(parents=True, exist_ok=True)
            with (out / f"{part}.jsonl").open("a", encoding="utf-8") as file:
                file.write(json.dumps(member) + "\n")


def recipe_of(name: str, kind: str, labeled: Path, asked: argparse.Namespace) -> Recipe:
    """One of the recipes compared, at the asked number of steps and nothing but fine-tuning.

    Args:
        name: `paper`, `quick-before` (the preset as it was until 0.1) or `strong`.
        kind: Of the examples.
        labeled: Folder with `train` and `test`.
        asked: The command line.
    """
    before: dict[str, Any] = {
        "images": {"lr": 1e-3, "head": "probe"},
        "text": {"lr": 3e-4, "batch_size": 32, "head": "probe"},
    }[kind]
    finetune: dict[str, Any] = {
        "paper": {"batch_size": 32},
        "quick-before": before,
        "strong": preset_values("quick", kind)["finetune"],
    }[name]
    finetune = {**finetune, "steps": asked.steps, "warmup_steps": asked.steps // 10}
    finetune |= {"arms": ["base"], "num_seeds": asked.seeds}
    for setting in asked.set if name == "strong" else []:
        key, _, value = setting.partition("=")
        finetune[key] = json.loads(value)
    if asked.only_rise:
        finetune |= {"search": False}
    return Recipe.model_validate(
        {
            "data": {"kind": kind, "labeled": str(labeled), "unlabeled": []},
            "model": {"name": str(asked.model), "image_size": asked.image_size},
            "pretrain": {"steps": 0},
            "distill": {"rounds": 0},
            "finetune": finetune,
            "runtime": {"offline": True, "workers": 0, "threads": asked.threads},
        }
    )


def prepared(recipe: Recipe, folder: Path) -> RunSetup:
    """A run in this process."""
    hardware = set_up_hardware(recipe.runtime)
    run = RunFolder.create(folder, recipe)
    context = RunContext(_pass_over, Adjustments.load(run.path / ADJUSTMENTS))
    return prepare(run, recipe, hardware, context, stages_of(recipe.modality))


def measured(setup: RunSetup) -> dict[str, Any]:
    """Fine-tune as a run does; what it came to, and how the loss began."""
    run = setup.run
    began = time.monotonic()
    results = run_stages(setup)
    seconds = time.monotonic() - began
    tuned = [stage for stage in setup.stages if stage.kind == "finetune"]
    summary = run.read_json(f"stages/{tuned[0].name}/{SUMMARY}")
    return {
        "accuracy": [seed["accuracy"]["value"] for seed in results["arms"]["base"]["seeds"]],
        "probe": _probe(setup),
        "lr": summary["lr"],
        "steps": summary["steps"],
        "flips": summary["flips"],
        "train_accuracy": summary["train_accuracy"],
        "worst_rise": worst_rise(setup),
        "seconds": seconds,
    }


def _probe(setup: RunSetup) -> float:
    """Accuracy of the regularised linear probe of the frozen encoder on the held-out part."""
    model = setup.pretrained_model().to(setup.hardware.device).eval()

    def represent(batch: Batch) -> Tensor:
        return model.represent(batch)

    def features(labeled: LabeledExamples) -> np.ndarray:
        indices, hardware = labeled.examples, setup.hardware
        return encode(represent, setup.source, indices, hardware, None, what="the probe")

    targets = setup.train.targets
    found = fit_regularised(features(setup.train), targets, len(setup.classes), seed=0)
    assert found is not None
    predicted = found.logits(features(setup.test)).argmax(axis=1)
    return float((predicted == setup.test.targets).mean())


class _EnoughError(Exception):
    """The first steps are done."""


def worst_rise(setup: RunSetup) -> float:
    """The training loss at its worst in the first steps, in units of where it began.

    Asked of the same training examples each time, without augmentation: the loss of a batch says
    more about the batch.
    """
    stage = next(stage for stage in setup.stages if stage.kind == "finetune")
    found = found_by_search(setup, stage.arm)
    if found is not None:
        stage = replace(stage, num_steps=found.steps)
        setup = replace(setup, recipe=with_trial(setup.recipe, found))
    classifier = first_classifier(setup, stage).to(setup.hardware.device)
    losses = [_loss(setup, classifier)]

    def look(name: str, step: int) -> None:
        losses.append(_loss(setup, classifier))
        if step >= _FIRST_STEPS:
            raise _EnoughError

    context = RunContext(_pass_over, setup.context.adjustments, stepped=look)
    setup = replace(setup, context=context)
    folder = setup.run.path / "first-steps"
    folder.mkdir()
    job = finetune_job(setup, stage, classifier, folder, flips=decided_flips(setup))
    with contextlib.suppress(_EnoughError):
        train(setup, job)
    return max(losses) / losses[0]


def _loss(setup: RunSetup, classifier: Classifier) -> float:
    classifier.eval()
    some = setup.train.examples[:: max(1, len(setup.train) // _ASKED)]
    targets = torch.from_numpy(setup.train.targets[:: max(1, len(setup.train) // _ASKED)])

    def logits(batch: Batch) -> Tensor:
        found: Tensor = classifier(batch)
        return found

    said = encode(logits, setup.source, some, setup.hardware, None, what="the loss")
    # What is minimised, but for the augmentation: smoothed labels alone make the plain loss rise.
    smoothing = setup.recipe.finetune.label_smoothing
    return float(F.cross_entropy(torch.from_numpy(said), targets, label_smoothing=smoothing))


def _pass_over(event: Event) -> None:
    """Nobody listens."""
    del event


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Compare recipes of fine-tuning.")
    parser.add_argument("source", type=Path, help="Folder of classes, or JSON lines: train only.")
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True, help="A folder; must not exist.")
    parser.add_argument("--recipes", default="paper,quick-before,strong")
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--per-class", type=int)
    parser.add_argument("--image-size", type=int)
    parser.add_argument("--threads", type=int)
    parser.add_argument("--only-flips", action="store_true", help="Just what is decided of flips.")
    parser.add_argument("--only-rise", action="store_true", help="Just the first steps' loss.")
    parser.add_argument("--set", action="append", default=[], help="KEY=JSON for `strong`.")
    asked = parser.parse_args()
    kind = split_folder(asked.source, asked.out / "labeled", asked.per_class)
    if asked.only_flips:
        setup = prepared(recipe_of("strong", kind, asked.out / "labeled", asked), asked.out / "run")
        decided_flips(setup)
        print(setup.run.read_json(FLIPS)["why"])
        return
    if asked.only_rise:
        for name in asked.recipes.split(","):
            setup = prepared(recipe_of(name, kind, asked.out / "labeled", asked), asked.out / name)
            finetune = setup.recipe.finetune
            print(f"{name}, rate {finetune.lr:g}: {worst_rise(setup):.2f}", flush=True)
            shutil.rmtree(asked.out / name)
        return
    print("| Recipe | Accuracy, median | Seeds | Probe | Worst rise | Rate, steps | Flips | s |")
    print("|---|---|---|---|---|---|---|---|")
    for name in asked.recipes.split(","):
        recipe = recipe_of(name, kind, asked.out / "labeled", asked)
        found = measured(prepared(recipe, asked.out / name))
        (asked.out / f"{name}.json").write_text(json.dumps(found))
        shutil.rmtree(asked.out / name)
        seeds = ", ".join(f"{100 * value:.1f}" for value in found["accuracy"])
        print(
            f"| {name} | {100 * statistics.median(found['accuracy']):.1f} | {seeds} | "
            f"{100 * found['probe']:.1f} | {found['worst_rise']:.2f} | {found['lr']:g}, "
            f"{found['steps']} | {found['flips']} | {found['seconds']:.0f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
