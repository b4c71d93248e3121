"""A stage that is made to fail: it is said, it ends early, and nothing gets worse by it."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_digits

from core.readers.harm import harm_in_words, harm_so_far
from core.readers.outcome import read_outcome
from core.recipe.arms import BASE
from core.run.events import CheckpointSaved, Noticed, ProbeDone, StageStarted, StepDone
from core.run.folder import RunFolder
from gui.outcome.words import advice
from tests.helpers.once import once
from tests.helpers.several import environment_of, free_port
from tests.helpers.trainers import (
    At,
    Trainer,
    events_of,
    finished,
    losses_of,
    summary_of,
    weights_of,
)
from tests.helpers.worlds import World, new_run

FURTHER = "01-further-pretrain"
ROUND = "02-self-distill-round-1"


@pytest.fixture(scope="session")
def digit_world(image_world: World) -> World:
    """Real, small handwritten digits of three classes: 120 to train with, 30 to test."""

    def make(folder: Path) -> Path:
        digits = load_digits()
        wanted = np.flatnonzero(digits.target < 3)[:150]
        for number, index in enumerate(wanted):
            split = "test" if number % 5 == 4 else "train"
            place = folder / "digits" / split / str(digits.target[index])
            place.mkdir(parents=True, exist_ok=True)
            picture = Image.fromarray((15.9 * digits.images[index]).astype(np.uint8))
            picture.resize((32, 32)).convert("RGB").save(place / f"{index}.png")
        return folder / "digits"

    labeled = once("three-digits", make)
    return replace(image_world, unlabeled=labeled / "train", labeled=labeled)


def harmful(world: World, path: Path, **changes: object) -> RunFolder:
    """A run whose learning rate wrecks the encoder in a few steps."""
    section = {"steps": 12, "batch_size": 8, "lr": 0.1, "keep": "best", "stop_early": True}
    values: dict[str, object] = {
        # A real model, whose features there is something to lose of.
        "model": {"name": "starter", "image_size": 32},
        "pretrain": section,
        "distill": section,
        "probe__every": 2,
        "finetune__arms": ["base", "further", "distilled"],
        **changes,
    }
    return new_run(world, path, **values)


@pytest.fixture(scope="module")
def failed(digit_world: World, tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """Such a run, to its end."""
    return finished(
        harmful(digit_world, tmp_path_factory.mktemp("harm") / "run"), digit_world.cache
    )


def test_that_a_stage_below_its_start_says_so_and_ends_early(failed: RunFolder) -> None:
    for stage in (FURTHER, ROUND):
        summary = summary_of(failed, stage)
        probes = [event for event in events_of(failed, ProbeDone) if event.stage == stage]
        first = next(event for event in probes if event.has_fallen)
        assert summary["stopped_early"]
        assert summary["steps"] == probes[-1].step < 12
        assert [event.has_fallen for event in probes[-2:]] == [True, True]
        assert max(losses_of(failed)[stage]) == summary["steps"]
        assert first.linear < probes[0].linear
        said = [e.text for e in events_of(failed, Noticed) if e.id == "representation-fell"]
        assert any(f"after {first.step} steps of {stage}" in text for text in said)
    said = [event.text for event in events_of(failed, Noticed) if event.id == "stopped-early"]
    assert len(said) == 2


def test_that_the_start_is_kept_and_everyone_says_so(failed: RunFolder) -> None:
    initial = (failed.model / "encoder.safetensors").read_bytes()
    kept = (failed.exports / "encoder" / "encoder.safetensors").read_bytes()
    assert kept == initial
    outcome = read_outcome(failed)
    words = "the adapted model is the model you started from"
    for said in (outcome.verdict, outcome.harm, advice(outcome), harm_so_far(failed)):
        assert said.count(words) == 2, said
    assert f"ended early, after {summary_of(failed, FURTHER)['steps']} of 12 steps" in outcome.harm


def test_that_what_is_recommended_is_not_worse_than_the_base(failed: RunFolder) -> None:
    outcome = read_outcome(failed)
    assert outcome.recommended is not None
    recommended = outcome.arm(outcome.recommended.arm)
    base = outcome.arm(BASE)
    assert recommended.name == BASE or recommended.against[BASE].value >= 0
    for arm in ("further", "distilled"):
        assert outcome.arm(arm).score == base.score


def test_that_identical_weights_are_not_fine_tuned_twice(failed: RunFolder) -> None:
    base, further, distilled = (
        failed.stage(f"0{number}-finetune-{arm}-seed-0")
        for number, arm in ((3, "base"), (4, "further"), (5, "distilled"))
    )
    trained = {event.stage for event in events_of(failed, StepDone) if "finetune" in event.stage}
    assert trained == {base.name}
    for folder in (further, distilled):
        same = (folder / "classifier.safetensors").read_bytes()
        assert same == (base / "classifier.safetensors").read_bytes()
        assert json.loads((folder / "summary.json").read_text())["same_as"] == base.name
    assert sum(event.id == "same-as-base" for event in events_of(failed, Noticed)) == 2


@pytest.mark.slow
def test_that_a_kill_before_and_after_the_end_changes_nothing(
    failed: RunFolder, digit_world: World, tmp_path: Path
) -> None:
    run = harmful(digit_world, tmp_path / "run")
    last = summary_of(failed, FURTHER)["steps"]
    for step in (last - 1, last):
        died = At(run.path, CheckpointSaved.kind, FURTHER, step, dies=True)
        assert Trainer(run, digit_world.cache, died).wait() == -9
    # What comes after the stage follows from what it left.
    died = At(run.path, StageStarted.kind, ROUND, 0, dies=True)
    assert Trainer(run, digit_world.cache, died).wait() == -9
    learned = {name: each for name, each in weights_of(failed).items() if FURTHER in name}
    assert {name: each for name, each in weights_of(run).items() if FURTHER in name} == learned
    assert {Path(name).name for name in learned} >= {"encoder.safetensors", "decoder.safetensors"}
    assert summary_of(run, FURTHER) == summary_of(failed, FURTHER)


@pytest.mark.slow
def test_that_unless_asked_a_stage_goes_on_and_its_harm_is_said(
    digit_world: World, tmp_path: Path
) -> None:
    run = harmful(
        digit_world,
        tmp_path / "run",
        pretrain={"steps": 6, "batch_size": 8, "lr": 0.1},
        distill__rounds=0,
        finetune__steps=0,
        finetune__warmup_steps=0,
    )
    finished(run, digit_world.cache)
    summary = summary_of(run, FURTHER)
    assert (summary["steps"], summary["stopped_early"]) == (6, False)
    assert "made the model worse, and it is used all the same" in read_outcome(run).verdict
    said = next(e.text for e in events_of(run, Noticed) if e.id == "representation-fell")
    assert "pretrain.stop_early is off" in said


@pytest.mark.slow
def test_that_without_labels_the_rank_is_a_hint_and_decides_nothing(
    digit_world: World, tmp_path: Path
) -> None:
    shutil.copytree(digit_world.unlabeled / "0", tmp_path / "unlabeled")
    run = harmful(
        digit_world,
        tmp_path / "run",
        data={"unlabeled": [str(tmp_path / "unlabeled")]},
        distill__rounds=0,
    )
    finished(run, digit_world.cache)
    probes = events_of(run, ProbeDone)
    assert probes[0].step == 0
    assert all(event.rank >= 1 and event.linear is None for event in probes)
    # The last encoder, though its rank is lower than that of the start.
    assert summary_of(run, FURTHER)["steps"] == 12
    kept = (run.exports / "encoder" / "encoder.safetensors").read_bytes()
    assert kept == (run.stage(FURTHER) / "encoder.safetensors").read_bytes()
    assert any(event.id == "nothing-judges" for event in events_of(run, Noticed))


def test_that_an_early_end_after_the_best_says_which_encoder_is_kept() -> None:
    def probe(step: int, linear: float | None) -> dict[str, object]:
        return {"step": step, "linear": linear, "knn": linear}

    summary = {
        "keep": "best",
        "steps": 50,
        "planned_steps": 80,
        "stopped_early": True,
        "ends_below_start": True,
        "start_probe": probe(0, 0.8),
        "best_probe": probe(10, 0.85),
        "last_probe": probe(50, None),
    }
    said = harm_in_words({"02-self-distill-round-1": summary, "03-finetune-base-seed-0": {}})
    assert said == (
        "Self-distillation round 1 ends below its start; the encoder of step 10 is kept (linear "
        "probe 80.0 % at its start, without a number when it was ended early, after 50 of 80 "
        "steps)."
    )


@pytest.mark.slow
def test_that_processes_that_train_together_end_a_stage_together(
    failed: RunFolder, digit_world: World, tmp_path: Path
) -> None:
    run, port = harmful(digit_world, tmp_path / "run"), free_port()
    trainers = [
        Trainer(run, digit_world.cache, environment=environment_of(rank, 2, port))
        for rank in (0, 1)
    ]
    assert [trainer.wait(240) for trainer in trainers] == [0, 0], trainers[0].said()[-3000:]
    for stage in (FURTHER, ROUND):
        found, alone = summary_of(run, stage), summary_of(failed, stage)
        assert found["stopped_early"]
        assert found["steps"] == alone["steps"]
    # Rounding apart, they train the same; the start, which both keep, is exactly that.
    encoders = [each.exports / "encoder" / "encoder.safetensors" for each in (run, failed)]
    assert encoders[0].read_bytes() == encoders[1].read_bytes()
