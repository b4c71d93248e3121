"""timm's layout, opened by timm itself."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import timm
import torch
from PIL import Image
from safetensors.numpy import load_file

from core.export.subject import place_of
from core.images.export.subject import image_encoder
from core.run.folder import RunFolder
from tests.core.conftest import Export
from tests.helpers.exports import probabilities, said_by_runner
from tests.helpers.faces import export


def opened(folder: Path) -> tuple[torch.nn.Module, object]:
    model = timm.create_model(f"local-dir:{folder}", pretrained=True).eval()
    return model, timm.data.create_transform(**timm.data.resolve_model_data_config(model))


def test_that_timm_opens_the_classifier_and_gets_the_trained_probabilities(
    exported: Export, run: RunFolder, pictures: list[Path]
) -> None:
    model, prepare = opened(exported("timm").folder)
    names = model.pretrained_cfg["label_names"]
    for path, wanted in probabilities(run, pictures).items():
        with torch.inference_mode():
            found = model(prepare(Image.open(path)).unsqueeze(0)).softmax(1)[0].tolist()
        assert dict(zip(names, found, strict=True)) == pytest.approx(wanted, abs=1e-5)


def test_that_the_encoder_gives_the_embeddings_of_the_fitted_encoder(
    exported: Export, run: RunFolder, pictures: list[Path]
) -> None:
    model, prepare = opened(exported("encoder").folder)
    subject = image_encoder(run, place_of(run, None, needs_classifier=False))
    assert subject.arm == "distilled"
    pixels = np.stack([np.asarray(Image.open(path)) for path in pictures])
    with torch.inference_mode():
        found = model(torch.stack([prepare(Image.open(path)) for path in pictures])).numpy()
    np.testing.assert_allclose(found, subject.outputs(pixels), atol=1e-5)


def test_that_each_arm_of_the_encoder_is_another_encoder(run: RunFolder, tmp_path: Path) -> None:
    weights = {}
    for arm in ("base", "further", "distilled"):
        folder = export(run, "encoder", arm=arm, out=tmp_path / arm).folder
        weights[arm] = load_file(folder / "model.safetensors")["blocks.0.attn.qkv.weight"]
    assert not np.array_equal(weights["base"], weights["further"])
    assert not np.array_equal(weights["further"], weights["distilled"])


def test_that_the_runs_own_encoder_stays_beside_the_export(run: RunFolder, tmp_path: Path) -> None:
    own = tmp_path / "encoder"
    shutil.copytree(run.exports / "encoder", own)
    before = (own / "encoder.safetensors").read_bytes()
    for _ in range(2):
        export(run, "encoder", out=own)
        assert (own / "model.safetensors").is_file()
        assert (own / "encoder.safetensors").read_bytes() == before


def test_that_the_runner_stands_alone(
    exported: Export, run: RunFolder, pictures: list[Path]
) -> None:
    lines = said_by_runner(exported("timm").folder, *pictures)
    for line, (path, wanted) in zip(lines, probabilities(run, pictures).items(), strict=True):
        best = max(wanted, key=wanted.__getitem__)
        assert line == f"{path}: {best} ({wanted[best]:.1%})"


def test_that_the_encoders_runner_prints_vectors(exported: Export, pictures: list[Path]) -> None:
    lines = said_by_runner(exported("encoder").folder, *pictures)
    assert [len(line.split()) for line in lines] == [1 + 32] * len(pictures)


def test_that_the_card_tells_data_score_and_licence(exported: Export) -> None:
    card = (exported("timm").folder / "README.md").read_text(encoding="utf-8")
    for words in ("library_name: timm", "12 for testing", "accuracy | ", "whose licence is: none"):
        assert words in card


def test_that_the_record_of_the_check_names_everything(exported: Export) -> None:
    folder = exported("timm").folder
    noted = json.loads((folder / "parity.json").read_text(encoding="utf-8"))
    assert noted["num_examples"] == 12
    assert noted["top1_agreement"] == 1.0
    assert noted["max_abs_difference"] <= noted["tolerance"]
    assert {"timm", "torch", "redistill"} <= set(noted["versions"])
    assert noted["files"] == ["README.md", "config.json", "model.safetensors", "run.py"]
