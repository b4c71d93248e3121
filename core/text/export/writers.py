"""Which function writes which format for text."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from core.export.export_result import Written
from core.text.export.subject import TextSubject
from core.text.export.write_onnx import write_text_onnx
from core.text.export.write_pt2 import write_text_pt2
from core.text.export.write_transformers import write_text_classifier, write_text_encoder

TEXT_WRITERS: Final[dict[str, Callable[[TextSubject, Path, str], Written]]] = {
    "encoder": write_text_encoder,
    "transformers": write_text_classifier,
    "onnx": write_text_onnx,
    "pt2": write_text_pt2,
}
