"""Which function writes which format for images."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from core.export.export_result import Written
from core.images.export.subject import ImageSubject
from core.images.export.write_onnx import write_onnx
from core.images.export.write_pt2 import write_pt2
from core.images.export.write_timm import write_timm
from core.images.export.write_transformers import write_transformers

WRITERS: Final[dict[str, Callable[[ImageSubject, Path, str], Written]]] = {
    "encoder": write_timm,
    "timm": write_timm,
    "transformers": write_transformers,
    "onnx": write_onnx,
    "pt2": write_pt2,
}
