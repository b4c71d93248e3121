"""With a validation part, how sure a classifier is follows it; and the choice of a classifier."""

import json
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from core.readers.reliability import before_temperature
from core.run.events import ChanceLevel, Noticed, Validated
from core.run.folder import RunFolder
from tests.helpers.faces import export, predict
from tests.helpers.once import once
from tests.helpers.trainers import events_of, finished
from tests.helpers.worlds import World, new_run


@pytest.fixture(scope="module")
def checked(image_world: World) -> RunFolder:
    """A short run without pre-training, some of whose training images are for validation."""

    def make(folder: Path) -> Path:
        short = {"pretrain__steps": 0, "distill__rounds": 0, "finetune__steps": 3}
        run = new_run(
            image_world,
            folder / "run",
            data={**_data(image_world), "val_fraction": 0.4},
            finetune__arms=["base"],
            **short,
        )
        return finished(run, image_world.cache).path

    return RunFolder(once("checked", make))


def _data(world: World) -> dict[str, object]:
    return {"unlabeled": [str(world.unlabeled)], "labeled": str(world.labeled)}


def folders(run: RunFolder) -> list[Path]:
    return [run.frozen / "probe-base", run.stage("01-finetune-base-seed-0")]


def test_that_the_temperature_is_in_the_weights(checked: RunFolder, image_world: World) -> None:
    for folder, arm in zip(folders(checked), ("probe-base", "base"), strict=True):
        kept = json.loads((folder / "summary.json").read_text())["calibration"]
        assert kept["num_examples"] == 9
        answers = load_file(folder / "validation.safetensors")
        assert len(answers["targets"]) == 9
        # What is folded in can't be bettered: another factor on the logits has more loss.
        losses = [_loss(answers, factor) for factor in (0.8, 1.0, 1.25)]
        assert losses[1] == min(losses)
        # Predictions are made with it.
        tested = load_file(folder / "predictions.safetensors")["probabilities"]
        images = sorted((image_world.labeled / "test").rglob("*.png"))
        for row, found in zip(tested, predict(checked, images, arm), strict=True):
            assert dict(found.probabilities) == pytest.approx(
                dict(zip(("blue", "green", "red"), row.tolist(), strict=True)), abs=1e-4
            )


def test_that_a_fine_tuning_is_looked_at_on_validation_examples(checked: RunFolder) -> None:
    looks = events_of(checked, Validated)
    assert [look.step for look in looks] == [0, 3]
    assert {look.num_examples for look in looks} == {9}
    answers = load_file(folders(checked)[1] / "validation.safetensors")
    right = answers["probabilities"].argmax(axis=1) == answers["targets"]
    assert looks[-1].accuracy == pytest.approx(right.mean())
    # And what it is to be measured against is told with the first look.
    (chance,) = events_of(checked, ChanceLevel)
    counts = np.bincount(answers["targets"].astype(int))
    assert (chance.of, chance.level) == (Validated.kind, counts.max() / 9)
    assert chance.answer == ("blue", "green", "red")[int(counts.argmax())]


def _loss(answers: dict[str, np.ndarray], factor: float) -> float:
    """The log loss with the one example of doubt that the temperature is fitted with."""
    logs = factor * np.log(np.maximum(answers["probabilities"].astype(float), 1e-37))
    logs -= np.log(np.exp(logs).sum(axis=1, keepdims=True))
    rows, doubt = np.arange(len(logs)), 1 / (len(logs) + 1)
    own = logs[rows, answers["targets"]]
    return -float(((1 - doubt) * own + doubt * logs.mean(axis=1)).mean())


@pytest.mark.parametrize("name", ["transformers", "timm", "onnx", "pt2"])
def test_that_exports_compute_it_too(checked: RunFolder, tmp_path: Path, name: str) -> None:
    folder = folders(checked)[1]
    temperature = json.loads((folder / "summary.json").read_text())["calibration"]["temperature"]
    tested = load_file(folder / "predictions.safetensors")["probabilities"]
    without = before_temperature(tested, temperature)
    # The check would see an export that lacks it.
    assert np.abs(without - tested).max() > 1e-3
    made = export(checked, name, out=tmp_path / "out", arm="base")
    assert made.parity["max_abs_difference"] < 1e-4
    card = (made.folder / "README.md").read_text()
    assert "was set by 9 validation images" in card


def test_that_the_classifier_is_chosen_on_validation(checked: RunFolder) -> None:
    results = json.loads(checked.results_file.read_text())
    assert results["calibration"]["num_examples"] == 9
    found = results["recommended"]
    assert (found["chosen_on"], found["num_examples"]) == ("validation", 9)
    assert found["words"] in results["verdict"]
    told = [event.text for event in events_of(checked, Noticed) if event.id == "frozen"]
    assert len(told) == 1


def test_that_without_validation_part_and_search_what_was_fine_tuned_is_as_trained_and_that_is_said(
    undisturbed: RunFolder,
) -> None:
    results = json.loads(undisturbed.results_file.read_text())
    words = results["calibration"]["words"]
    assert words.startswith("There is no validation part, so how sure a classifier is was set by")
    assert "of a linear layer on a frozen model by cross-validation on 24 images" in words
    assert words.endswith("As trained: fine-tuning alone, further pre-training, self-distillation.")
    assert results["calibration"]["num_examples"] == 24
    for folder in undisturbed.stages.glob("*-finetune-*"):
        assert "calibration" not in json.loads((folder / "summary.json").read_text())
    assert not list(undisturbed.path.rglob("validation.safetensors"))
    # It chose nothing: only what a run holds out for all of them alike could.
    assert results["recommended"]["chosen_on"] == "test"
