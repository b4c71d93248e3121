"""A comparison of arms: whatever disturbs it, its results are those of an undisturbed one."""

import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from core.planning.comparison import compared_recipe
from core.readers.outcome import read_outcome
from core.recipe import Recipe, write_recipe
from core.recipe.arms import ARMS, AVERAGES
from core.run.events import Noticed, StageDone, StageResumed, StageStarted
from core.run.folder import RunFolder, RunState
from core.run.launch import send_command
from core.run.plan import USUAL_COSTS, plan_stages, repeat_of, stage_behind
from core.system import process_names
from core.system.own_process import child_environment
from tests.helpers.trainers import (
    At,
    Trainer,
    events_of,
    finished,
    summary_of,
    weights_of,
)
from tests.helpers.worlds import World, tiny_recipe

# All that is trained; averages have tests of their own (tests/core/stages/test_averages.py).
ALL = [arm for arm in ARMS if arm not in AVERAGES]


def recipe_of(world: World) -> Recipe:
    """A tiny one in which every arm's regulariser has something to do within four steps."""
    return tiny_recipe(
        world,
        model__name=str(world.timm_model),
        finetune__steps=4,
        baselines={"mars_gamma": 0.02, "mars_head_gamma": 0.02, "recadam_t0": 2.0},
    )


def comparison(world: World, path: Path, arms: list[str], seeds: int = 2) -> RunFolder:
    return RunFolder.create(path, compared_recipe(recipe_of(world), arms, seeds))


def test_that_pre_training_is_repeated_as_often_as_asked_and_once_otherwise() -> None:
    labeled = Recipe.model_validate({"data": {"labeled": "photos"}})
    for asked, number in ((None, 1), (3, 3)):
        recipe = compared_recipe(labeled, ["base", "further"], 3, None, asked)
        stages = plan_stages(recipe, USUAL_COSTS, decoder_is_fresh=False, can_finetune=True)
        assert sum(stage.kind == "further-pretrain" for stage in stages) == number
        starts = {
            stage_behind("further", stages, repeat_of(each.seed_index, recipe))
            for each in stages
            if each.arm == "further"
        }
        assert len(starts) == number


def compare(world: World, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`redistill compare …`."""
    return subprocess.run(
        [sys.executable, "-m", "core.cli.main", "compare", *arguments],
        env={**child_environment(), "REDISTILL_CACHE": str(world.cache), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=250,
    )


@pytest.fixture(scope="module")
def all_arms(world: World, tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """All arms with two seeds, from start to end, by the command."""
    folder = tmp_path_factory.mktemp("all-arms")
    write_recipe(folder / "recipe.toml", recipe_of(world))
    options = ["--arms", ",".join(ALL), "--seeds", "2", "--out", str(folder / "run")]
    done = compare(world, str(folder / "recipe.toml"), *options)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "So far (19 of 20 fine-tunings): " in done.stdout
    assert "9 comparisons with fine-tuning alone" in done.stdout
    return RunFolder.open(folder / "run")


@pytest.mark.slow
def test_that_fine_tunings_go_seed_by_seed_after_shared_pretraining(all_arms: RunFolder) -> None:
    done = [event.stage.partition("-")[2] for event in events_of(all_arms, StageDone)]
    assert done == [
        "decoder-warmup",
        "further-pretrain",
        "self-distill-round-1",
        "self-distill-distill-only-round-1",
        "self-distill-teacher-initial-round-1",
        "further-pretrain-longer-further",
        *(f"finetune-{arm}-seed-{seed}" for seed in (0, 1) for arm in ALL),
    ]


@pytest.mark.slow
def test_that_the_results_have_all_arms_and_are_final(all_arms: RunFolder) -> None:
    results = all_arms.read_json("results.json")
    assert list(results["arms"]) == ALL
    assert results["interim"] is None
    assert all(arm["num_seeds"] == 2 for arm in results["arms"].values())
    assert set(results["arms"]["mars"]["against"]) == set(ALL) - {"mars"}
    assert 0 <= results["arms"]["mars"]["against"]["base"]["p_holm"] <= 1


@pytest.mark.slow
def test_that_every_arm_learns_something_of_its_own(all_arms: RunFolder) -> None:
    names = [path.name for path in sorted((all_arms.path / "stages").glob("*seed-0"))]
    weights = {(all_arms.stage(name) / "classifier.safetensors").read_bytes() for name in names}
    assert len(weights) == len(ALL)
    assert summary_of(all_arms, "04-self-distill-distill-only-round-1")["losses"].keys() == {
        "loss",
        "distill",
    }


@pytest.mark.slow
def test_that_a_comparison_killed_in_the_middle_repeats_no_pretraining(
    world: World, tmp_path: Path, all_arms: RunFolder
) -> None:
    run = comparison(world, tmp_path / "run", ALL)
    for number, arm in ((10, "recadam"), (11, "mars"), (12, "r3f")):
        stage = f"{number}-finetune-{arm}-seed-0"
        trainer = Trainer(run, world.cache, At(run.path, "checkpoint_saved", stage, 2, dies=True))
        assert trainer.wait() < 0
        assert run.status().state is RunState.INTERRUPTED
    interim = run.read_json("results.json")
    assert interim["interim"] == {"done": 5, "of": 20}
    assert interim["verdict"].startswith("So far (5 of 20 fine-tunings): ")
    finished(run, world.cache)
    assert weights_of(run) == weights_of(all_arms)
    assert run.read_json("results.json")["arms"] == all_arms.read_json("results.json")["arms"]
    begun = [event.stage for event in events_of(run, StageStarted)]
    assert len(begun) == len(set(begun)) == 26
    resumed = [event.stage for event in events_of(run, StageResumed)]
    assert all("-finetune-" in stage for stage in resumed)
    assert len(resumed) == 3


@pytest.mark.slow
def test_that_a_lost_devices_work_is_taken_over(world: World, tmp_path: Path) -> None:
    arms = ["base", "mars", "l2sp"]
    alone = finished(comparison(world, tmp_path / "alone", arms), world.cache)
    recipe = alone.recipe()
    runtime = recipe.runtime.model_copy(update={"devices": ("cpu", "cpu")})
    shared = recipe.model_copy(update={"runtime": runtime})
    run = RunFolder.create(tmp_path / "shared", shared)
    # The first process holds still within the first fine-tuning; so the other one does the rest.
    trainer = Trainer(run, world.cache, At(run.path, "step_done", "01-finetune-base-seed-0", 2))
    trainer.wait_until_held()
    until((run.stage("03-finetune-l2sp-seed-0") / "summary.json").exists)
    (worker,) = [child for child in psutil.Process(trainer.pid).children() if is_worker(child)]
    worker.kill()
    trainer.let_go()
    assert trainer.wait() == 0, trainer.said()[-2000:]
    assert weights_of(run) == weights_of(alone)
    assert run.read_json("results.json")["arms"] == alone.read_json("results.json")["arms"]
    assert [event for event in events_of(run, Noticed) if event.id == "device-lost"]
    assert not list(run.path.glob("stages/*/claim.lock"))


def test_that_stopping_early_keeps_the_answer_until_then(world: World, tmp_path: Path) -> None:
    run = comparison(world, tmp_path / "run", ["base", "mars"], seeds=2)
    stage = "04-finetune-mars-seed-1"
    trainer = Trainer(run, world.cache, At(run.path, "checkpoint_saved", stage, 1))
    trainer.wait_until_held()
    send_command(run, "stop")
    until(lambda: not (run.path / "control.json").exists())
    trainer.let_go()
    assert trainer.wait() == 0
    assert run.status().state is RunState.STOPPED
    assert "So far (3 of 4 fine-tunings): " in run.status().text
    # Of the second seed only one arm is there: it is not compared with nothing.
    arms = read_outcome(run).arms
    assert [(arm.name, len(arm.seeds)) for arm in arms] == [("base", 1), ("mars", 1)]


def is_worker(process: psutil.Process) -> bool:
    try:
        return process_names.FINETUNE_WORKER in " ".join(process.cmdline())
    except psutil.ZombieProcess:
        return False


REGULARISED = ["base", "recadam", "mars", "r3f", "l2sp"]


@pytest.mark.slow
def test_that_regularised_arms_killed_between_two_steps_learn_the_same(
    world: World, tmp_path: Path
) -> None:
    alone = finished(comparison(world, tmp_path / "alone", REGULARISED, seeds=1), world.cache)
    run = comparison(world, tmp_path / "run", REGULARISED, seeds=1)
    for number, arm in enumerate(REGULARISED, 1):
        stage = f"{number:02d}-finetune-{arm}-seed-0"
        trainer = Trainer(run, world.cache, At(run.path, "checkpoint_saved", stage, 2, dies=True))
        assert trainer.wait() < 0
    interim = run.read_json("results.json")
    assert interim["interim"] == {"done": 4, "of": 5}
    assert interim["verdict"].startswith("So far (4 of 5 fine-tunings): ")
    finished(run, world.cache)
    weights = weights_of(run)
    assert weights == weights_of(alone)
    classifiers = {weights[name] for name in weights if "classifier" in name}
    assert len(classifiers) == len(REGULARISED)
    assert run.read_json("results.json")["arms"] == alone.read_json("results.json")["arms"]


def until(happened: object, timeout_s: float = 90) -> None:
    end = time.monotonic() + timeout_s
    while not happened():  # type: ignore[operator]
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.02)


@pytest.mark.slow
def test_that_a_finished_comparison_goes_on_with_more_seeds(world: World, tmp_path: Path) -> None:
    write_recipe(tmp_path / "recipe.toml", recipe_of(world))
    run = tmp_path / "run"
    asked = [str(tmp_path / "recipe.toml"), "--arms", "base,l2sp", "--out", str(run)]
    assert compare(world, *asked, "--seeds", "1").returncode == 0
    first = weights_of(RunFolder(run))
    more = compare(world, *asked, "--seeds", "2")
    assert more.returncode == 0, more.stdout + more.stderr
    results = RunFolder(run).read_json("results.json")
    assert results["arms"]["l2sp"]["num_seeds"] == 2
    assert results["extended_from"] == [1]
    assert "Seeds were added once, after 1: " in results["verdict"]
    assert first.items() <= weights_of(RunFolder(run)).items()
    other = compare(world, *asked, "--seeds", "2", "--set", "finetune.lr=0.5")
    assert other.returncode == 2
    assert "finetune.lr" in other.stdout + other.stderr
