"""A folder for the hub, opened by transformers itself."""

import json
from pathlib import Path

import pytest
import torch
from PIL import Image
from transformers import AutoImageProcessor, AutoModelForImageClassification, pipeline

from core.run.folder import RunFolder
from tests.core.conftest import Export
from tests.helpers.exports import probabilities, said_by_runner


def test_that_transformers_opens_it_and_gets_the_trained_probabilities(
    exported: Export, run: RunFolder, pictures: list[Path]
) -> None:
    folder = exported("transformers").folder
    model = AutoModelForImageClassification.from_pretrained(folder).eval()
    processor = AutoImageProcessor.from_pretrained(folder)
    for path, wanted in probabilities(run, pictures).items():
        with torch.inference_mode():
            logits = model(**processor(Image.open(path), return_tensors="pt")).logits
        found = {model.config.id2label[i]: p for i, p in enumerate(logits.softmax(1)[0].tolist())}
        assert found == pytest.approx(wanted, abs=1e-4)


def test_that_a_pipeline_opens_it_with_its_class_names(
    exported: Export, run: RunFolder, pictures: list[Path]
) -> None:
    classify = pipeline("image-classification", model=str(exported("transformers").folder))
    wanted = next(iter(probabilities(run, pictures[:1]).values()))
    found = {row["label"]: row["score"] for row in classify(str(pictures[0]))}
    assert found == pytest.approx(wanted, abs=1e-4)


def test_that_the_folder_is_what_the_hub_expects(exported: Export) -> None:
    folder = exported("transformers").folder
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    assert config["architectures"] == ["ViTForImageClassification"]
    assert config["id2label"] == {"0": "blue", "1": "green", "2": "red"}
    names = {file.name for file in folder.iterdir()}
    assert {"model.safetensors", "preprocessor_config.json", "README.md", "run.py"} <= names


def test_that_the_runner_stands_alone(exported: Export, pictures: list[Path]) -> None:
    lines = said_by_runner(exported("transformers").folder, *pictures)
    assert lines == said_by_runner(exported("timm").folder, *pictures)
