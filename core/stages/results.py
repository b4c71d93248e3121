"""What a run found: the arms compared in `results.json`, the encoder for other tools.

It is written anew after each fine-tuning, marked as `interim` until all are done; so a run that is
stopped early has an answer, from the fine-tunings there are.
"""

import json
from functools import partial
from pathlib import Path
from typing import Any

import filelock
import numpy as np
from safetensors.numpy import load_file

from core.data.groups import clusters_of
from core.evaluate.verdict import summarise_arms, verdict
from core.language import _
from core.readers.harm import harm_in_words
from core.readers.judgement import FROZEN_OF_FIRST, PRETRAINED_ONCE, TAUGHT_ONCE
from core.readers.looks import extended_in_words, share_of_look
from core.readers.recommendation import with_test
from core.recipe.arms import ARMS, FROZEN, SIMPLEST_FIRST
from core.run.decision import read_decision
from core.run.extensions import extended_from
from core.run.files import PREDICTIONS, RESULTS_LOCK, SUMMARY
from core.run.formats import FORMATS_OF_TASKS
from core.run.plan import StagePlan
from core.run.possible import arms_of
from core.run.raced import read_raced
from core.stages.calibrate import calibration_in_words
from core.stages.fitted_encoder import export_encoder
from core.stages.frozen import frozen_rows, is_answered
from core.stages.modality import LabeledExamples
from core.stages.number_results import constant_of, margins_in_words
from core.stages.recommended import clusters_of_rows, recommended_of
from core.stages.setup import RunSetup
from core.stages.tested import aligned, evaluated
from core.system.atomic import write_json


def write_results(setup: RunSetup) -> dict[str, Any]:
    """Compare the arms, export the fitted encoder, write `results.json`; returns its content.

    `arms` has, per arm, `accuracy`, `balanced_accuracy`, `macro_f1` and `micro_f1` (means; where
    `task` says otherwise, the metrics that `core.recipe.tasks` has of it),
    their 95 % intervals under `intervals`, and every seed's full metrics under `seeds`; `frozen`
    has the same of each encoder as it is, with what an arm is better or worse. `interim` is null
    once every fine-tuning is done; before, it has how many are (`done`) of how many (`of`).
    """
    # Processes that share the fine-tunings all write: the last one must know of all the others.
    with filelock.FileLock(setup.run.path / RESULTS_LOCK):
        return _write_results(setup)


def is_done(setup: RunSetup, stage: StagePlan) -> bool:
    """Whether a stage is complete."""
    return (setup.run.stage(stage.name) / SUMMARY).exists()


def _write_results(setup: RunSetup) -> dict[str, Any]:
    planned = [stage for stage in setup.stages if stage.kind == "finetune"]
    finetuned = [stage for stage in planned if is_done(setup, stage)]
    is_interim = len(finetuned) < len(planned)
    rows = _rows(setup, finetuned, is_interim=is_interim)
    arms = {name: row for name, row in rows.items() if name not in FROZEN}
    summaries = {
        stage.name: _summary(setup.run.stage(stage.name))
        for stage in setup.stages
        if is_done(setup, stage)
    }
    encoder = export_encoder(setup)
    answers = _answers(setup, finetuned)
    recommended = None if is_interim else recommended_of(setup, answers, rows, _error(setup))
    found = read_raced(setup.run.path)
    harm = harm_in_words(summaries)
    advised = recommended.arm if recommended is not None else None
    said = _verdict_of_all(setup, rows, advised, is_interim=is_interim)
    text = " ".join(filter(None, (said, harm)))
    if recommended is not None:
        recommended = with_test(recommended, rows, setup.manifest.modality.example)
        text += f" {recommended.words}"
    if is_interim:
        text = _("So far ({finetuned} of {planned} fine-tunings): {text}").format(
            finetuned=len(finetuned), planned=len(planned), text=text
        )
    results: dict[str, Any] = {
        "format": FORMATS_OF_TASKS[setup.task.task.name],
        "task": setup.task.task.name,
        "interim": {"done": len(finetuned), "of": len(planned)} if is_interim else None,
        "verdict": text,
        # The classifier to start from; null until all are there.
        "recommended": recommended.to_json() if recommended is not None else None,
        "calibration": _calibration(setup, finetuned),
        "constant": constant_of(setup),
        "arms": arms,
        "frozen": {name: row for name, row in rows.items() if name in FROZEN},
        # What a race of ways to adapt the model chose, and among which; null without one.
        "race": found.to_json() if found is not None else None,
        # How often each pre-training was done; 1: chance between them is in no interval.
        "num_pretrainings": setup.recipe.pretrain.num_seeds,
        # Of stages that made nothing better, were ended early or did harm, in words; else empty.
        "harm": harm,
        # How many seeds a comparison had each time that more were added.
        "extended_from": extended_from(setup.run),
        "data": _data(setup, rows),
        "stages": {name: _without_details(summary) for name, summary in summaries.items()},
        "encoder": encoder,
        "no_classifier": setup.no_classifier,
    }
    setup.context.write(partial(write_json, setup.run.results_file, results), "the results")
    return results


def _data(setup: RunSetup, rows: dict[str, Any]) -> dict[str, Any]:
    return {
        "what": setup.manifest.modality.result_name,
        "pretraining_images": len(setup.unlabeled),
        "train_images": len(setup.train),
        "val_images": len(setup.val),
        # Without those that could not be read any more.
        "test_images": next((row["num_images"] for row in rows.values()), len(setup.test)),
        "classes": list(setup.classes),
    }


def opened_once(setup: RunSetup) -> str:
    """That a choice was made before the test examples were looked at; empty without any."""
    if not len(setup.test):
        return ""
    what = setup.manifest.modality.examples
    return " " + _(
        "The test {what} had no part in it: they were looked at once, afterwards."
    ).format(what=what)


def _rows(setup: RunSetup, finetuned: list[StagePlan], *, is_interim: bool) -> dict[str, Any]:
    """Arms and frozen rows by name, compared with each other."""
    if not len(setup.test):
        return {}
    folders = [(n, at) for n, at in _answers(setup, finetuned) if (at / PREDICTIONS).exists()]
    if not folders:
        return {}
    common, answers = aligned([load_file(folder / PREDICTIONS) for _, folder in folders])
    metrics: dict[str, list[dict[str, Any]]] = {}
    scores: dict[str, list[np.ndarray]] = {}
    for (name, folder), found in zip(folders, answers, strict=True):
        summary, decision = _summary(folder)["test"], read_decision(folder)
        # Some were read by it that another could not read.
        if summary["num_images"] != len(common):
            part = LabeledExamples(common, found["targets"])
            summary = evaluated(setup, found["probabilities"], part, decision)
        said = setup.task.example_scores(found["probabilities"], found["targets"], decision)
        metrics.setdefault(name, []).append(summary)
        scores.setdefault(name, []).append(said)
    clusters = clusters_of_rows(setup, "test", common)
    return summarise_arms(
        metrics,
        scores,
        clusters=clusters,
        is_interim=is_interim,
        fixed=FROZEN,
        error=_error(setup),
        num_pretrainings=setup.recipe.pretrain.num_seeds,
        task=setup.task.task,
    )


def _error(setup: RunSetup) -> float:
    """How often a claim may be false.

    Where seeds come one after the other, more may be added when the answer is seen: then each look
    has its share.
    """
    extended = extended_from(setup.run)
    may_grow = bool(extended) or setup.recipe.finetune.order == "seeds"
    return share_of_look(len(extended) + 1 if may_grow else 0)


def _answers(setup: RunSetup, finetuned: list[StagePlan]) -> list[tuple[str, Path]]:
    """Names and folders of all that can be compared."""
    folders = [(stage.arm, setup.run.stage(stage.name)) for stage in _paired(setup, finetuned)]
    frozen = (arm.name for arm in frozen_rows(setup) if is_answered(setup, arm.name))
    return folders + [(name, setup.run.frozen / name) for name in frozen]


def _calibration(setup: RunSetup, finetuned: list[StagePlan]) -> dict[str, Any]:
    """How many examples the temperatures were fitted on (0: there are none), and that in words."""
    answers = [(name, at) for name, at in _answers(setup, finetuned) if name in SIMPLEST_FIRST]
    if setup.task.task.is_number:
        return margins_in_words(setup, {name: read_decision(at) for name, at in answers})
    found = {name: _summary(at).get("calibration") for name, at in answers}
    return calibration_in_words(setup, found)


def _paired(setup: RunSetup, finetuned: list[StagePlan]) -> list[StagePlan]:
    """Those whose seeds every arm has finished, so that like is compared with like.

    Before there is such a seed: the first seed of the arms that have it.
    """
    if not finetuned:
        return []
    # A soup is one model of all seeds, and there only when all are.
    soups = [stage for stage in finetuned if ARMS[stage.arm].average == "seeds"]
    single = [stage for stage in finetuned if stage not in soups]
    begun = {stage.arm for stage in finetuned}
    # Who learns from all others comes last, and holds up none of them.
    of_arm: dict[str, set[int]] = {
        arm: set()
        for arm in arms_of(setup.recipe)
        if arm in begun or not (ARMS[arm].is_taught or ARMS[arm].average)
        if ARMS[arm].average != "seeds"
    }
    for stage in single:
        of_arm[stage.arm].add(stage.seed_index)
    seeds = set.intersection(*of_arm.values()) or {min(set.union(*of_arm.values()))}
    return [stage for stage in single if stage.seed_index in seeds] + soups


def _verdict_of_all(
    setup: RunSetup, rows: dict[str, Any], recommended: str | None, *, is_interim: bool
) -> str:
    """The verdict, and what is to be known of it: what was done once, chosen or extended."""
    arms = {name: row for name, row in rows.items() if name not in FROZEN}
    frozen = {name: row for name, row in rows.items() if name in FROZEN}
    texts = [_verdict(setup, arms, frozen, recommended, is_interim=is_interim)]
    if any(ARMS[arm].is_taught for arm in arms if arm in ARMS):
        texts.append(TAUGHT_ONCE)
    started = {name for name in rows if {**ARMS, **FROZEN}[name].start}
    if setup.recipe.pretrain.num_seeds == 1 and started:
        texts.append(PRETRAINED_ONCE)
    elif started & set(FROZEN):
        texts.append(FROZEN_OF_FIRST)
    found = read_raced(setup.run.path)
    if found is not None:
        texts.append(f"{found.words}{opened_once(setup)}")
    texts.append(groups_in_words(setup) if rows else "")
    extended = extended_from(setup.run)
    if extended and arms:
        texts.append(extended_in_words(extended))
    return " ".join(filter(None, texts))


def groups_in_words(setup: RunSetup) -> str:
    """How many groups the test examples are, by which intervals go; empty where each is its own."""
    groups = clusters_of(setup.manifest, "test", setup.recipe.data.group_pattern)
    if groups is None or len(set(groups)) == len(groups):
        return ""
    return _(
        "Test {examples} that belong together count as one in the intervals; independent ones "
        "among them: {number:,}."
    ).format(examples=setup.manifest.modality.examples, number=len(set(groups)))


def _verdict(
    setup: RunSetup,
    arms: dict[str, Any],
    frozen: dict[str, Any],
    recommended: str | None,
    *,
    is_interim: bool,
) -> str:
    if arms:
        what = setup.manifest.modality.example
        return verdict(arms, what, is_interim=is_interim, frozen=frozen, recommended=recommended)
    if setup.no_classifier:
        return setup.no_classifier
    what = f"test {setup.manifest.modality.examples}"
    return _(
        "There are no {what}, so nothing was compared; the classifiers are ready to use."
    ).format(what=what)


def _summary(folder: Path) -> dict[str, Any]:
    text = (folder / SUMMARY).read_text(encoding="utf-8")
    summary: dict[str, Any] = json.loads(text)
    return summary


def _without_details(summary: dict[str, Any]) -> dict[str, Any]:
    """A stage's numbers; the full test metrics stand under `arms` already."""
    return {key: value for key, value in summary.items() if key not in {"test", "val"}}
