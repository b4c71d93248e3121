"""The sections of the day on the test device and on the CPU, with tiny models."""

from pathlib import Path

import pytest

from core.run.events import StepDone
from core.run.folder import RunFolder
from tests.gpu_day.child import found_in_values
from tests.gpu_day.day import LATER, Day, Found
from tests.gpu_day.runs import differences
from tests.gpu_day.sections import (
    doctor,
    end_to_end,
    measured,
    memory,
    pausing,
    predicting,
    profile,
    several,
    speed,
)
from tests.helpers.worlds import World
from tests.later.process import on_later


@pytest.fixture
def days(image_world: World, text_world: World, tmp_path: Path) -> dict[str, Day]:
    """A day for each device, with the worlds that other tests have made."""
    (tmp_path / "worlds").mkdir()
    for world in (image_world, text_world):
        (tmp_path / "worlds" / world.kind).symlink_to(world.model.parent)
    return {device: Day(device=device, folder=tmp_path, seconds=120) for device in (LATER, "cpu")}


def failures(found: Found) -> list[str]:
    """What did not pass, in words."""
    return [f"{check.name}: {check.found}" for check in found.checks if check.passed is False]


def names(found: Found, passed: bool | None) -> list[str]:
    return [check.name for check in found.checks if check.passed is passed]


def test_that_the_doctor_is_heard(days: dict[str, Day]) -> None:
    found = doctor.run(days["cpu"])
    assert {"CPU", "Memory"} <= {finding["name"] for finding in found.values["findings"]}
    assert len(found.checks) == 1 or failures(found)


@pytest.mark.slow
def test_that_texts_are_trained_in_the_precisions_that_a_device_has(days: dict[str, Day]) -> None:
    found = Found()
    few = {f"{section}__steps": 2 for section in ("pretrain", "distill", "finetune")}
    short = {**few, "finetune__arms": ["distilled"], "finetune__warmup_steps": 0}
    end_to_end.in_each_precision(days[LATER], "text", found, **short, probe__every=0)
    assert failures(found) == []
    assert names(found, passed=True) == ["text in float32", "text in bfloat16"]
    assert names(found, passed=None) == ["text in float16"]
    values = found.values["text in bfloat16"]
    assert 0 < values["first_losses_off"] < 0.05
    assert values["accuracy"].startswith("accuracy 0.")


def test_that_a_device_that_learns_something_else_than_the_cpu_is_noticed() -> None:
    expected = {"01-further-pretrain": {1: {"loss": 2.0}, 2: {"loss": 1.0}}}
    found = {"01-further-pretrain": {1: {"loss": 2.0}, 2: {"loss": 1.1}}}
    assert differences(expected, expected) == 0
    assert differences(found, expected) == pytest.approx(0.1)
    assert differences({"01-further-pretrain": {1: {"loss": 2.0}}}, expected) == float("inf")
    found["01-further-pretrain"][2]["loss"] = float("nan")
    assert differences(found, expected) == float("inf")


# What the next three look at, tests/core/devices and core/processes show: here it is told again.
@pytest.mark.slow
def test_that_memory_runs_out_once_and_training_goes_on(days: dict[str, Day]) -> None:
    found = memory.run(days[LATER])
    assert failures(found) == []
    assert names(found, passed=True) == ["trains on", "halvings", "same losses"]
    low, high = sorted(found.values["peaks"])
    assert low < found.values["limit"] < high


@pytest.mark.slow
def test_that_a_pause_changes_nothing(days: dict[str, Day]) -> None:
    found = pausing.run(days[LATER])
    assert failures(found) == []
    assert len(names(found, passed=True)) == 3
    assert found.values == {"losses_off": 0, "weights_equal": True}


@pytest.mark.slow
def test_that_two_processes_train_as_one(days: dict[str, Day]) -> None:
    found = several.run(days["cpu"])
    assert failures(found) == []
    assert names(found, passed=True) == ["two on one device, gloo"]
    assert names(found, passed=None) == ["two on two GPUs, NCCL"]


@pytest.mark.parametrize("world", ["images", "text"], indirect=True)
def test_that_predictions_are_those_of_the_cpu(
    undisturbed: RunFolder, world: World, days: dict[str, Day], tmp_path: Path
) -> None:
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs" / f"{world.kind}-float32").symlink_to(undisturbed.path)
    found = on_later(predicting.of_kind, days[LATER], world.kind)
    assert failures(found) == []
    assert names(found, passed=True) == [f"{world.kind} as on the CPU"]
    where = found.values["where"]
    assert where["auto"].startswith("Later")
    assert where["cpu"].startswith("CPU")


def test_that_steps_are_timed_once_they_are_warm() -> None:
    def done(stage: str, step: int, time: float) -> StepDone:
        return StepDone(
            time=time,
            stage=stage,
            step=step,
            num_steps=16,
            losses={},
            lr=0.0,
            images_per_s=0.0,
            stage_left_s=None,
            run_left_s=None,
            memory_gib=0.0,
        )

    first = [done("01-further-pretrain", step, at) for step, at in ((4, 9), (8, 20), (16, 24))]
    second = [done("02-self-distill-round-1", step, at) for step, at in ((8, 30), (16, 38))]
    found = measured.step_seconds([*first, *second])
    # The fourth step is still a warm-up.
    assert found == {"further-pretrain": 0.5, "self-distill": 1.0, "finetune": 0.0}


def test_that_steps_are_profiled_and_their_gaps_told(days: dict[str, Day]) -> None:
    found = profile.run(days["cpu"])
    assert found_in_values(found)["state"] == "passed"
    assert 0 < found.values["idle_share"] < 1
    assert found.values["steps"] == 2
    assert {"aten::mm", "aten::addmm"} & found.values["costliest_ms"].keys()
    lengths = [gap["length_us"] for gap in found.values["gaps"]]
    assert len(lengths) == 10
    assert lengths == sorted(lengths, reverse=True)


@pytest.mark.slow
def test_that_a_plan_is_held_against_the_run(days: dict[str, Day]) -> None:
    day, recipe = days[LATER], measured.long_enough(days[LATER])
    found = measured.compared(day, recipe, on_later(measured.measured, day, recipe))
    assert failures(found) == []
    assert len(found.checks) == 3
    assert min(found.values["planned_step_s"].values()) > 0
    assert recipe.runtime.device == "auto"


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["images", "text"])
def test_that_a_device_learns_what_the_cpu_learns(days: dict[str, Day], kind: str) -> None:
    found = Found()
    end_to_end.like_the_cpu(days[LATER], kind, found)
    assert names(found, passed=True) == [f"{kind} as on the CPU"]


@pytest.mark.slow
def test_that_the_speed_of_fine_tuning_is_measured(days: dict[str, Day]) -> None:
    found = speed.of_stage("finetune")(days["cpu"])
    assert found.values["stage"] == "finetune"
    assert found.values["ratio"] > 0
    assert names(found, passed=None) == ["speed"]
