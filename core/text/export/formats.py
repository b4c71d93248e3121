"""What models of texts can be exported as. Imports no torch: a window reads it."""

from typing import Final

from core.export.formats import PRECISIONS, ExportFormat
from core.language import _

FORMATS: Final = (
    ExportFormat(
        name="encoder",
        title=_("Encoder for embeddings"),
        what=_(
            "Turns a text into a vector: for search, clustering, or a model of your own on top."
        ),
        opens="transformers: AutoModel and AutoTokenizer",
        needs_classifier=False,
        folder="encoder-transformers",
    ),
    ExportFormat(
        name="transformers",
        title=_("Hugging Face Transformers"),
        what=_(
            "The classifier with its tokenizer, ready for the hub and, unless it is a sentence "
            "encoder's, for pipelines."
        ),
        opens=_(
            "transformers: AutoModelForSequenceClassification (AutoModel for sentence encoders) "
            "and AutoTokenizer"
        ),
        needs_classifier=True,
    ),
    ExportFormat(
        name="onnx",
        title="ONNX",
        what=_(
            "One file from token ids to probabilities, without PyTorch; its tokenizer lies beside "
            "it."
        ),
        opens=_("ONNX Runtime, in Python, C++, C#, Java, JavaScript, and the library tokenizers"),
        needs_classifier=True,
        precisions=PRECISIONS,
    ),
    ExportFormat(
        name="pt2",
        title=_("PyTorch program (torch.export)"),
        what=_(
            "The classifier as a graph: runs in PyTorch without transformers or Redistill, and is "
            "what AOTInductor and ExecuTorch start from."
        ),
        opens="PyTorch: torch.export.load, and the library tokenizers",
        needs_classifier=True,
    ),
)
