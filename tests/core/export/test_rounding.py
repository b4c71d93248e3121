"""How far off a right export may be: as far as the trained model itself magnifies rounding."""

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from core.data.manifest_file import read_manifest
from core.errors import RunError
from core.export.examples import CheckExamples
from core.export.parity import Tolerance
from core.export.rounding import unavoidable_difference
from core.export.subject import place_of
from core.run.folder import RunFolder
from core.text.data.read import Columns
from core.text.export import write_onnx
from core.text.export.examples import texts_to_check
from core.text.export.subject import TextSubject, text_classifier
from core.text.export.writers import TEXT_WRITERS
from tests.helpers.faces import export
from tests.helpers.text_runs import written_text_run


@pytest.fixture
def steep(tmp_path: Path) -> RunFolder:
    """A run whose head is so steep that rounding in float32 moves probabilities by thousandths.

    Its first two classes are equally likely for one of the texts, where softmax is steepest.
    """
    run = written_text_run(tmp_path)
    place = place_of(run, None, needs_classifier=True)
    subject = text_classifier(run, place)
    outputs = logits_of(run, subject)
    middle = outputs.mean(0)
    file = place.path / "classifier.safetensors"
    values = load_file(file)
    weight, bias = "head.classifier.weight", "head.classifier.bias"
    times = 4 / float(np.abs(outputs - middle).mean())
    values[weight] *= times
    values[bias] *= times
    save_file(values, file)
    outputs = logits_of(run, text_classifier(run, place))
    with torch.no_grad():
        values[bias] -= torch.tensor(outputs[0])
        values[bias][2] -= 50
    save_file(values, file)
    return run


def inputs_of(run: RunFolder) -> CheckExamples:
    return texts_to_check(
        read_manifest(run.manifest_file), Columns.of(run.recipe().data), lambda *_: None
    )


def logits_of(run: RunFolder, subject: TextSubject) -> np.ndarray:
    with torch.inference_mode():
        return subject.computed(inputs_of(run).inputs).numpy()


@pytest.mark.parametrize("is_steep", [False, True])
def test_that_rounding_is_excused_as_far_as_the_model_magnifies_it(
    is_steep: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    made = tmp_path if is_steep else tmp_path / "plain"
    run = request.getfixturevalue("steep") if is_steep else written_text_run(made)
    # How far off ONNX is depends on the processor; with no other limit each difference counts.
    monkeypatch.setitem(write_onnx.TOLERANCES, "fp32", Tolerance(difference=0.0))
    found = export(run, "onnx", out=tmp_path / "out").parity
    assert found["max_abs_difference"] <= found["tolerance"] <= (5e-3 if is_steep else 1e-5)
    card = (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
    assert f"(limit {found['tolerance']:g}" in card
    assert ("above the usual 0: this model magnifies rounding" in card) is (found["tolerance"] > 0)


def test_that_a_model_that_magnifies_nothing_has_no_excuse(tmp_path: Path) -> None:
    run = written_text_run(tmp_path)
    subject = text_classifier(run, place_of(run, None, needs_classifier=True))
    before = [each.detach().clone() for each in subject.module.parameters()]
    examples = inputs_of(run)
    wanted = subject.outputs(examples.inputs)
    found = unavoidable_difference(subject, examples, wanted, 5, 1.0)
    assert 0 < found < 1e-5
    after = subject.module.parameters()
    assert all(torch.equal(was, now) for was, now in zip(before, after, strict=True))
    # Where answers are no numbers, nothing is excused.
    assert unavoidable_difference(subject, examples, wanted * np.nan, 5, 1.0) == 0


def test_that_another_model_is_refused_however_steep_its_head_is(
    steep: RunFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = write_onnx.write_text_onnx

    def with_another_bias(subject: TextSubject, folder: Path, precision: str) -> object:
        assert subject.output_layer is not None
        with torch.no_grad():
            subject.output_layer.bias[0] += 0.1
        try:
            return right(subject, folder, precision)
        finally:
            with torch.no_grad():
                subject.output_layer.bias[0] -= 0.1

    monkeypatch.setitem(TEXT_WRITERS, "onnx", with_another_bias)
    with pytest.raises(RunError, match="the limit is") as caught:
        export(steep, "onnx", out=tmp_path / "out")
    assert caught.value.id == "export-differs"
