"""The programs in an export's card, run as they stand: they say what Redistill itself says."""

import json
from pathlib import Path

import pytest

from core.run.decision import read_decision
from core.run.folder import RunFolder
from tests.helpers.exports import told_by_card
from tests.helpers.faces import export, predict
from tests.helpers.numbers import numbers_run, numbers_text_run
from tests.helpers.several_labels import LABELS, several_labels_run, several_labels_text_run
from tests.helpers.worlds import World

GRAPHS = [pytest.param(name, marks=pytest.mark.slow) for name in ("onnx", "pt2")]


def a_picture(run: RunFolder) -> Path:
    return sorted((Path(run.recipe().data.labeled or "") / "img").glob("*.png"))[3]


def said_in_card(run: RunFolder, name: str, folder: Path, example: str, arm: str) -> list[dict]:
    made = export(run, name, out=folder / "export", arm=arm)
    told = told_by_card(made.folder, example)
    # Pipelines are of transformers alone.
    assert len(told) == 1 + (name == "transformers")
    return told


@pytest.mark.parametrize("name", ["timm", "transformers", *GRAPHS])
def test_that_pictures_get_the_labels_above_their_thresholds(
    image_world: World, tmp_path: Path, name: str
) -> None:
    run, arm = several_labels_run(image_world), "probe-base"
    picture = a_picture(run)
    (wanted,) = predict(run, [picture], arm)
    for told in said_in_card(run, name, tmp_path, str(picture), arm):
        assert set(told["said"]) == set(wanted.said or ())
        for label, share in told["said"].items():
            assert share == pytest.approx(dict(wanted.probabilities)[label], abs=5e-3)
    if name == "timm":
        config = json.loads((tmp_path / "export" / "config.json").read_text())
        limits = read_decision(run.frozen / arm).thresholds
        assert config["thresholds"] == dict(zip(LABELS, limits, strict=True))


@pytest.mark.parametrize("name", ["timm", "transformers", *GRAPHS])
def test_that_pictures_get_numbers_in_the_unit_of_the_labels(
    image_world: World, tmp_path: Path, name: str
) -> None:
    run, arm = numbers_run(image_world), "probe-base"
    picture = a_picture(run)
    (wanted,) = predict(run, [picture], arm)
    assert wanted.number is not None
    near = 5e-3 * read_decision(run.frozen / arm).scale.spread
    for told in said_in_card(run, name, tmp_path, str(picture), arm):
        assert told["number"] == pytest.approx(wanted.number.value, abs=near)


@pytest.mark.parametrize("name", ["transformers", *GRAPHS])
def test_that_long_texts_are_cut_as_in_training(
    text_world: World, tmp_path: Path, name: str
) -> None:
    text = "the sky is very blue red and so on 7 " + "red green " * 40
    run, arm = several_labels_text_run(text_world), "base"
    (wanted,) = predict(run, [], arm, texts=[text])
    for told in said_in_card(run, name, tmp_path / "labels", text, arm):
        assert set(told["said"]) == set(wanted.said or ())
    text = "a bag of stone stone and sand, number 7 " + "stone " * 40
    run, arm = numbers_text_run(text_world), "probe-base"
    (wanted,) = predict(run, [], arm, texts=[text])
    assert wanted.number is not None
    for told in said_in_card(run, name, tmp_path / "numbers", text, arm):
        assert told["number"] == pytest.approx(wanted.number.value, abs=0.02)


def test_that_one_class_has_its_name_and_probability(
    run: RunFolder, pictures: list[Path], tmp_path: Path
) -> None:
    (wanted,) = predict(run, pictures[:1])
    best, share = wanted.probabilities[0]
    made = export(run, "transformers", out=tmp_path / "export")
    own, by_pipeline = told_by_card(made.folder, str(pictures[0]))
    assert (own["name"], by_pipeline["name"]) == (best, best)
    assert own["probability"] == pytest.approx(share, abs=5e-3)
    assert by_pipeline["scores"][best] == pytest.approx(share, abs=5e-3)
