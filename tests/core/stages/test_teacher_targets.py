"""Stored targets are reread only if they are the answers of this very teacher to these examples."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from core.run.events import Progress
from core.run.folder import RunFolder
from core.stages.self_distill import _identity
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
    ("before", "after", "blocks"),
    [
        # Both are vectors of the same size.
        ('match = "class_token"', 'match = "patch_mean"', 1),
        pytest.param("flips = false", "flips = true", 2, marks=pytest.mark.slow),
        pytest.param('precision = "float32"', 'precision = "bfloat16"', 1, marks=pytest.mark.slow),
    ],
)
def test_that_a_recipe_edited_before_it_is_resumed_gets_its_own_targets(
    world: World, tmp_path: Path, before: str, after: str, blocks: int
) -> None:
    def edit(run: RunFolder) -> None:
        recipe = run.path / "recipe.toml"
        head, section, text = recipe.read_text().partition("[distill]")
        assert before in text
        recipe.write_text(head + section + text.replace(before, after, 1))

    run = killed_in_distillation(world, tmp_path / "run")
    edit(run)
    finished(run, world.cache)
    assert computed(run) == 1 + blocks


@pytest.mark.parametrize("what", ["teacher", "model", "manifest", "match", "precision", "tf32"])
def test_that_targets_are_known_by_all_that_they_depend_on(what: str, tmp_path: Path) -> None:
    files = {name: tmp_path / f"{name}.json" for name in ("teacher", "model", "manifest")}
    for file in files.values():
        file.write_text("before")
    recipe = SimpleNamespace(
        distill=SimpleNamespace(match="class_token"), runtime=SimpleNamespace(tf32=True)
    )
    setup: Any = SimpleNamespace(
        run=SimpleNamespace(model=tmp_path, manifest_file=files["manifest"]),
        recipe=recipe,
        hardware=SimpleNamespace(precision="float32"),
    )
    before = _identity(setup, (files["teacher"],))
    if what in files:
        # Of the manifest: the set of examples was edited.
        files[what].write_text("after")
    recipe.distill.match = "patch_mean" if what == "match" else "class_token"
    recipe.runtime.tf32 = what != "tf32"
    setup.hardware.precision = "bfloat16" if what == "precision" else "float32"
    after = _identity(setup, (files["teacher"],))
    assert {key for key in before if before[key] != after[key]} == {what}


@pytest.mark.slow
def test_that_another_teacher_has_other_targets(world: World, tmp_path: Path) -> None:
    run = killed_in_distillation(world, tmp_path / "run")
    further = run.stage("01-further-pretrain")
    further.joinpath("encoder.safetensors").write_bytes(
        (run.model / "encoder.safetensors").read_bytes()
    )
    finished(run, world.cache)
    assert computed(run) == 2
