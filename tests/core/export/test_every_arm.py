"""The classifier of every arm can be exported, and its card says what was done."""

import json
from pathlib import Path

import pytest

from core.export.export import Exported
from core.modalities import formats_of
from core.readers.judgement import ONE_TRAINING, PRETRAINED_ONCE
from core.recipe import modality_named
from core.recipe.arms import (
    ARMS,
    AVERAGES,
    EVERY,
    FROZEN_LAYERS,
    REGULARISED,
    SIMPLEST_FIRST,
    TAUGHT,
)
from core.run.folder import RunFolder
from tests.helpers.faces import export
from tests.helpers.trainers import finished
from tests.helpers.worlds import World, new_run, with_text_when_slow

# Made by all kinds of run, and fast.
FORMAT = "transformers"
# One of each kind of start; the others are slow.
TRAINED = [arm for arm in SIMPLEST_FIRST if arm not in AVERAGES]
QUICKLY = {"base", "further", "distilled", "r3f"}
RUNS: dict[str, RunFolder] = {}


@pytest.fixture
def every_arm(world: World, tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """A tiny run with all arms, trained once for each kind of example."""
    if world.kind not in RUNS:
        steps = {f"{section}__steps": 2 for section in ("pretrain", "distill", "finetune")}
        changes = {**steps, "finetune__warmup_steps": 0, "probe__every": 0}
        run = new_run(
            world,
            tmp_path_factory.mktemp("every-arm") / "run",
            finetune__arms=tuple(arm for arm in ARMS if arm not in AVERAGES),
            **changes,
        )
        RUNS[world.kind] = finished(run, world.cache)
    return RUNS[world.kind]


@pytest.fixture(scope="module")
def averages(image_world: World, tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """A tiny run of what is made of two fine-tunings."""
    run = new_run(
        image_world,
        tmp_path_factory.mktemp("averages") / "run",
        pretrain__steps=0,
        distill__rounds=0,
        finetune__steps=2,
        finetune__warmup_steps=0,
        finetune__head="probe",
        finetune__num_seeds=2,
        finetune__arms=("base", *AVERAGES),
    )
    return finished(run, image_world.cache)


def exported(run: RunFolder, arm: str, format_name: str, precision: str, out: Path) -> Exported:
    """Made and, by `export` itself, compared with what the trained classifier says."""
    made = export(run, format_name, out=out, arm=arm, precision=precision)
    assert made.parity["arm"] == arm
    expected = f"frozen/{arm}" if arm in FROZEN_LAYERS else f"-finetune-{arm}-seed-0"
    assert expected in made.parity["stage"]
    assert made.parity["precision"] == precision
    return made


@with_text_when_slow
@pytest.mark.parametrize(
    "arm",
    [arm if arm in QUICKLY else pytest.param(arm, marks=pytest.mark.slow) for arm in TRAINED],
)
def test_that_the_classifier_of_every_arm_is_exported_with_a_true_card(
    every_arm: RunFolder, world: World, arm: str, tmp_path: Path
) -> None:
    made = exported(every_arm, arm, FORMAT, "fp32", tmp_path / "out")
    card = (made.folder / "README.md").read_text(encoding="utf-8")
    lines = card.splitlines()
    assert ONE_TRAINING in card
    assert card.count(PRETRAINED_ONCE) == 1
    for word in (
        "clearly",
        "no gain",
        "may be chance",
        "beyond chance",
        "points better",
        "points worse",
    ):
        assert word not in card.lower()
    entry, noun = EVERY[arm], "text" if world.kind == "text" else "image"
    cited = f" ([{entry.source.citation}]({entry.source.url}))" if entry.source else ""
    assert any(
        line.startswith(f"- method: {entry.method}{cited}, with Redistill") for line in lines
    )
    assert card.count("arxiv.org") == bool(entry.source)
    further = [line for line in lines if line.startswith("- further pre-training: ")]
    steps = _longer_steps(every_arm) if arm == "longer-further" else 2
    no_further = {"base", "probe-base", "teacher-initial", *REGULARISED, *TAUGHT}
    told = [] if arm in no_further else [f"- further pre-training: {steps} steps of 8 {noun}s"]
    assert further == told
    distilled = f"- self-distillation: 1 round of 2 steps of 8 {noun}s"
    of_distilled = {"distilled", "distill-only", "teacher-initial", "probe-distilled"}
    assert (distilled in lines) == (arm in of_distilled)
    tuned = [line for line in lines if line.startswith("- fine-tuning: ")]
    assert len(tuned) == (not entry.frozen)
    for line in tuned:
        assert line.startswith(f"- fine-tuning: 2 steps of 8 labeled {noun}s")
        assert ("(" in line) == (arm in {*REGULARISED, *TAUGHT})
    tags = next(line for line in lines if line.startswith("tags: "))
    assert ("further-pre-training" in tags, "self-distillation" in tags) == (
        bool(further),
        distilled in lines,
    )
    assert "\n\n\n" not in card.split("## How it was made")[1].split("## Data")[0]


@with_text_when_slow
@pytest.mark.slow
@pytest.mark.parametrize("arm", TRAINED)
def test_that_every_arm_is_exported_in_every_format_and_precision(
    every_arm: RunFolder, world: World, arm: str, tmp_path: Path
) -> None:
    for known in formats_of(modality_named(world.kind)):
        for precision in known.precisions if known.needs_classifier else ():
            exported(every_arm, arm, known.name, precision, tmp_path / f"{known.name}-{precision}")


@pytest.mark.parametrize("arm", AVERAGES)
def test_that_averages_of_fine_tunings_are_exported_with_a_true_card(
    averages: RunFolder, arm: str, tmp_path: Path
) -> None:
    made = exported(averages, arm, FORMAT, "fp32", tmp_path / "out")
    card = (made.folder / "README.md").read_text(encoding="utf-8")
    entry = EVERY[arm]
    assert entry.source is not None
    cited = f"([{entry.source.citation}]({entry.source.url}))"
    assert f"- method: {entry.method} {cited}, with Redistill" in card
    assert "- fine-tuning: 2 steps of 8 labeled images" in card
    assert f"mean of {1 if arm == 'soup' else 2} training" in card


@pytest.mark.slow
@pytest.mark.parametrize("arm", AVERAGES)
def test_that_averages_are_exported_in_every_format_and_precision(
    averages: RunFolder, arm: str, tmp_path: Path
) -> None:
    for known in formats_of(modality_named("images")):
        for precision in known.precisions if known.needs_classifier else ():
            exported(averages, arm, known.name, precision, tmp_path / f"{known.name}-{precision}")


def _longer_steps(run: RunFolder) -> int:
    folder = next((run.path / "stages").glob("*-further-pretrain-longer-further"))
    return int(json.loads((folder / "summary.json").read_text(encoding="utf-8"))["steps"])
