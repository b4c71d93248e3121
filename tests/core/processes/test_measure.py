"""What a recipe costs on this machine, measured by a real tiny run."""

import io
import json
from pathlib import Path

import pytest

from core.errors import RunError
from core.planning.estimate import Measurement, estimate_run
from core.planning.steps import fit_steps
from core.processes.measure import Watch, Windows, measure
from core.system.json_lines import MessageWriter
from core.system.stopping import Stopped
from tests.helpers.worlds import World, in_both_worlds, tiny_recipe
from tests.later.process import on_later


class Listener(io.StringIO):
    """Hears a helper's messages; with a number of steps, wants no more after them."""

    def __init__(self, most: int | None = None) -> None:
        super().__init__()
        self._most = most

    def write(self, line: str) -> int:
        heard = super().write(line)
        if self._most is not None and json.loads(line)["done"] >= self._most:
            raise OSError("nobody listens")
        return heard


# Images are measured in the window's story (tests/gui/test_story.py).
@pytest.mark.slow
@pytest.mark.parametrize("world", ["text"], indirect=True)
def test_that_every_kind_of_stage_is_measured_and_nothing_stays(
    world: World, tmp_path: Path
) -> None:
    found = measure(tiny_recipe(world), MessageWriter(Listener()), tmp_path)
    assert found.masked_step_s > 0
    assert found.distill_step_s > 0
    assert found.finetune_image_s > 0
    assert set(found.memory_gib) >= {"further-pretrain", "self-distill", "finetune"}
    assert list(tmp_path.iterdir()) == []


def measured(world: World, folder: Path) -> Measurement:
    return measure(tiny_recipe(world, runtime__device="auto"), MessageWriter(Listener()), folder)


@in_both_worlds
def test_that_a_device_that_lags_behind_is_measured_too(world: World, tmp_path: Path) -> None:
    found = on_later(measured, world, tmp_path)
    assert "Later" in found.device
    assert min(found.masked_step_s, found.distill_step_s, found.finetune_image_s) > 0.001
    assert 0 < found.memory_gib["finetune"] < found.memory_gib["self-distill"] < 0.1
    assert 0 < found.memory_free_gib <= 16
    # Whoever plans with it gets numbers of steps that have something to do with the hour.
    planned = fit_steps(found, tiny_recipe(world, finetune__num_seeds=1), 24, 24, 3600)
    assert 20 < planned.pretrain.steps < 1_000_000
    assert estimate_run(found, planned, 24, 24).seconds == pytest.approx(3600, rel=0.1)


def test_that_steps_that_take_no_time_are_an_error() -> None:
    watch = Watch(MessageWriter(Listener()), Windows(1, 2), lambda: None, lambda: 0.0)
    for step in (1, 2):
        watch("01-further-pretrain", step)
    with pytest.raises(RunError) as error:
        watch.step_s("further-pretrain")
    assert error.value.id == "not-measured"
    assert watch.step_s("self-distill") == 0


def test_that_it_ends_at_the_next_step_when_nobody_wants_to_know(
    world: World, tmp_path: Path
) -> None:
    listener = Listener(most=3)
    with pytest.raises(Stopped):
        measure(tiny_recipe(world), MessageWriter(listener), tmp_path)
    last = json.loads(listener.getvalue().splitlines()[-1])
    assert (last["kind"], last["done"]) == ("progress", 3)
    assert list(tmp_path.iterdir()) == []
