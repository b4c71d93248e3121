"""Stored targets are reread only if they are the answers of this very teacher to these examples."""

from pathlib import Path

import pytest

from core.run.events import Progress
from core.run.folder import RunFolder
from tests.helpers.trainers import At, Trainer, events_of, finished
from tests.helpers.worlds import World, new_run

STAGE = "02-self-distill-round-1"


def computed(run: RunFolder) -> int:
    """How often blocks of targets were computed."""
    told = events_of(run, Progress)
    return sum(event.what == "teacher targets" for event in told)


def killed_in_distillation(world: World, path: Path) -> RunFolder:
    """A run that has its targets, and no checkpoint of the student yet."""
    nothing_after: dict[str, object] = {"finetune__steps": 0, "finetune__warmup_steps": 0}
    run = new_run(world, path, runtime__checkpoint_minutes=60.0, probe__every=0, **nothing_after)
    died = At(run.path, "step_done", STAGE, 2, dies=True)
    assert Trainer(run, world.cache, died).wait() == -9
    assert computed(run) == 1
    return run


def test_that_targets_are_reread_when_nothing_changed(world: World, tmp_path: Path) -> None:
    run = killed_in_distillation(world, tmp_path / "run")
    finished(run, world.cache)
    assert computed(run) == 1


@pytest.mark.parametrize(
    ("before", "after"),
    [
        # Both are vectors of the same size.
        ('match = "class_token"', 'match = "patch_mean"'),
        pytest.param('precision = "float32"', 'precision = "bfloat16"', marks=pytest.mark.slow),
    ],
)
def test_that_a_recipe_edited_before_it_is_resumed_gets_its_own_targets(
    world: World, tmp_path: Path, before: str, after: str
) -> None:
    def edit(run: RunFolder) -> None:
        recipe = run.path / "recipe.toml"
        text = recipe.read_text()
        assert before in text
        recipe.write_text(text.replace(before, after))

    run = killed_in_distillation(world, tmp_path / "run")
    edit(run)
    finished(run, world.cache)
    assert computed(run) == 2


@pytest.mark.slow
def test_that_another_teacher_has_other_targets(world: World, tmp_path: Path) -> None:
    run = killed_in_distillation(world, tmp_path / "run")
    further = run.stage("01-further-pretrain")
    further.joinpath("encoder.safetensors").write_bytes(
        (run.model / "encoder.safetensors").read_bytes()
    )
    finished(run, world.cache)
    assert computed(run) == 2
