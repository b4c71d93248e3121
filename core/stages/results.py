"""The end of a run: the arms compared in `results.json`, the encoder for other tools."""

import json
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import load_file

from core.atomic import write_bytes, write_json
from core.evaluate.compare import summarise_arms, verdict
from core.stages.finetune import PREDICTIONS
from core.stages.plan import StagePlan
from core.stages.setup import RunSetup
from core.stages.weights import SUMMARY, kept_encoder

RESULTS_FORMAT = 1


def write_results(setup: RunSetup) -> dict[str, Any]:
    """Compare the arms, export the fitted encoder, write `results.json`; returns its content.

    `arms` has, per arm, `accuracy`, `balanced_accuracy` and `macro_f1` (means over the seeds),
    their 95 % intervals under `intervals`, and every seed's full metrics under `seeds`.
    """
    finetuned = [stage for stage in setup.stages if stage.kind == "finetune"]
    arms = _arms(setup, finetuned)
    summaries = {stage.name: _summary(setup, stage) for stage in setup.stages}
    encoder = _export_encoder(setup)
    results: dict[str, Any] = {
        "format": RESULTS_FORMAT,
        "verdict": _verdict(setup, arms),
        "arms": arms,
        "data": {
            "pretraining_images": len(setup.unlabeled),
            "train_images": len(setup.train),
            "val_images": len(setup.val),
            "test_images": len(setup.test),
            "classes": list(setup.classes),
        },
        "stages": {name: _without_details(summary) for name, summary in summaries.items()},
        "encoder": encoder,
        "no_classifier": setup.no_classifier,
    }
    setup.context.write(partial(write_json, setup.run.results_file, results), "the results")
    return results


def _arms(setup: RunSetup, finetuned: list[StagePlan]) -> dict[str, Any]:
    if not finetuned or not len(setup.test):
        return {}
    metrics: dict[str, list[dict[str, Any]]] = {}
    correct: dict[str, list[np.ndarray]] = {}
    for stage in finetuned:
        summary = _summary(setup, stage)
        predictions = load_file(setup.run.stage(stage.name) / PREDICTIONS)
        right = predictions["probabilities"].argmax(axis=1) == predictions["targets"]
        metrics.setdefault(stage.arm, []).append(summary["test"])
        correct.setdefault(stage.arm, []).append(right)
    return summarise_arms(metrics, correct, seed=setup.recipe.seed)


def _verdict(setup: RunSetup, arms: dict[str, Any]) -> str:
    if arms:
        return verdict(arms)
    if setup.no_classifier:
        return setup.no_classifier
    return "There are no test images, so nothing was compared; the classifiers are ready to use."


def _export_encoder(setup: RunSetup) -> str | None:
    """Copy the fitted encoder to `exports/encoder`; its path relative to the run folder."""
    recipe = setup.recipe
    stage = setup.folder_of("self-distill", recipe.distill.rounds)
    keep = recipe.distill.keep
    if stage is None:
        stage, keep = setup.folder_of("further-pretrain"), recipe.pretrain.keep
    if stage is None:
        return None
    source = kept_encoder(stage, keep)
    setup.context.write(partial(_copy, setup, source), "the encoder")
    return "exports/encoder/encoder.safetensors"


def _copy(setup: RunSetup, source: Path) -> None:
    folder = setup.run.exports / "encoder"
    folder.mkdir(parents=True, exist_ok=True)
    write_bytes(folder / "encoder.safetensors", source.read_bytes())
    write_bytes(folder / "model.json", (setup.run.model / "model.json").read_bytes())


def _summary(setup: RunSetup, stage: StagePlan) -> dict[str, Any]:
    text = (setup.run.stage(stage.name) / SUMMARY).read_text(encoding="utf-8")
    summary: dict[str, Any] = json.loads(text)
    return summary


def _without_details(summary: dict[str, Any]) -> dict[str, Any]:
    """A stage's numbers; the full test metrics stand under `arms` already."""
    return {key: value for key, value in summary.items() if key not in {"test", "val"}}
