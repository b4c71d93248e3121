"""The formats on offer: what each is for and what opens it. Imports no torch: a window reads it."""

from dataclasses import dataclass
from typing import Final

from core.errors import RunError

PRECISIONS: Final = ("fp32", "fp16", "int8")


@dataclass(frozen=True, kw_only=True)
class ExportFormat:
    """One format.

    Attributes:
        name: As on the command line.
        title: As a window shows it.
        what: What it is for, one sentence.
        opens: What opens it.
        needs_classifier: Whether the run must have been fine-tuned on labels.
        folder: Its folder among the exports of a run, where that is not its name.
        precisions: Which precisions the weights can have; the first is the default.
    """

    name: str
    title: str
    what: str
    opens: str
    needs_classifier: bool
    folder: str = ""
    precisions: tuple[str, ...] = ("fp32",)


FORMATS: Final = (
    ExportFormat(
        name="encoder",
        title="Encoder for embeddings",
        what="Turns an image into a vector: for search, clustering, or a model of your own on top.",
        opens='timm: timm.create_model("local-dir:FOLDER", pretrained=True)',
        needs_classifier=False,
        folder="encoder-timm",
    ),
    ExportFormat(
        name="timm",
        title="timm",
        what="The classifier for PyTorch, in timm's names: to train on, or to build into a program "
        "that uses timm.",
        opens='timm: timm.create_model("local-dir:FOLDER", pretrained=True)',
        needs_classifier=True,
    ),
    ExportFormat(
        name="transformers",
        title="Hugging Face Transformers",
        what="The classifier with its image processor, ready for the hub and for pipelines.",
        opens="transformers: AutoModelForImageClassification and AutoImageProcessor",
        needs_classifier=True,
    ),
    ExportFormat(
        name="onnx",
        title="ONNX",
        what="One file from pixels of any size to probabilities, without Python or PyTorch.",
        opens="ONNX Runtime, in Python, C++, C#, Java, JavaScript",
        needs_classifier=True,
        precisions=PRECISIONS,
    ),
    ExportFormat(
        name="pt2",
        title="PyTorch program (torch.export)",
        what="The classifier as a graph: runs in PyTorch without timm or Redistill, and is what "
        "AOTInductor and ExecuTorch start from.",
        opens="PyTorch: torch.export.load",
        needs_classifier=True,
    ),
)


TEXT_FORMATS: Final = (
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
        what="The classifier with its tokenizer, ready for the hub and for pipelines.",
        opens="transformers: AutoModelForSequenceClassification and AutoTokenizer",
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


_BY_MODALITY: Final = {"images": FORMATS, "text": TEXT_FORMATS}


def formats_for(kind: str) -> tuple[ExportFormat, ...]:
    """What runs of a modality can be exported as; nothing where it has no formats."""
    return _BY_MODALITY.get(kind, ())


def format_named(name: str, kind: str = "images") -> ExportFormat:
    """The format of that name; `RunError` when there is none for that kind of run."""
    offered = formats_for(kind)
    for known in offered:
        if known.name == name:
            return known
    names = ", ".join(known.name for known in offered)
    raise RunError("export-format-unknown", name=name, kind=kind, formats=names)


def chosen_precision(wanted: ExportFormat, precision: str | None) -> str:
    """`precision`, or the format's own; `RunError` when the format does not have it."""
    if precision is None:
        return wanted.precisions[0]
    if precision not in wanted.precisions:
        have = ", ".join(wanted.precisions)
        raise RunError("export-precision-unknown", name=precision, format=wanted.name, have=have)
    return precision


def other_formats(name: str, kind: str = "images") -> str:
    """The names of all formats but that one, for words to the user."""
    return ", ".join(known.name for known in formats_for(kind) if known.name != name)
