"""Whole runs of both modalities on a device that is not the CPU."""

import time
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from core.run.events import StageResumed, StepDone
from core.run.folder import RunFolder
from core.run.launch import send_command
from tests.helpers.trainers import At, Trainer, events_of, finished, losses_of, outcome
from tests.helpers.worlds import World, in_both_worlds, new_run
from tests.later.kind import Later

pytestmark = in_both_worlds
# Each device draws dropout its own way.
ALIKE = {"finetune__dropout": 0.0, "runtime__threads": None}


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
    answers = [name for name in weights(on_cpu) if name.endswith("predictions/probabilities")]
    assert len(answers) == 3
    for name in answers:
        torch.testing.assert_close(
            weights(on_later)[name], weights(on_cpu)[name], rtol=0, atol=5e-3
        )


def test_that_a_run_on_a_device_is_paused_and_goes_on_bit_by_bit(
    world: World, on_later: RunFolder, tmp_path: Path
) -> None:
    run = a_run(world, tmp_path / "run")
    at = At(run.path, "step_done", "01-further-pretrain", 3)
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


def test_that_a_device_is_asked_for_losses_every_eighth_step(world: World, tmp_path: Path) -> None:
    rarely = {"runtime__report_s": 0.001, "runtime__checkpoint_minutes": 5.0}
    lengths = {"pretrain__steps": 20, "distill__rounds": 0, "finetune__steps": 0}
    run = a_run(world, tmp_path / "run", probe__every=0, **rarely, **lengths)
    finished(run, world.cache, Later())
    assert [event.step for event in events_of(run, StepDone)] == [8, 16, 20]
