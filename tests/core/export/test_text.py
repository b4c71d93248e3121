"""Classifiers and encoders of text in every format, from the texts themselves on."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from core.export.runner import open_runner, write_runner
from core.export.text.subject import TextSubject
from core.export.text.writers import TEXT_WRITERS
from core.models.text.store import load_masked_lm
from core.run_folder import RunFolder
from tests.helpers.text_worlds import ARCHITECTURES, save_tiny_masked_lm

CLASSES = ("fruit", "plant", "water")
TEXTS = [
    "the sky is very blue",
    "",
    "red and green apple xyz and the sea",
    "Grass! " * 40,  # longer than the model takes
]


def subject_of(architecture: str, folder: Path, *, is_encoder: bool = False) -> TextSubject:
    """A model with random weights, large enough that answers differ."""
    model = load_masked_lm(
        str(save_tiny_masked_lm(folder / architecture, architecture)),
        max_length=24,
        whole_words=False,
        offline=True,
    )
    classifier = model.build_classifier(len(CLASSES), dropout=0.1)
    module: Any = model.encoder if is_encoder else classifier.whole
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.add_(0.2 * torch.randn_like(parameter))
    return TextSubject(
        run=RunFolder(folder / "nowhere"),
        arm="base",
        classes=() if is_encoder else CLASSES,
        stage="model",
        text=model.description,
        module=module.eval() if is_encoder else classifier.eval().whole.eval(),
    )


def through(format_name: str, subject: TextSubject, folder: Path, precision: str = "fp32") -> Any:
    """Written, and run on texts by its own `run.py`; and what was wanted."""
    folder.mkdir(exist_ok=True)
    written = TEXT_WRITERS[format_name](subject, folder, precision)
    write_runner(folder, f"text/run_{format_name}.py.jinja")
    return written, open_runner(folder)(TEXTS), subject.outputs(TEXTS)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_that_transformers_computes_the_same(architecture: str, tmp_path: Path) -> None:
    written, found, wanted = through(
        "transformers", subject_of(architecture, tmp_path), tmp_path / "out"
    )
    assert written.architecture.endswith("ForSequenceClassification")
    assert np.abs(wanted - wanted.mean(0)).max() > 1e-3
    np.testing.assert_allclose(found, wanted, atol=1e-5)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_that_transformers_embeds_the_same(architecture: str, tmp_path: Path) -> None:
    subject = subject_of(architecture, tmp_path, is_encoder=True)
    _, found, wanted = through("encoder", subject, tmp_path / "out")
    assert wanted.shape == (len(TEXTS), subject.feature_dim)
    np.testing.assert_allclose(found, wanted, atol=1e-4)


@pytest.mark.parametrize(
    ("format_name", "precision", "atol"),
    [("onnx", "fp32", 1e-5), ("onnx", "fp16", 2e-2), ("onnx", "int8", 0.2), ("pt2", "fp32", 1e-5)],
)
def test_that_graphs_compute_the_same(
    format_name: str, precision: str, atol: float, tmp_path: Path
) -> None:
    subject = subject_of("bert", tmp_path)
    _, found, wanted = through(format_name, subject, tmp_path / "out", precision)
    np.testing.assert_allclose(found, wanted, atol=atol)


@pytest.mark.slow
@pytest.mark.parametrize("format_name", ["onnx", "pt2"])
@pytest.mark.parametrize("architecture", [name for name in ARCHITECTURES if name != "bert"])
def test_that_graphs_of_every_architecture_compute_the_same(
    format_name: str, architecture: str, tmp_path: Path
) -> None:
    _, found, wanted = through(format_name, subject_of(architecture, tmp_path), tmp_path / "out")
    np.testing.assert_allclose(found, wanted, atol=1e-5)
