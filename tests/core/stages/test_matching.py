"""What student and teacher are compared by."""

from pathlib import Path

import pytest

from core.images.model.store import open_model
from core.run.events import Event, Noticed
from core.stages.matching import with_match
from core.training.context import Adjustments, RunContext
from tests.helpers.worlds import World, new_run, tiny_recipe


@pytest.mark.parametrize(
    ("family", "match", "words"),
    [
        ("mae", "patch_mean", "the mean of the patches (patch_mean)"),
        ("dino", "class_token", "the class token (class_token)"),
        ("sentence", "patch_mean", "the mean of the patches (patch_mean)"),
    ],
)
def test_that_auto_says_what_it_compares_and_a_run_goes_on_with_it(
    world: World,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    family: str,
    match: str,
    words: str,
) -> None:
    run, recipe = new_run(world, tmp_path / "run"), tiny_recipe(world, distill__match="auto")
    model, told = open_model(world.model), list[Event]()
    context = RunContext(told.append, Adjustments.load(run.path / "adjustments.json"))
    monkeypatch.setattr(type(model), "family", family)
    assert with_match(run, recipe, model, context).distill.match == match
    assert [event.id for event in told if isinstance(event, Noticed)] == ["match-chosen"]
    assert isinstance(told[0], Noticed)
    assert words in told[0].text
    assert "Set distill.match" in told[0].text
    # What was begun goes on, without a word.
    monkeypatch.setattr(type(model), "family", "mae" if match == "class_token" else "dino")
    assert with_match(run, recipe, model, context).distill.match == match
    assert len(told) == 1


def test_that_what_is_asked_for_is_not_asked_again(world: World, tmp_path: Path) -> None:
    run, recipe = new_run(world, tmp_path / "run"), tiny_recipe(world)
    context = RunContext(lambda _: None, Adjustments.load(run.path / "adjustments.json"))
    assert with_match(run, recipe, open_model(world.model), context) == recipe
    assert not (run.path / "match.json").exists()
