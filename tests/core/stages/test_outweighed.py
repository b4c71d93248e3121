"""A person hears when distillation leaves nothing of the objective."""

from pathlib import Path

import pytest

from core.recipe import DistillRecipe
from core.run.events import Event, Noticed, StageResumed, StageStarted, StepDone
from core.stages.outweighed import Outweighed, outweighed
from core.training.context import Adjustments, RunContext


def _step(stage: str, **losses: float) -> StepDone:
    return StepDone(
        stage=stage,
        step=1,
        num_steps=9,
        losses=losses,
        lr=1e-4,
        images_per_s=1.0,
        stage_left_s=None,
        run_left_s=None,
        memory_gib=1.0,
    )


def test_that_a_scale_that_outweighs_all_else_is_said_with_what_to_set() -> None:
    # As DINOv2-S begins with the paper's distance.
    words = outweighed(DistillRecipe(), {"loss": 2310.96, "masked": 0.96, "distill": 2310.0})
    assert "2,406 times" in words
    assert "set distill.distance to smooth_l1" in words
    assert "distill.weight to 0.00042" in words


def test_that_only_the_weight_is_named_where_the_distance_has_no_scale() -> None:
    recipe = DistillRecipe(distance="cosine", weight=40)
    words = outweighed(recipe, {"loss": 0.5 + 8, "masked": 0.5, "distill": 0.2})
    assert "smooth_l1" not in words
    assert "set distill.weight to 2.5" in words


@pytest.mark.parametrize("term", [0.0, 1.0, 9.9])
def test_that_nothing_is_said_of_what_the_objective_stands_beside(term: float) -> None:
    assert not outweighed(DistillRecipe(), {"loss": 1 + term, "masked": 1.0, "distill": term})


def test_that_nothing_is_said_where_there_is_no_objective() -> None:
    assert not outweighed(DistillRecipe(), {"loss": 50.0, "distill": 50.0})


def test_that_it_is_said_once_and_only_of_a_stage_that_begins(tmp_path: Path) -> None:
    told: list[Event] = []
    context = RunContext(told.append, Adjustments(tmp_path / "adjustments.json"))
    stage, much = "02-self-distill-round-1", {"loss": 51.0, "distill": 50.0}
    heard = context.overheard(Outweighed(stage, DistillRecipe(), context))
    for event in (
        StageResumed(stage=stage, step=4, num_steps=9),
        _step(stage, **much),
        StageStarted(stage=stage, num_steps=9),
        _step(stage, **much),
        _step(stage, **much),
    ):
        heard.report(event)
    assert [getattr(event, "id", event.kind) for event in told] == [
        "stage_resumed",
        "step_done",
        "stage_started",
        "step_done",
        "objective-outweighed",
        "step_done",
    ]
    assert isinstance(told[4], Noticed)
