"""Classifiers and encoders of text in every format, from the texts themselves on."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
import torch
from transformers import pipeline
from typer.testing import CliRunner

from core.cli.main import app
from core.data.manifest_file import read_manifest
from core.errors import RunError
from core.export.runner import open_runner, write_runner
from core.export.subject import WeightsPlace
from core.recipe import Recipe
from core.run.folder import RunFolder
from core.text.data.read import Columns
from core.text.export import write_transformers
from core.text.export.examples import texts_to_check
from core.text.export.subject import TextSubject
from core.text.export.tokenizer import write_tokenizer
from core.text.export.writers import TEXT_WRITERS
from core.text.model.description import TextDescription
from core.text.model.store import load_masked_lm
from tests.helpers.exports import said_by_runner
from tests.helpers.faces import export, predict
from tests.helpers.text_runs import written_text_run
from tests.helpers.text_worlds import ARCHITECTURES, save_tiny_masked_lm

CLASSES = ("fruit", "plant", "water")
TEXTS = [
    "the sky is very blue",
    "",
    "red and green apple xyz and the sea",
    "Grass! " * 40,  # longer than the model takes
]


def subject_of(
    architecture: str, folder: Path, *, is_encoder: bool = False, pooling: str = "head"
) -> TextSubject:
    """A model with random weights, large enough that answers differ."""
    model = load_masked_lm(
        str(save_tiny_masked_lm(folder / architecture, architecture)),
        max_length=24,
        whole_words=False,
        pooling=pooling,
        offline=True,
    )
    classifier = model.build_classifier(len(CLASSES), dropout=0.1)
    module: Any = model.encoder if is_encoder else classifier.whole
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.add_(0.2 * torch.randn_like(parameter))
    return TextSubject(
        run=RunFolder.create(folder / "run", Recipe()),
        place=WeightsPlace("base", folder / "nowhere", "model"),
        classes=() if is_encoder else CLASSES,
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
def test_that_transformers_embeds_the_same(
    architecture: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    subject = subject_of(architecture, tmp_path, is_encoder=True)
    _, found, wanted = through("encoder", subject, tmp_path / "out")
    # It would advise to train a pooler that nothing reads.
    assert "MISSING" not in capfd.readouterr().err
    assert wanted.shape == (len(TEXTS), subject.feature_dim)
    np.testing.assert_allclose(found, wanted, atol=1e-4)


@pytest.mark.parametrize("pooling", ["first", "mean", "max"])
def test_that_every_way_of_pooling_computes_the_same(pooling: str, tmp_path: Path) -> None:
    subject = subject_of("bert", tmp_path / "a", pooling=pooling)
    written, found, wanted = through("transformers", subject, tmp_path / "out")
    own = {"first": "BertForSequenceClassification"}.get(pooling, "BertModel")
    assert written.architecture == own
    assert np.abs(wanted - wanted.mean(0)).max() > 1e-3
    np.testing.assert_allclose(found, wanted, atol=1e-5)
    encoder = subject_of("bert", tmp_path / "b", is_encoder=True, pooling=pooling)
    _, found, wanted = through("encoder", encoder, tmp_path / "embeds")
    np.testing.assert_allclose(found, wanted, atol=1e-4)


def test_that_a_sentence_encoder_exported_is_read_as_one_again(tmp_path: Path) -> None:
    through("encoder", subject_of("bert", tmp_path, is_encoder=True, pooling="max"), tmp_path / "o")
    again = load_masked_lm(str(tmp_path / "o"), max_length=24, whole_words=False, offline=True)
    assert (again.description.pooling, again.family) == ("max", "sentence")


@pytest.mark.slow
@pytest.mark.parametrize("format_name", ["onnx", pytest.param("pt2", marks=pytest.mark.slow)])
def test_that_graphs_of_the_mean_leave_padding_aside(format_name: str, tmp_path: Path) -> None:
    subject = subject_of("bert", tmp_path, pooling="mean")
    _, found, wanted = through(format_name, subject, tmp_path / "out")
    np.testing.assert_allclose(found, wanted, atol=1e-5)


@pytest.mark.parametrize(
    ("format_name", "precision", "atol"),
    [
        # In floats an answer of ONNX is compared above, and by the check of the export below.
        pytest.param("onnx", "fp32", 1e-5, marks=pytest.mark.slow),
        pytest.param("onnx", "fp16", 2e-2, marks=pytest.mark.slow),
        pytest.param("onnx", "int8", 2e-2, marks=pytest.mark.slow),
        ("pt2", "fp32", 1e-5),
    ],
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


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    return written_text_run(tmp_path_factory.mktemp("texts"))


def test_that_a_run_is_exported_with_check_card_and_runner(run: RunFolder, tmp_path: Path) -> None:
    out = tmp_path / "out"
    result = CliRunner().invoke(
        app, ["export", str(run.path), "--format", "transformers", "--out", str(out)]
    )
    assert result.exit_code == 0, result.output
    assert "Checked on 12 test texts" in result.output
    noted = json.loads((out / "parity.json").read_text(encoding="utf-8"))
    assert (noted["num_examples"], noted["noun"], noted["top1_agreement"]) == (12, "text", 1.0)
    card = (out / "README.md").read_text(encoding="utf-8")
    for words in ("pipeline_tag: text-classification", "12 for testing", "cut after 24 tokens"):
        assert words in card
    assert "image" not in card
    text = "the apple is green"
    said = dict(next(iter(predict(run, [], texts=[text]))).probabilities)
    classify = pipeline("text-classification", model=str(out), top_k=None)
    found = {each["label"]: each["score"] for each in classify([text])[0]}
    assert found == pytest.approx(said, abs=1e-5)
    best = max(said, key=said.__getitem__)
    assert said_by_runner(out, text) == [f"{text}: {best} ({said[best]:.1%})"]


@pytest.mark.slow
def test_that_the_metadata_of_onnx_tell_classes_and_provenance(
    run: RunFolder, tmp_path: Path
) -> None:
    folder = export(run, "onnx", out=tmp_path / "out").folder
    values = {each.key: each.value for each in onnx.load(folder / "model.onnx").metadata_props}
    assert json.loads(values["classes"]) == list(CLASSES)
    assert values["licence"]
    assert json.loads(values["provenance"])["arm"] == "base"
    runner = (folder / "run.py").read_text(encoding="utf-8")
    imported = set(re.findall(r"^(?:import|from) (\w+)", runner, re.MULTILINE))
    assert imported == {"json", "sys", "pathlib", "numpy", "onnxruntime", "tokenizers"}


def test_that_a_wrong_tokenizer_is_caught_and_nothing_is_left(
    run: RunFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without_special_tokens(folder: Path, description: TextDescription) -> None:
        values = json.loads(description.tokenizer)
        values["post_processor"] = None
        write_tokenizer(folder, replace(description, tokenizer=json.dumps(values)))

    monkeypatch.setattr(write_transformers, "write_tokenizer", without_special_tokens)
    with pytest.raises(RunError, match=r"test\.jsonl") as caught:
        export(run, "transformers", out=tmp_path / "out")
    assert caught.value.id == "export-differs"
    assert "of your texts" in caught.value.what
    assert list(tmp_path.iterdir()) == []


def test_that_formats_for_images_are_refused_in_words(run: RunFolder, tmp_path: Path) -> None:
    with pytest.raises(RunError) as caught:
        export(run, "timm", out=tmp_path / "out")
    assert caught.value.id == "export-format-unknown"
    assert "transformers" in caught.value.action


def test_that_texts_that_are_gone_stop_the_export(run: RunFolder, tmp_path: Path) -> None:
    manifest = read_manifest(run.manifest_file)
    elsewhere = replace(manifest, roots=tuple(str(tmp_path / "gone") for _ in manifest.roots))
    with pytest.raises(RunError, match="No such file") as caught:
        texts_to_check(elsewhere, Columns(), lambda *_: None)
    assert caught.value.id == "export-no-examples"
