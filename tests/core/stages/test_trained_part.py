"""Stages that train a part of the encoder: what they read, write, and go on from."""

from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file

from core.errors import RunError
from core.run.events import Event, StepDone
from core.run.folder import RunFolder
from core.stages.pipeline import run_stages
from core.stages.setup import RunSetup
from core.training.checkpoint import newest_checkpoint
from core.training.context import Adjustments, RunContext
from core.training.device import set_up_hardware
from tests.helpers.faces import prepare
from tests.helpers.worlds import World, new_run, with_text_when_slow

FURTHER, ROUND_1 = "01-further-pretrain", "02-self-distill-round-1"
SHORT = {
    "pretrain__steps": 3,
    "distill__steps": 3,
    "finetune__steps": 0,
    "finetune__warmup_steps": 0,
    "probe__every": 0,
    "distill__match": "patch_mean",
}


class Killed(Exception):  # noqa: N818
    """As if the process had gone."""


def set_up(run: RunFolder, events: list[Event], kill_at: tuple[str, int] | None = None) -> RunSetup:
    """The run within this process; killed after a step of a stage."""

    def after(stage: str, step: int) -> None:
        if (stage, step) == kill_at:
            raise Killed

    adjustments = Adjustments.load(run.path / "adjustments.json")
    context = RunContext(events.append, adjustments, stepped=after)
    recipe = run.recipe()
    return prepare(run, recipe, set_up_hardware(recipe.runtime), context)


def losses(events: list[Event]) -> dict[tuple[str, int], float]:
    return {(e.stage, e.step): e.losses["loss"] for e in events if isinstance(e, StepDone)}


@with_text_when_slow
@pytest.mark.parametrize("part", [pytest.param("last:1", marks=pytest.mark.slow), "lora:2"])
def test_that_a_part_goes_through_all_stages_killed_or_not(
    world: World, tmp_path: Path, part: str
) -> None:
    whole, events = new_run(world, tmp_path / "run", pretrain__train=part, **SHORT), []
    run_stages(set_up(whole, events))
    initial = load_file(whole.model / "encoder.safetensors")
    for stage in (FURTHER, ROUND_1):
        now = load_file(whole.stage(stage) / "encoder.safetensors")
        assert {name: value.shape for name, value in now.items()} == {
            name: value.shape for name, value in initial.items()
        }
        moved = {name for name in initial if not torch.equal(now[name], initial[name])}
        assert moved
        # Tables of tokens and positions, what the heads of texts share with them, and patches.
        assert not {name for name in moved if "embed" in name and "norm" not in name.lower()}
        summary = whole.read_json(f"stages/{stage}/summary.json")
        squares = sum(float((now[name] - initial[name]).square().sum()) for name in initial)
        assert summary["distance_from_initial"]["total"] == pytest.approx(squares**0.5, rel=1e-4)
    # The same with a kill in each stage.
    cut = new_run(world, tmp_path / "cut", pretrain__train=part, **SHORT)
    for place in ((FURTHER, 2), (ROUND_1, 2)):
        with pytest.raises(Killed):
            run_stages(set_up(cut, [], place))
    file = newest_checkpoint(cut.stage(ROUND_1))
    assert file is not None
    with safe_open(file, framework="pt") as tensors:
        names = {name for name in tensors.keys() if name.startswith("model/")}  # noqa: SIM118
    assert names
    assert len([name for name in names if "encoder." in name and "lora" not in name]) < len(initial)
    run_stages(set_up(cut, []))
    for stage in (FURTHER, ROUND_1):
        for part_of in ("encoder", "decoder"):
            one, other = (
                load_file(r.stage(stage) / f"{part_of}.safetensors") for r in (whole, cut)
            )
            assert all(torch.equal(other[name], value) for name, value in one.items())


@pytest.mark.slow
@pytest.mark.parametrize("part", ["last:1", "lora:2"])
def test_that_micro_batches_give_the_losses_of_whole_batches(
    world: World, tmp_path: Path, part: str
) -> None:
    found = []
    for size in (None, 3):
        settings = {**SHORT, "pretrain__train": part, "runtime__micro_batch_size": size}
        events: list[Event] = []
        run_stages(set_up(new_run(world, tmp_path / f"run-{size}", **settings), events))
        found.append(losses(events))
    assert found[1] == pytest.approx(found[0], rel=1e-4, abs=1e-5)


def test_that_a_part_that_is_not_there_is_refused_before_anything_is_read(
    world: World, tmp_path: Path
) -> None:
    run = new_run(world, tmp_path / "run", pretrain__train="last:99")
    with pytest.raises(RunError, match="has 2 blocks") as refused:
        set_up(run, [])
    assert refused.value.id == "train-part-misfit"
    assert not run.manifest_file.exists()
