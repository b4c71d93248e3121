"""What each fine-tuning of a comparison is doing, and what a comparison will cost."""

import json
from pathlib import Path

import pytest

from core.errors import RunError
from core.planning.comparison import (
    collapse_finetunings,
    compared_recipe,
    is_comparison,
    with_more_seeds,
)
from core.planning.estimate import RunEstimate, StageEstimate
from core.readers.comparison_progress import Cell, CellState, ComparisonProgress, read_done
from core.recipe import Recipe
from core.run.events import (
    Outcome,
    RunEnded,
    RunStarted,
    StageDone,
    StageResumed,
    StageStarted,
    StepDone,
)
from core.run.extensions import extended_from
from core.run.folder import RunFolder

WAITING = Cell(CellState.WAITING)


def recipe(seeds: int = 2) -> Recipe:
    asked = Recipe.model_validate({"data": {"labeled": "/labels"}})
    return compared_recipe(asked, ["base", "distilled"], seeds)


def step(stage: str, number: int) -> StepDone:
    return StepDone(
        stage=stage,
        step=number,
        num_steps=40,
        losses={"loss": 1.0},
        lr=1e-3,
        images_per_s=9.0,
        stage_left_s=3.0,
        run_left_s=60.0,
        memory_gib=1.0,
        time=1000.0,
    )


def test_that_cells_follow_the_events() -> None:
    progress = ComparisonProgress(recipe())
    names = list(progress.stages)
    first = names[2]
    assert names[:3] == ["01-further-pretrain", "02-self-distill-round-1", first]
    assert progress.take([RunStarted(stages=names, device="", precision="", num_processes=1)]) == []
    progress.take([StageStarted(stage=names[0], num_steps=40), step(names[0], 10)])
    shared = dict(progress.shared(is_training=True))
    assert shared[names[0]] == Cell(CellState.RUNNING, 0.25)
    assert shared[names[1]] == WAITING
    progress.take([StageDone(stage=name, summary={}) for name in names[:2]])
    done = StageDone(stage=first, summary={"test": {"accuracy": {"value": 0.75}}})
    assert progress.take([StageStarted(stage=first, num_steps=40), done]) == [first]
    progress.take([StageResumed(stage=names[3], step=8, num_steps=40)])
    cells = progress.cells(is_training=True)
    assert cells["base", 0] == Cell(CellState.DONE, 1.0, 0.75)
    assert cells["distilled", 0] == Cell(CellState.RUNNING, 0.2)
    assert cells["base", 1] == cells["distilled", 1] == WAITING
    assert progress.num_done == 1
    assert progress.left == (1000.0, 60.0)


def test_that_nothing_is_at_work_once_the_trainer_ended_or_was_killed() -> None:
    progress = ComparisonProgress(recipe())
    first = progress.stages[2]
    progress.take([step(first, 20)])
    begun = Cell(CellState.BEGUN, 0.5)
    assert progress.cells(is_training=False)["base", 0] == begun
    progress.take([RunEnded(outcome=Outcome.PAUSED, text="Paused.")])
    assert progress.cells(is_training=True)["base", 0] == begun
    assert progress.left is None


def test_that_seeds_that_were_added_elsewhere_are_seen() -> None:
    progress = ComparisonProgress(recipe(seeds=2))
    names = ComparisonProgress(recipe(seeds=3)).stages
    progress.take([RunStarted(stages=names, device="", precision="", num_processes=1)])
    assert progress.num_seeds == 3
    assert progress.cells(is_training=True)["distilled", 2] == WAITING


def test_that_what_the_log_lacks_is_found_on_disk(tmp_path: Path) -> None:
    run = RunFolder.create(tmp_path / "run", recipe())
    progress = ComparisonProgress(run.recipe())
    for name, text in (
        (progress.stages[2], json.dumps({"test": {"accuracy": {"value": 0.5}}})),
        (progress.stages[3], "{}"),
        (progress.stages[4], "torn"),
    ):
        run.stage(name).mkdir(parents=True)
        (run.stage(name) / "summary.json").write_text(text)
    found = read_done(run)
    assert found == {progress.stages[2]: 0.5, progress.stages[3]: None}
    assert read_done(run, known=found) == {}
    progress.learn(found)
    assert progress.cells(is_training=False)["base", 0].score == 0.5
    assert progress.num_done == 2


def test_that_more_seeds_are_refused_while_a_trainer_works(tmp_path: Path) -> None:
    run = RunFolder.create(tmp_path / "run", recipe())
    assert is_comparison(run.recipe())
    assert not is_comparison(Recipe())
    with run.lock(), pytest.raises(RunError) as refused:
        with_more_seeds(run, 4)
    assert refused.value.id == "run-locked"
    with_more_seeds(run, 4)
    with_more_seeds(run, 3)
    assert run.recipe() == recipe(4)
    with_more_seeds(run, 4, ["cpu", "cpu"])
    assert run.recipe().runtime.devices == ("cpu", "cpu")
    # Nobody has seen any numbers yet: that was no look.
    assert extended_from(run) == []
    run.results_file.write_text("{}")
    with_more_seeds(run, 4)
    assert extended_from(run) == []
    with_more_seeds(run, 6)
    with_more_seeds(run, 9)
    assert extended_from(run) == [4, 6]


def test_that_an_estimate_counts_what_is_shared_and_what_is_there() -> None:
    def stage(name: str, kind: str, seconds: float) -> StageEstimate:
        return StageEstimate(name, kind, 10, seconds, 1.0, 0.5)

    tuned = [stage(f"0{n}-finetune-base-seed-{n}", "finetune", 60.0) for n in range(4)]
    whole = RunEstimate(
        (stage("01-further-pretrain", "further-pretrain", 100.0), *tuned), 350, 1, 2
    )
    alone = collapse_finetunings(whole)
    assert [each.name for each in alone.stages] == ["01-further-pretrain", "00-finetune-4 times"]
    assert (alone.stages[1].num_steps, alone.seconds, alone.disk_gib) == (40, 350, 2)
    two = collapse_finetunings(whole, 2, without=["01-further-pretrain"])
    assert [each.seconds for each in two.stages] == [120.0]
    assert (two.seconds, two.disk_gib) == (130, 2.5)
