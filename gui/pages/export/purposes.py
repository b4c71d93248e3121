"""For whom a model is exported: which format that means, in the words of whoever asks."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.export.formats import ExportFormat
from core.language import _


@dataclass(frozen=True)
class Purpose:
    """What somebody wants.

    Attributes:
        title: In their words.
        words: What they get.
        formats: Names of formats that do it, the best first; the first that is offered is taken.
        page: Where it is done instead of here, and in which part of it; empty: here.
        pushes: Whether what was exported goes to the hub then.
    """

    title: str
    words: str
    formats: tuple[str, ...] = ()
    page: str = ""
    pushes: bool = False

    def format_in(self, offered: Sequence[ExportFormat]) -> str:
        """The name of the format for it; empty where none is offered."""
        names = {each.name for each in offered}
        return next((name for name in self.formats if name in names), "")


PURPOSES = (
    Purpose(
        _("For another computer or program, without Python"),
        _(
            "One ONNX file, with a small program that runs it. Recommended: it opens nearly "
            "anywhere."
        ),
        ("onnx",),
    ),
    Purpose(
        _("To go on with it in Python"),
        _("As PyTorch users expect it, to classify with or to train further."),
        ("transformers", "timm", "pt2"),
    ),
    Purpose(
        _("To share it on the hub"),
        _("In the layout that the hub shows and others load by name; you need an account there."),
        ("transformers",),
        pushes=True,
    ),
    Purpose(
        _("To search or group my own {examples}"),
        _("The encoder alone: it turns each {example} into a vector (an embedding)."),
        ("encoder",),
    ),
    Purpose(
        _("Just to sort a folder of {examples}"),
        _("Nothing to export: Use it, on Results, classifies a folder and sorts copies of it."),
        page="results/use",
    ),
)
