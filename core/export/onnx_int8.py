"""ONNX graphs in 8 bits, in operators that every runtime has: of weights alone, or of products."""

import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import onnx
import onnxruntime
from onnx import helper, numpy_helper

from core.export.onnx_products import Feed, with_8_bit_products
from core.export.parity import Tolerance, agreement_with_ties

# Symmetric: -128 is left out, so that zero stays zero.
_LARGEST: Final = 127
# Examples whose features tell the scales; and share of a tolerance that products may use up,
# because a runner resizes images a little differently.
_TELLING: Final = 16
_SHARE: Final = 0.5
# For the card of an export.
NOTE: Final = (
    "Its weights are stored in 8 bits and computed with in floating point, so the file is a "
    "quarter of the size and the answers stay; it is no faster than fp32. Open it in ONNX "
    "Runtime with the session option `session.disable_quant_qdq` set to 1, as `run.py` does, "
    "or it unpacks them at every call."
)


@dataclass(frozen=True)
class _Compared:
    """A graph in 8 bits against the one in float32, on examples.

    Attributes:
        difference: Largest difference of any answer.
        agreement: Share of examples with the same class, or one as likely.
        speed: Examples in the same time, one at a time.
    """

    difference: float
    agreement: float
    speed: float


def to_8_bits(
    model: onnx.ModelProto, feeds: Sequence[Feed], tolerance: Tolerance, unit: float = 1.0
) -> str:
    """Bring a graph into 8 bits, in place: products too, if the answers to examples stay.

    Args:
        model: With float32 weights; its only output are answers.
        feeds: Inputs of one example each; without any, only weights are stored in 8 bits.
        tolerance: How far answers may move in all.
        unit: In which that is: 1 of probabilities.

    Returns:
        What to know about it, for the card of the export.
    """
    if not feeds:
        with_8_bit_weights(model)
        return NOTE
    fast = onnx.ModelProto()
    fast.CopyFrom(model)
    with_8_bit_products(fast, feeds[:_TELLING])
    # The tables of embeddings, which are no products.
    with_8_bit_weights(fast)
    found = _compared(model, fast, feeds, tolerance.tie, unit)
    is_close = found.difference <= _SHARE * tolerance.difference
    if not is_close or found.agreement < tolerance.agreement:
        with_8_bit_weights(model)
        return (
            f"{NOTE} Products in 8 bits, which are faster, would have moved answers by up to "
            f"{found.difference:.2g} on your examples."
        )
    model.CopyFrom(fast)
    return (
        "Its weights are stored in 8 bits, a quarter of the size, and its matrix products are "
        "computed in 8 bits, on scales chosen from "
        f"{min(_TELLING, len(feeds))} of your examples. With one example at a time, it answered "
        f"{found.speed:.1f} times as fast as fp32 on the machine that made it. What goes into a "
        "product is rounded with one scale per call: an answer depends a little on what else is in "
        "the call."
    )


def _compared(
    exact: onnx.ModelProto, fast: onnx.ModelProto, feeds: Sequence[Feed], tie: float, unit: float
) -> _Compared:
    sessions = [_opened(exact), _opened(fast)]
    for session in sessions:
        session.run(None, dict(feeds[0]))
    answers: list[list[np.ndarray]] = [[], []]
    seconds = [0.0, 0.0]
    # In turns: both meet the same machine.
    for feed in feeds:
        for side, session in enumerate(sessions):
            began = time.perf_counter()
            answers[side].append(np.asarray(session.run(None, dict(feed))[0]))
            seconds[side] += time.perf_counter() - began
    wanted, found = (np.concatenate(side) for side in answers)
    difference = float(np.abs(found - wanted).max()) / unit
    return _Compared(
        # What is no number is as far as can be.
        difference if np.isfinite(difference) else float("inf"),
        agreement_with_ties(found, wanted, tie),
        seconds[0] / max(seconds[1], 1e-9),
    )


def _opened(model: onnx.ModelProto) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.add_session_config_entry("session.disable_quant_qdq", "1")
    return onnxruntime.InferenceSession(model.SerializeToString(), options)


def with_8_bit_weights(model: onnx.ModelProto) -> None:
    """Keep the weights of matrix products and tables of embeddings in 8 bits, in place.

    Every output of a product, and every feature of a table, has a scale of its own. What is
    computed stays in floating point: activations rounded to 8 bits by one scale per tensor, as
    `onnxruntime.quantization.quantize_dynamic` does, move the probabilities of a Vision
    Transformer by up to one half, because few of its features are many times larger than the
    rest (Xiao et al., SmoothQuant, arXiv 2211.10438, section 3).

    Args:
        model: With float32 weights; the other weights (norms, biases, the first convolution)
            are few, and stay as they are.
    """
    graph = model.graph
    uses: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for node in graph.node:
        for place, name in enumerate(node.input):
            uses[name].append((node.op_type, place))
    columns: dict[str, str] = {}
    for tensor in list(graph.initializer):
        if tensor.data_type != onnx.TensorProto.FLOAT or len(tensor.dims) != 2:
            continue
        if set(uses[tensor.name]) in ({("MatMul", 1)}, {("Gather", 0)}):
            columns[tensor.name] = _store(graph, tensor)
    _dequantize_where_used(graph, columns)


def _store(graph: onnx.GraphProto, tensor: onnx.TensorProto) -> str:
    """Replace a (rows, columns) tensor by its integers; returns the name of the scales."""
    weights = numpy_helper.to_array(tensor)
    scale = np.abs(weights).max(axis=0, initial=0.0) / _LARGEST
    scale = np.where(scale > 0, scale, 1).astype(np.float32)
    tensor.CopyFrom(numpy_helper.from_array(np.rint(weights / scale).astype(np.int8), tensor.name))
    graph.initializer.append(numpy_helper.from_array(scale, f"{tensor.name}_scale"))
    return f"{tensor.name}_scale"


def _dequantize_where_used(graph: onnx.GraphProto, scales: dict[str, str]) -> None:
    nodes: list[onnx.NodeProto] = []
    ready: set[str] = set()
    for node in list(graph.node):
        weights = next((name for name in node.input if name in scales), None)
        if weights is None:
            nodes.append(node)
        elif node.op_type == "MatMul":
            whole = f"{weights}_float"
            if weights not in ready:
                ready.add(weights)
                nodes.append(_dequantize(weights, scales[weights], whole, axis=1))
            node.input[1] = whole
            nodes.append(node)
        else:
            # Only the rows that were looked up.
            found = node.output[0]
            node.output[0] = f"{found}_int8"
            nodes += [node, _dequantize(node.output[0], scales[weights], found, axis=-1)]
    del graph.node[:]
    graph.node.extend(nodes)


def _dequantize(integers: str, scale: str, result: str, *, axis: int) -> onnx.NodeProto:
    return helper.make_node(
        "DequantizeLinear", [integers, scale], [result], name=f"{result}_dequantize", axis=axis
    )
