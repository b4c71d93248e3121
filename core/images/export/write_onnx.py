"""The format `onnx`: one graph from images of any size to probabilities."""

from pathlib import Path
from typing import Final

import numpy as np
import torch

from core.errors import RunError
from core.export.export_result import Written
from core.export.formats import other_formats
from core.export.onnx_graph import MODEL, OPSET, converted, described, save
from core.export.onnx_int8 import to_8_bits
from core.export.onnx_products import Feed
from core.export.parity import Tolerance
from core.images.export.formats import FORMATS
from core.images.export.network import Network
from core.images.export.onnx_resize import can_resize, prepend_resize
from core.images.export.subject import ImageSubject

_PIXELS: Final = "pixels"
_TOLERANCES: Final = {
    # Its resizing rounds some pixels by one level of 255.
    "fp32": Tolerance(difference=2e-3),
    "fp16": Tolerance(difference=2e-2),
    # Eight bits move probabilities; what must stay is the answer.
    "int8": Tolerance(difference=0.1, agreement=0.9),
}


def write_onnx(subject: ImageSubject, folder: Path, precision: str) -> Written:
    """Write the graph; resizing, normalising and activation are inside."""
    interpolation = subject.preprocessing.interpolation
    if not can_resize(interpolation):
        others = other_formats("onnx", FORMATS)
        reason = f"it resizes images by {interpolation}, which ONNX does not have"
        name = subject.model.description.name
        raise RunError(
            "export-architecture", name=name, format="onnx", reason=reason, others=others
        )
    network = Network(subject, torch.float16 if precision == "fp16" else torch.float32).eval()
    # Two: a batch of one would be taken for a constant.
    pixels = torch.zeros(2, 3, *subject.preprocessing.image_size, dtype=torch.uint8)
    sizes = ({0: torch.export.Dim("batch")},)
    model = converted(network, (pixels,), sizes, [_PIXELS], subject.output_name)
    notes: list[str] = []
    if precision == "int8":
        notes.append(to_8_bits(model, _feeds(subject), _TOLERANCES[precision], subject.unit))
    prepend_resize(model, _PIXELS, subject.preprocessing)
    described(model, subject, precision, "Image classifier; see README.md.")
    save(model, folder / MODEL)
    note = (
        f"`{MODEL}` takes `images`: uint8 (batch, height, width, 3), RGB, of any height and "
        f"width; it gives {subject.output_in_words}. {subject.told_with_it} are in "
        "its metadata."
    )
    return Written(
        architecture=f"ONNX opset {OPSET}, {precision}",
        tolerance=_TOLERANCES[precision],
        libraries=("onnx", "onnxruntime", "timm"),
        notes=[note, *notes],
    )


def _feeds(subject: ImageSubject) -> list[Feed]:
    """What the graph takes, of one example each."""
    known = () if subject.examples is None else subject.examples
    return [{_PIXELS: np.ascontiguousarray(pixels.transpose(2, 0, 1)[None])} for pixels in known]
