"""ONNX graphs with matrix products in 8 bits, on scales from the user's own examples."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray
from onnx import helper, numpy_helper

Feed = Mapping[str, np.ndarray]
Floats = NDArray[np.float32]

# Seven bits and a sign: processors with AVX2 but no VNNI add pairs of products in 16 bits.
_LARGEST: Final = 64
_LEAST: Final = 1e-5


def with_8_bit_products(model: onnx.ModelProto, feeds: Sequence[Feed]) -> None:
    """Compute products with constant weights in 8 bits, in place.

    What goes into a product is rounded with one scale per call, which would lose all features but
    the few that are much larger than the others. So features are first brought to like sizes, and
    the weights multiplied by what that took (Xiao et al., SmoothQuant, arXiv 2211.10438, equation
    4 with alpha 1/2). Each output has a scale of its own.

    Args:
        model: With float32 weights.
        feeds: Inputs of the model that tell how large its features are.
    """
    graph = model.graph
    weights = _weights_of_products(graph)
    by_input: dict[str, list[str]] = defaultdict(list)
    for node in graph.node:
        if node.op_type == "MatMul" and node.input[1] in weights:
            by_input[node.input[0]].append(node.input[1])
    sizes = _largest_features(model, {x: weights[names[0]] for x, names in by_input.items()}, feeds)
    inverse: dict[str, Floats] = {}
    for x, names in by_input.items():
        factor = _smoothing(sizes[x], [weights[name] for name in names])
        inverse[x] = np.asarray(1 / factor, np.float32)
        for name in names:
            _store(graph, name, weights[name] * factor[:, None])
    _compute_in_integers(graph, set(weights), inverse)


def _weights_of_products(graph: onnx.GraphProto) -> dict[str, Floats]:
    """(K, N) constants that are the second factor of one product each, and nothing else."""
    uses: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for node in graph.node:
        for place, name in enumerate(node.input):
            uses[name].append((node.op_type, place))
    return {
        tensor.name: numpy_helper.to_array(tensor)
        for tensor in graph.initializer
        if tensor.data_type == onnx.TensorProto.FLOAT
        and len(tensor.dims) == 2
        and uses[tensor.name] == [("MatMul", 1)]
    }


def _largest_features(
    model: onnx.ModelProto, weights: Mapping[str, Floats], feeds: Sequence[Feed]
) -> dict[str, Floats]:
    """The largest size of each of the (K,) features of what goes into products."""
    looking = onnx.ModelProto()
    looking.CopyFrom(model)
    graph = looking.graph
    graph.initializer.append(numpy_helper.from_array(np.array([0]), "largest_axes"))
    for number, (x, weight) in enumerate(weights.items()):
        shape, names = f"largest_shape_{number}", [f"largest_{part}_{number}" for part in "abc"]
        as_rows = numpy_helper.from_array(np.array([-1, weight.shape[0]]), shape)
        graph.initializer.append(as_rows)
        graph.node.extend(
            [
                helper.make_node("Abs", [x], [names[0]]),
                helper.make_node("Reshape", [names[0], shape], [names[1]]),
                helper.make_node("ReduceMax", [names[1], "largest_axes"], [names[2]], keepdims=0),
            ]
        )
        graph.output.append(
            helper.make_tensor_value_info(names[2], onnx.TensorProto.FLOAT, weight.shape[:1])
        )
    session = onnxruntime.InferenceSession(looking.SerializeToString())
    asked = [f"largest_c_{number}" for number in range(len(weights))]
    found = [session.run(asked, dict(feed)) for feed in feeds]
    return {
        x: np.max(each, axis=0) for x, each in zip(weights, zip(*found, strict=True), strict=True)
    }


def _smoothing(features: Floats, weights: Sequence[Floats]) -> Floats:
    """(K,) what features are divided by, and rows of the weights multiplied by."""
    rows = np.max([np.abs(weight).max(axis=1) for weight in weights], axis=0)
    factor = np.sqrt(np.maximum(features, _LEAST) / np.maximum(rows, _LEAST))
    return np.asarray(factor, np.float32)


def _store(graph: onnx.GraphProto, name: str, values: Floats) -> None:
    """Replace (K, N) weights by integers, with a scale and a zero for each output."""
    scale = np.abs(values).max(axis=0) / _LARGEST
    scale = np.where(scale > 0, scale, 1).astype(np.float32)
    integers = np.rint(values / scale).astype(np.int8)
    tensor = next(each for each in graph.initializer if each.name == name)
    tensor.CopyFrom(numpy_helper.from_array(integers, name))
    for known in [each for each in graph.value_info if each.name == name]:
        graph.value_info.remove(known)
    graph.initializer.append(numpy_helper.from_array(scale, f"{name}_scale"))
    zero = np.zeros(values.shape[1], np.int8)
    graph.initializer.append(numpy_helper.from_array(zero, f"{name}_zero"))


def _compute_in_integers(
    graph: onnx.GraphProto, weights: set[str], inverse: Mapping[str, Floats]
) -> None:
    nodes: list[onnx.NodeProto] = []
    rounded: set[str] = set()
    for node in graph.node:
        if node.op_type != "MatMul" or node.input[1] not in weights:
            nodes.append(node)
            continue
        x, weight, y = node.input[0], node.input[1], node.output[0]
        if x not in rounded:
            rounded.add(x)
            graph.initializer.append(numpy_helper.from_array(inverse[x], f"{x}_inverse"))
            nodes += [
                helper.make_node("Mul", [x, f"{x}_inverse"], [f"{x}_even"]),
                helper.make_node(
                    "DynamicQuantizeLinear",
                    [f"{x}_even"],
                    [f"{x}_int8", f"{x}_scale", f"{x}_zero"],
                ),
            ]
        # The form that ONNX Runtime makes one operation of.
        nodes += [
            helper.make_node("Mul", [f"{x}_scale", f"{weight}_scale"], [f"{y}_scale"]),
            helper.make_node(
                "MatMulInteger", [f"{x}_int8", weight, f"{x}_zero", f"{weight}_zero"], [f"{y}_int"]
            ),
            helper.make_node("Cast", [f"{y}_int"], [f"{y}_float"], to=onnx.TensorProto.FLOAT),
            helper.make_node("Mul", [f"{y}_float", f"{y}_scale"], [y]),
        ]
    copies = [onnx.NodeProto.FromString(node.SerializeToString()) for node in nodes]
    del graph.node[:]
    graph.node.extend(copies)
