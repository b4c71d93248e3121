"""One ONNX graph, opened by ONNX Runtime itself."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper
from PIL import Image

from core.errors import RunError
from core.export.onnx_int8 import to_8_bits, with_8_bit_weights
from core.export.onnx_products import with_8_bit_products
from core.export.parity import Tolerance
from core.images.export.onnx_resize import prepend_resize
from core.images.export.write_onnx import write_onnx
from core.models.masked_model import Preprocessing
from core.run.folder import RunFolder
from tests.core.conftest import Export
from tests.core.text.export.test_architectures import subject_with
from tests.helpers.exports import probabilities, said_by_runner


def opened(folder: Path) -> tuple[onnxruntime.InferenceSession, list[str]]:
    session = onnxruntime.InferenceSession(folder / "model.onnx")
    return session, json.loads(session.get_modelmeta().custom_metadata_map["classes"])


@pytest.mark.parametrize(
    ("precision", "within"),
    [
        ("fp32", 1e-5),
        pytest.param("fp16", 1e-3, marks=pytest.mark.slow),
        pytest.param("int8", 2e-2, marks=pytest.mark.slow),
    ],
)
def test_that_onnxruntime_gets_the_trained_probabilities(
    exported: Export, run: RunFolder, pictures: list[Path], precision: str, within: float
) -> None:
    session, names = opened(exported("onnx", precision).folder)
    for path, wanted in probabilities(run, pictures).items():
        pixels = np.asarray(Image.open(path))[None]
        found = session.run(None, {"images": pixels})[0][0].tolist()
        assert dict(zip(names, found, strict=True)) == pytest.approx(wanted, abs=within)


def test_that_it_takes_any_number_of_images_of_any_size(
    exported: Export, run: RunFolder, tmp_path: Path
) -> None:
    session, names = opened(exported("onnx", "fp32").folder)
    colour = np.random.default_rng(1).integers(0, 256, (3, 8, 6, 3), dtype=np.uint8)
    large = [Image.fromarray(part).resize((150, 210), Image.Resampling.BICUBIC) for part in colour]
    found = session.run(None, {"images": np.stack([np.asarray(image) for image in large])})[0]
    assert found.shape == (3, 3)
    paths = [tmp_path / f"{number}.png" for number in range(3)]
    for image, path in zip(large, paths, strict=True):
        image.save(path)
    wanted = [[row[name] for name in names] for row in probabilities(run, paths).values()]
    np.testing.assert_allclose(found, wanted, atol=1e-3)


def test_that_the_file_says_what_it_is_and_not_where_it_was_made(
    exported: Export, run: RunFolder
) -> None:
    file = exported("onnx", "fp32").folder / "model.onnx"
    props = {prop.key: prop.value for prop in onnx.load(file).metadata_props}
    assert json.loads(props["classes"]) == ["blue", "green", "red"]
    assert props["licence"] == "none"
    recommended = run.read_json("results.json")["recommended"]["arm"]
    assert json.loads(props["provenance"])["arm"] == recommended
    assert str(Path.cwd()).encode() not in file.read_bytes()


def test_that_8_bits_keep_what_a_few_large_features_say() -> None:
    """Where rounding activations by one scale would lose all the small ones."""
    generator = np.random.default_rng(0)
    weights = generator.normal(size=(48, 64)).astype(np.float32) * np.geomspace(0.01, 1, 64)
    graph = helper.make_graph(
        [
            helper.make_node("Gather", ["table", "ids"], ["rows"]),
            helper.make_node("MatMul", ["rows", "weights"], ["y"]),
            helper.make_node("MatMul", ["rows", "weights"], ["z"]),
        ],
        "lookup",
        [helper.make_tensor_value_info("ids", TensorProto.INT64, ["batch", "length"])],
        [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", "length", 64])
            for name in ("y", "z")
        ],
        [
            numpy_helper.from_array(weights.astype(np.float32), "weights"),
            numpy_helper.from_array(_with_outliers(generator), "table"),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)
    ids = generator.integers(0, 3000, (2, 7))
    wanted = _answers(model, ids)
    size = model.ByteSize()
    with_8_bit_weights(model)
    onnx.checker.check_model(model, full_check=True)
    assert model.ByteSize() < 0.27 * size
    for found, right in zip(_answers(model, ids), wanted, strict=True):
        np.testing.assert_allclose(found, right, atol=0.01 * np.abs(right).max())


def _with_outliers(generator: np.random.Generator) -> np.ndarray:
    table = generator.normal(size=(3000, 48)).astype(np.float32)
    table[:, :2] *= 200
    return table


def _answers(model: onnx.ModelProto, ids: np.ndarray) -> list[np.ndarray]:
    session = onnxruntime.InferenceSession(model.SerializeToString())
    return [np.asarray(output) for output in session.run(None, {"ids": ids})]


@pytest.mark.slow
def test_that_int8_is_smaller_computes_in_8_bits_and_says_how_fast(exported: Export) -> None:
    small, large = (exported("onnx", precision).folder for precision in ("int8", "fp32"))
    sizes = [(folder / "model.onnx").stat().st_size for folder in (small, large)]
    assert sizes[0] < sizes[1]
    kinds = [node.op_type for node in onnx.load(small / "model.onnx").graph.node]
    # Four products in each of two blocks; attention's own have no weights.
    assert kinds.count("MatMulInteger") == 8
    assert "times as fast as fp32" in (small / "README.md").read_text(encoding="utf-8")
    assert "8 bits" not in (large / "README.md").read_text(encoding="utf-8")


def test_that_products_in_8_bits_keep_what_small_features_say() -> None:
    """One scale for all features would round the small ones, which say the most, to zero."""
    generator = np.random.default_rng(0)
    weights = generator.normal(size=(48, 64)) * np.geomspace(0.01, 1, 64)
    weights[:2] /= 200
    model = _products(weights.astype(np.float32))
    rows = _with_outliers(generator).reshape(-1, 5, 48)
    feeds = [{"rows": some[None]} for some in rows[:20]]
    unseen = {"rows": rows[20:30]}
    wanted = _outputs(model, unseen)
    with_8_bit_products(model, feeds)
    onnx.checker.check_model(model, full_check=True)
    for found, right in zip(_outputs(model, unseen), wanted, strict=True):
        np.testing.assert_allclose(found, right, atol=0.03 * np.abs(right).max())


def _products(weights: np.ndarray) -> onnx.ModelProto:
    """Two products of one input."""
    shape = ["batch", "length", 48]
    graph = helper.make_graph(
        [
            helper.make_node("MatMul", ["rows", "weights"], ["y"]),
            helper.make_node("MatMul", ["rows", "others"], ["z"]),
        ],
        "products",
        [helper.make_tensor_value_info("rows", TensorProto.FLOAT, shape)],
        [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, [*shape[:2], 64])
            for name in ("y", "z")
        ],
        [
            numpy_helper.from_array(weights, "weights"),
            numpy_helper.from_array(weights[:, ::-1].copy(), "others"),
        ],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)


def _outputs(model: onnx.ModelProto, feed: dict[str, np.ndarray]) -> list[np.ndarray]:
    session = onnxruntime.InferenceSession(model.SerializeToString())
    return [np.asarray(output) for output in session.run(None, feed)]


@pytest.mark.parametrize(("difference", "in_integers"), [(0.1, True), (1e-5, False)])
def test_that_only_weights_are_in_8_bits_where_products_would_move_answers(
    difference: float, in_integers: bool
) -> None:
    generator = np.random.default_rng(0)
    model = _products(generator.normal(size=(48, 64)).astype(np.float32) / 48)
    feeds = [{"rows": generator.normal(size=(1, 1, 48)).astype(np.float32)} for _ in range(6)]
    note = to_8_bits(model, feeds, Tolerance(difference, agreement=0.0))
    kinds = {node.op_type for node in model.graph.node}
    assert ("MatMulInteger" in kinds) == in_integers
    assert ("DequantizeLinear" in kinds) != in_integers
    assert ("times as fast as fp32" in note) == in_integers
    assert ("no faster than fp32" in note and "on your examples" in note) != in_integers


@pytest.mark.parametrize("interpolation", ["bilinear", "bicubic", "nearest"])
@pytest.mark.parametrize("size", [(32, 32), (130, 211), (20, 45)])
def test_that_the_graph_resizes_as_pillow_does(interpolation: str, size: tuple[int, int]) -> None:
    preprocessing = Preprocessing((32, 32), (0, 0, 0), (1, 1, 1), interpolation)
    shape = ["batch", 3, 32, 32]
    same = helper.make_graph(
        [helper.make_node("Identity", ["pixels"], ["y"])],
        "same",
        [helper.make_tensor_value_info("pixels", TensorProto.UINT8, shape)],
        [helper.make_tensor_value_info("y", TensorProto.UINT8, shape)],
    )
    model = helper.make_model(same, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)
    prepend_resize(model, "pixels", preprocessing)
    session = onnxruntime.InferenceSession(model.SerializeToString())
    images = np.random.default_rng(2).integers(0, 256, (2, *size, 3), dtype=np.uint8)
    found = session.run(None, {"images": images})[0].transpose(0, 2, 3, 1).astype(int)
    filter_ = Image.Resampling[interpolation.upper()]
    wanted = np.stack(
        [np.asarray(Image.fromarray(each).resize((32, 32), filter_)) for each in images]
    )
    assert np.abs(found - wanted).max() <= 1
    assert (found != wanted).mean() < 0.01


def test_that_a_filter_onnx_does_not_have_is_refused(tmp_path: Path) -> None:
    subject = subject_with(None)
    description = subject.model.description
    preprocessing = replace(description.preprocessing, interpolation="lanczos")
    subject.model.description = replace(description, preprocessing=preprocessing)
    with pytest.raises(RunError, match="lanczos") as caught:
        write_onnx(subject, tmp_path, "fp32")
    assert caught.value.id == "export-architecture"
    assert "timm" in caught.value.action


def test_that_the_runner_stands_alone(exported: Export, pictures: list[Path]) -> None:
    lines = said_by_runner(exported("onnx", "fp32").folder, *pictures)
    assert lines == said_by_runner(exported("timm").folder, *pictures)
