"""What models of images can be exported as. Imports no torch: a window reads it."""

from typing import Final

from core.export.formats import PRECISIONS, ExportFormat
from core.language import _

FORMATS: Final = (
    ExportFormat(
        name="encoder",
        title=_("Encoder for embeddings"),
        what=_(
            "Turns an image into a vector: for search, clustering, or a model of your own on top."
        ),
        opens='timm: timm.create_model("local-dir:FOLDER", pretrained=True)',
        needs_classifier=False,
        folder="encoder-timm",
    ),
    ExportFormat(
        name="timm",
        title="timm",
        what=_(
            "The classifier for PyTorch, in timm's names: to train on, or to build into a program "
            "that uses timm."
        ),
        opens='timm: timm.create_model("local-dir:FOLDER", pretrained=True)',
        needs_classifier=True,
    ),
    ExportFormat(
        name="transformers",
        title=_("Hugging Face Transformers"),
        what=_("The classifier with its image processor, ready for the hub and for pipelines."),
        opens="transformers: AutoModelForImageClassification and AutoImageProcessor",
        needs_classifier=True,
    ),
    ExportFormat(
        name="onnx",
        title="ONNX",
        what=_("One file from pixels of any size to probabilities, without Python or PyTorch."),
        opens=_("ONNX Runtime, in Python, C++, C#, Java, JavaScript"),
        needs_classifier=True,
        precisions=PRECISIONS,
    ),
    ExportFormat(
        name="pt2",
        title=_("PyTorch program (torch.export)"),
        what=_(
            "The classifier as a graph: runs in PyTorch without timm or Redistill, and is what "
            "AOTInductor and ExecuTorch start from."
        ),
        opens="PyTorch: torch.export.load",
        needs_classifier=True,
    ),
)
