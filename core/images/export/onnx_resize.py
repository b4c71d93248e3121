"""Resizing inside an ONNX graph, as Pillow does it when images are read for training.

ONNX Runtime's antialiased resize of 8-bit images follows Pillow's: measured on random pixels,
one in some thousand differs, by one level of 255.
"""

from typing import Any, Final

import onnx
from onnx import TensorProto, helper

from core.models.masked_model import Preprocessing

IMAGES: Final = "images"
# Pillow's filters widen when they shrink, and forget what lies beyond the edge.
_AS_PILLOW: Final[dict[str, Any]] = {"antialias": 1, "exclude_outside": 1}
_FILTERS: Final[dict[str, dict[str, Any]]] = {
    "bilinear": {"mode": "linear", **_AS_PILLOW},
    "bicubic": {"mode": "cubic", "cubic_coeff_a": -0.5, **_AS_PILLOW},
    "nearest": {"mode": "nearest", "nearest_mode": "round_prefer_ceil"},
}


def can_resize(interpolation: str) -> bool:
    """Whether ONNX has that filter of Pillow's."""
    return interpolation in _FILTERS


def prepend_resize(model: onnx.ModelProto, pixels: str, preprocessing: Preprocessing) -> None:
    """Let a graph take images of any size.

    Args:
        model: Its one input is changed to `images`: uint8 (batch, height, width, 3).
        pixels: That input until now: uint8 (batch, 3, H, W) at training size.
        preprocessing: Has the size and the filter.
    """
    graph = model.graph
    resize = helper.make_node(
        "Resize",
        ["planes", "", "", "planes_size"],
        [pixels],
        coordinate_transformation_mode="half_pixel",
        **_FILTERS[preprocessing.interpolation],
    )
    before = [
        helper.make_node("Transpose", [IMAGES], ["planes"], perm=[0, 3, 1, 2]),
        helper.make_node("Shape", ["planes"], ["planes_head"], start=0, end=2),
        helper.make_node("Concat", ["planes_head", "input_size"], ["planes_size"], axis=0),
        resize,
    ]
    size = helper.make_tensor("input_size", TensorProto.INT64, [2], preprocessing.image_size)
    shape: list[str | int | None] = ["batch", "height", "width", 3]
    images = helper.make_tensor_value_info(IMAGES, TensorProto.UINT8, shape)
    nodes = [*before, *graph.node]
    del graph.node[:], graph.input[:]
    graph.node.extend(nodes)
    graph.input.append(images)
    graph.initializer.append(size)
    onnx.checker.check_model(model)
