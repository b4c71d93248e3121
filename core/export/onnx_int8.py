"""ONNX graphs with 8-bit weights, in operators that every runtime has."""

from collections import defaultdict
from typing import Final

import numpy as np
import onnx
from onnx import helper, numpy_helper

# Symmetric: -128 is left out, so that zero stays zero.
_LARGEST: Final = 127
# For the card of an export.
NOTE: Final = (
    "Its weights are stored in 8 bits and computed with in floating point, so the file is a "
    "quarter of the size and the answers stay; it is no faster than fp32. Open it in ONNX "
    "Runtime with the session option `session.disable_quant_qdq` set to 1, as `run.py` does, "
    "or it unpacks them at every call."
)


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
