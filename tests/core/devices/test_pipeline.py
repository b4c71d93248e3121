"""Whole runs of both modalities on a device that is not the CPU."""

import math
import time
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
import torch
from safetensors.torch import load_file

from core.modalities import predict_of
from core.predict.files import predict_files
from core.predict.predict import classifier_folder, predict
from core.predict.wanted import Listeners, Wanted
from core.run.events import StageResumed, StepDone
from core.run.folder import RunFolder
from core.run.launch import send_command
from tests.helpers.trainers import At, Trainer, events_of, finished, losses_of, outcome
from tests.helpers.worlds import World, in_both_worlds, new_run, with_text_when_slow
from tests.later.kind import Later
from tests.later.process import on_later as in_process

# Each device draws dropout its own way.
ALIKE: dict[str, object] = {"finetune__dropout": 0.0, "finetune__arms": ["distilled"]}
# Every operation on the device goes through Python: no more of them than there are kinds.
ALIKE |= {f"{section}__steps": 3 for section in ("pretrain", "distill", "finetune")}


def a_run(world: World, path: Path, device: str = "auto", **changes: object) -> RunFolder:
    return new_run(world, path, **{**ALIKE, "runtime__device": device, **changes})


def weights(run: RunFolder) -> dict[str, torch.Tensor]:
    files = sorted(run.path.glob("stages/*/*.safetensors"))
    return {
        f"{file.parent.name}/{file.stem}/{name}": value.float()
        for file in files
        for name, value in load_file(file).items()
    }


@pytest.fixture(scope="module")
def on_later(world: World, tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """A run on the device, with all its memory, from start to end."""
    return finished(a_run(world, tmp_path_factory.mktemp("later") / "run"), world.cache, Later())


@in_both_worlds
def test_that_a_run_learns_on_a_device_what_it_learns_on_the_cpu(
    world: World, on_later: RunFolder, tmp_path: Path
) -> None:
    on_cpu = finished(a_run(world, tmp_path / "run", "cpu"), world.cache)
    assert "Later" in on_later.read_json("environment.json")["device"]
    expected = losses_of(on_cpu)
    assert set(losses_of(on_later)) == set(expected)
    for stage, steps in expected.items():
        for step, losses in steps.items():
            assert losses_of(on_later)[stage][step] == pytest.approx(losses, rel=1e-3), stage
    # Not each weight: what has no gradient but rounding is moved by Adam as far as the others.
    said = [name for name in weights(on_cpu) if name.endswith("predictions/probabilities")]
    assert len(said) == 1
    for name in said:
        torch.testing.assert_close(
            weights(on_later)[name], weights(on_cpu)[name], rtol=0, atol=5e-3
        )


@in_both_worlds
def test_that_each_stage_reports_a_peak_of_its_own(world: World, on_later: RunFolder) -> None:
    peaks: dict[str, float] = {}
    for event in events_of(on_later, StepDone):
        peaks[event.stage] = max(peaks.get(event.stage, 0.0), event.memory_gib)
    _, distilled, tuned = peaks.values()
    # Self-distillation computes two passes; were it counted on, fine-tuning would need as much.
    assert 0 < tuned < distilled


@in_both_worlds
def test_that_a_run_on_a_device_is_paused_and_goes_on_bit_by_bit(
    world: World, on_later: RunFolder, tmp_path: Path
) -> None:
    run = a_run(world, tmp_path / "run")
    at = At(run.path, "step_done", "01-further-pretrain", 2)
    trainer = Trainer(run, world.cache, Later(then=at))
    trainer.wait_until_held()
    send_command(run, "pause")
    while (run.path / "control.json").exists():
        time.sleep(0.01)
    # It is removed a moment before it is passed on.
    time.sleep(0.1)
    trainer.let_go()
    assert trainer.wait() == 0
    assert outcome(run).outcome == "paused"
    finished(run, world.cache, Later())
    assert len(events_of(run, StageResumed)) == 1
    for name, value in weights(on_later).items():
        assert torch.equal(weights(run)[name], value), name


@with_text_when_slow
def test_that_a_device_is_asked_for_losses_every_eighth_step(world: World, tmp_path: Path) -> None:
    rarely = {"runtime__report_s": 0.001, "runtime__checkpoint_minutes": 5.0}
    lengths = {"pretrain__steps": 18, "distill__rounds": 0, "finetune__steps": 0}
    run = a_run(world, tmp_path / "run", probe__every=0, **rarely, **lengths)
    finished(run, world.cache, Later())
    assert [event.step for event in events_of(run, StepDone)] == [8, 16, 18]


@with_text_when_slow
@pytest.mark.parametrize(
    ("has_bfloat16", "expected"),
    [(False, "float32"), pytest.param(True, "bfloat16", marks=pytest.mark.slow)],
)
def test_that_the_precision_follows_the_device(
    world: World, tmp_path: Path, has_bfloat16: bool, expected: str
) -> None:
    few: dict[str, object] = {"finetune__steps": 0, "finetune__warmup_steps": 0, "probe__every": 0}
    few |= {"pretrain__steps": 2, "distill__steps": 2}
    run = a_run(world, tmp_path / "run", runtime__precision="auto", **few)
    finished(run, world.cache, Later(bfloat16=has_bfloat16))
    assert run.read_json("environment.json")["precision"] == expected
    losses = [loss["loss"] for steps in losses_of(run).values() for loss in steps.values()]
    assert len(losses) == 4
    assert all(map(math.isfinite, losses))


def answers(run: RunFolder, files: list[Path]) -> list[dict[str, float]]:
    """What the most fitted classifier says of files, in this process."""
    modality = predict_of(run.recipe().modality)
    return [dict(found.probabilities) for found in predict(run, files, modality)]


def embedded(run: RunFolder, files: list[Path], out: Path) -> np.ndarray:
    """The representations that are written of images."""
    modality = predict_of(run.recipe().modality)
    wanted, listeners = Wanted(embeddings=out), Listeners(lambda done, total: None)
    folder = classifier_folder(run)
    predict_files(run, folder, files, wanted, modality=modality, listeners=listeners)
    return np.stack(pq.read_table(out)["embedding"].to_numpy())


@in_both_worlds
def test_that_predictions_and_embeddings_come_from_the_device(
    world: World, on_later: RunFolder, tmp_path: Path
) -> None:
    files = sorted(file for file in world.unlabeled.iterdir() if file.is_file())[:5]
    found = in_process(answers, on_later, files)
    expected = answers(on_later, files)
    assert len(found) == len(expected) == 5
    for one, other in zip(found, expected, strict=True):
        assert one == pytest.approx(other, abs=1e-4)
    vectors = in_process(embedded, on_later, files, tmp_path / "later.parquet")
    on_cpu = embedded(on_later, files, tmp_path / "cpu.parquet")
    np.testing.assert_allclose(vectors, on_cpu, atol=1e-4)
