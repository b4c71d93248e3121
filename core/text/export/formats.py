"""What models of texts can be exported as. Imports no torch: a window reads it."""

from typing import Final

from core.export.formats import PRECISIONS, ExportFormat

FORMATS: Final = (
    ExportFormat(
        name="encoder",
        title="Encoder for embeddings",
        what="Turns a text into a vector: for search, clustering, or a model of your own on top.",
        opens="transformers: AutoModel and AutoTokenizer",
        needs_classifier=False,
        folder="encoder-transformers",
    ),
    ExportFormat(
        name="transformers",
        title="Hugging Face Transformers",
        what="The classifier with its tokenizer, ready for the hub and, unless it is a sentence "
        "encoder's, for pipelines.",
        opens="transformers: AutoModelForSequenceClassification (AutoModel for sentence encoders) "
        "and AutoTokenizer",
        needs_classifier=True,
    ),
    ExportFormat(
        name="onnx",
        title="ONNX",
        what="One file from token ids to probabilities, without PyTorch; its tokenizer lies beside "
        "it.",
        opens="ONNX Runtime, in Python, C++, C#, Java, JavaScript, and the library tokenizers",
        needs_classifier=True,
        precisions=PRECISIONS,
    ),
    ExportFormat(
        name="pt2",
        title="PyTorch program (torch.export)",
        what="The classifier as a graph: runs in PyTorch without transformers or Redistill, and is "
        "what AOTInductor and ExecuTorch start from.",
        opens="PyTorch: torch.export.load, and the library tokenizers",
        needs_classifier=True,
    ),
)
