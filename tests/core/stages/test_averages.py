"""WiSE-FT and the soup: made of finished fine-tunings, the same by hand, told as they are."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from core.planning.comparison import compared_recipe, with_more_seeds
from core.readers.judgement import Judgement
from core.readers.outcome import read_outcome
from core.recipe.files import validated_recipe
from core.run.classifiers import classifiers_of
from core.run.events import Noticed
from core.run.folder import RunFolder
from gui.outcome.words import surer
from tests.helpers.trainers import events_of, finished, summary_of
from tests.helpers.worlds import World, tiny_recipe

ARMS = ["base", "wise-ft", "soup"]
TENSORS = "classifier.safetensors"


def comparison(
    world: World,
    path: Path,
    *,
    val_fraction: float,
    arms: list[str] = ARMS,
    num_seeds: int = 2,
    **finetune: object,
) -> RunFolder:
    recipe = tiny_recipe(world, finetune__steps=4, finetune__lr=1e-2, finetune__head="probe")
    values = recipe.model_dump(mode="json", exclude_none=True)
    values["data"]["val_fraction"] = val_fraction
    # Which it may not stay: an arm of its own shows what it does.
    values["finetune"] |= {"interpolate": True, **finetune}
    return RunFolder.create(path, compared_recipe(validated_recipe(values), arms, num_seeds))


@pytest.fixture(scope="module")
def averaged(image_world: World, tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """Averages of two fine-tunings, some of whose images are for validation."""
    run = comparison(image_world, tmp_path_factory.mktemp("averages") / "run", val_fraction=0.4)
    return finished(run, image_world.cache)


def stage_of(run: RunFolder, arm: str, seed: int) -> str:
    (folder,) = run.stages.glob(f"*-finetune-{arm}-seed-{seed}")
    return folder.name


def weights(run: RunFolder, arm: str, seed: int) -> dict[str, torch.Tensor]:
    """Of a classifier, before its temperature."""
    name = stage_of(run, arm, seed)
    found = load_file(run.stage(name) / TENSORS)
    calibration = summary_of(run, name).get("calibration")
    for key in ("head.weight", "head.bias") if calibration else ():
        found[key] = found[key] * calibration["temperature"]
    return found


def test_that_a_soup_is_the_mean_of_the_fine_tunings(averaged: RunFolder) -> None:
    one, other, soup = (weights(averaged, *of) for of in (("base", 0), ("base", 1), ("soup", 0)))
    assert not torch.equal(one["head.weight"], other["head.weight"])
    for name, value in soup.items():
        torch.testing.assert_close(value, (one[name] + other[name]) / 2)
    summary = summary_of(averaged, stage_of(averaged, "soup", 0))
    assert summary["num_averaged"] == 2
    assert summary["made_of"] == [stage_of(averaged, "base", seed) for seed in (0, 1)]


def test_that_wise_ft_lies_between_where_a_fine_tuning_began_and_ended(
    averaged: RunFolder,
) -> None:
    start = load_file(averaged.frozen / "probe-base" / TENSORS)
    for seed in (0, 1):
        summary = summary_of(averaged, stage_of(averaged, "wise-ft", seed))
        losses = {each["share"]: each["loss"] for each in summary["shares"]}
        assert list(losses) == pytest.approx([k / 10 for k in range(11)])
        assert losses[summary["share"]] == min(losses.values())
        end, made = weights(averaged, "base", seed), weights(averaged, "wise-ft", seed)
        # Of the encoder; the head of the frozen row is another probe.
        name = next(key for key in end if "blocks" in key)
        expected = torch.lerp(start[name], end[name], summary["share"])
        torch.testing.assert_close(made[name], expected)


def test_that_a_soup_has_numbers_and_no_verdict_in_every_face(averaged: RunFolder) -> None:
    results = json.loads(averaged.results_file.read_text(encoding="utf-8"))
    assert list(results["arms"]) == ARMS
    assert [results["arms"][arm]["num_seeds"] for arm in ARMS] == [2, 2, 1]
    assert [results["arms"][arm]["against"]["base"]["is_judged"] for arm in ARMS[1:]] == [
        True,
        False,
    ]
    assert results["arms"]["soup"]["against"]["wise-ft"]["is_judged"] is False
    verdict = results["verdict"]
    assert "A soup of fine-tunings: " in verdict
    assert (
        "it is one model, so chance between trainings is not known and it is not judged" in verdict
    )
    # Of one judged arm there is nothing to correct.
    assert "p_holm" not in results["arms"]["wise-ft"]["against"]["base"]
    assert results["calibration"]["words"].startswith("How sure the classifiers are was set by")
    rows = {row.name: row for row in read_outcome(averaged).arms}
    assert (len(rows["soup"].seeds), rows["soup"].judgement) == (1, Judgement.NOT_JUDGED)
    # One model, of which there are never more, says nothing of how many seeds there were.
    assert "(2 seeds were used" in surer(read_outcome(averaged))


def test_that_both_are_told_and_say_of_what_they_are_made(averaged: RunFolder) -> None:
    told = [each.text for each in events_of(averaged, Noticed) if each.id == "averaged"]
    assert len(told) == 3
    assert told[0].startswith("wise-ft, seed 0: ")
    assert f"of the way of {stage_of(averaged, 'base', 0)}; of eleven shares the best on" in told[0]
    assert told[2] == "soup: the average of 2 fine-tunings of base."


def test_that_seeds_that_are_added_make_another_soup(
    averaged: RunFolder, image_world: World, tmp_path: Path
) -> None:
    shutil.copytree(averaged.path, tmp_path / "run")
    run = RunFolder.open(tmp_path / "run")
    before = stage_of(run, "soup", 0)
    with_more_seeds(run, 3)
    finished(run, image_world.cache)
    after = stage_of(run, "soup", 0)
    assert after != before
    assert summary_of(run, after)["num_averaged"] == 3
    assert classifiers_of(run)["soup", 0].name == after
    mean = np.mean([weights(run, "base", seed)["head.bias"].numpy() for seed in range(3)], axis=0)
    np.testing.assert_allclose(weights(run, "soup", 0)["head.bias"].numpy(), mean, rtol=1e-5)


def test_that_without_validation_examples_half_of_the_way_is_taken_and_that_is_said(
    image_world: World, tmp_path: Path
) -> None:
    one = {"arms": ["base", "wise-ft"], "num_seeds": 1}
    run = comparison(image_world, tmp_path / "run", val_fraction=0.0, **one)
    finished(run, image_world.cache)
    summary = summary_of(run, stage_of(run, "wise-ft", 0))
    assert (summary["share"], summary["shares"]) == (0.5, [])
    told = [each.text for each in events_of(run, Noticed) if each.id == "averaged"]
    assert "50 % of the way" in told[0]
    assert "no validation examples to choose by, so it is what its authors recommend" in told[0]


def test_that_without_validation_examples_what_the_search_held_out_chooses(
    image_world: World, tmp_path: Path
) -> None:
    # Rates that wreck the model: half of the way there would be as good as chance.
    asked = {"search": True, "search_rates": [5.0, 10.0], "steps": 8}
    one = {"arms": ["base", "wise-ft"], "num_seeds": 1, **asked}
    run = comparison(image_world, tmp_path / "run", val_fraction=0.0, **one)
    finished(run, image_world.cache)
    (folder,) = run.stages.glob("*-search-base")
    found = summary_of(run, folder.name)
    # The other arms are left as they ended.
    assert found["share"] == 1
    losses = {each["share"]: each["loss"] for each in found["way"]}
    assert next(iter(losses)) == 0
    assert set(losses) <= {0, 0.25, 0.5, 0.75, 1}
    assert losses[0] == found["start"]["loss"] == min(losses.values())
    summary = summary_of(run, stage_of(run, "wise-ft", 0))
    assert summary["share"] == 0
    assert summary["shares"] == found["way"]
    told = [each.text for each in events_of(run, Noticed) if each.id == "averaged"]
    assert "0 % of the way" in told[0]
    assert "training examples that the search had held out" in told[0]
    # None of the way is the fitted head on the encoder as it is.
    start = load_file(run.frozen / "probe-base" / TENSORS)
    made = weights(run, "wise-ft", 0)
    name = next(key for key in made if "blocks" in key)
    torch.testing.assert_close(made[name], start[name])
