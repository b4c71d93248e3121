"""Which objective a run trains with."""

from pathlib import Path

import pytest

from core.images.model.store import open_model
from core.recipe.objectives import OBJECTIVES, suited
from core.run.events import Event, Noticed
from core.run.folder import RunFolder
from core.stages.objectives.choose import MAKERS, with_objective
from core.training.context import Adjustments, RunContext
from tests.helpers.worlds import World, new_run, tiny_recipe

AUTOS = [("dino", "contrastive", "all", 5e-5), ("mae", "masked", "all", 1.5e-4)]


def _context(run: RunFolder, events: list[Event]) -> RunContext:
    return RunContext(events.append, Adjustments.load(run.path / "adjustments.json"))


def test_that_every_objective_of_the_table_can_be_made() -> None:
    assert MAKERS.keys() == OBJECTIVES.keys()


def test_that_auto_says_what_it_chose_and_a_run_goes_on_with_it(
    world: World, tmp_path: Path
) -> None:
    run = new_run(world, tmp_path / "run", pretrain__objective="auto")
    recipe, model = tiny_recipe(world, pretrain__objective="auto"), open_model(world.model)
    events: list[Event] = []
    found = with_objective(run, recipe, model, _context(run, events))
    expected = suited(model.family, world.kind).objective.name
    assert found.pretrain.objective == expected
    said = [event.text for event in events if isinstance(event, Noticed)]
    assert f"The objective is {expected}" in said[0]
    assert "pretrain.objective" in said[0]
    # A later version may choose otherwise: what was begun goes on, without a word.
    kept = '{"objective": "masked", "part": "all"}'
    (run.path / "objective.json").write_text(kept)
    events.clear()
    again = with_objective(run, recipe, model, _context(run, events))
    assert again.pretrain.objective == "masked"
    assert not events


def test_that_what_is_asked_for_is_done_and_doubted_where_it_harms(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, recipe = new_run(world, tmp_path / "run"), tiny_recipe(world)
    model = open_model(world.model)
    monkeypatch.setattr(type(model), "family", "dino")
    events: list[Event] = []
    found = with_objective(run, recipe, model, _context(run, events))
    assert found.pretrain.objective == "masked"
    assert [event.id for event in events if isinstance(event, Noticed)] == ["objective-doubtful"]
    assert not (run.path / "objective.json").exists()


@pytest.mark.parametrize(("family", "objective", "part", "lr"), AUTOS)
def test_that_auto_trains_the_part_that_its_objective_was_measured_with(
    world: World,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    family: str,
    objective: str,
    part: str,
    lr: float,
) -> None:
    rates = {"pretrain__lr": 1.5e-4, "distill__lr": 3e-4}
    asked = {"pretrain__objective": "auto", "pretrain__train": "auto", **rates}
    run, recipe = new_run(world, tmp_path / "run", **asked), tiny_recipe(world, **asked)
    model = open_model(world.model)
    monkeypatch.setattr(type(model), "family", family)
    events: list[Event] = []
    recipes = with_objective(run, recipe, model, _context(run, events))
    found = recipes.pretrain
    assert (found.objective, found.train) == (objective, part)
    assert (found.lr, recipes.distill.lr) == pytest.approx((lr, 2 * lr))
    said = "".join(event.text for event in events if isinstance(event, Noticed))
    assert f"Of the encoder, {part} is trained (pretrain.train)" in said
    assert ("at a learning rate of 5e-05 and 0.0001: 0.33 of" in said) == (lr != 1.5e-4)
    # A run goes on with it, and what is asked for is not changed.
    assert with_objective(run, recipe, model, _context(run, events)) == recipes
    own = {**rates, "pretrain__objective": "auto", "pretrain__train": "last:1"}
    kept = with_objective(run, tiny_recipe(world, **own), model, _context(run, events))
    assert (kept.pretrain.train, kept.pretrain.lr, kept.distill.lr) == ("last:1", 1.5e-4, 3e-4)
    # An earlier version took the learning rate whole.
    (run.path / "objective.json").write_text('{"objective": "contrastive", "part": "last:2"}')
    before = with_objective(run, recipe, model, _context(run, events)).pretrain
    assert (before.objective, before.train, before.lr) == ("contrastive", "last:2", 1.5e-4)
    # Who asks for the objective alone is told of the part.
    events.clear()
    named = tiny_recipe(world, **{**asked, "pretrain__objective": objective})
    again = with_objective(run, named, model, _context(run, events)).pretrain
    assert (again.train, again.lr) == (part, pytest.approx(lr))
    assert any(e.id == "part-chosen" for e in events if isinstance(e, Noticed))
