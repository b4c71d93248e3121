"""What an export format is: what it is for and what opens it. Imports no torch."""

from collections.abc import Sequence
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


def format_named(name: str, offered: Sequence[ExportFormat], kind: str) -> ExportFormat:
    """The format of that name among those of a modality; `RunError` when it is not offered."""
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


def other_formats(name: str, offered: Sequence[ExportFormat]) -> str:
    """The names of all formats on offer but that one, for words to the user."""
    return ", ".join(known.name for known in offered if known.name != name)
