"""The format `pt2` for text: the classifier as a graph that PyTorch runs without transformers."""

from pathlib import Path
from typing import Final

from core.export.export_result import Written
from core.export.parity import Tolerance
from core.export.pt2_program import FACTS, MODEL, save_program
from core.text.export.network import TextNetwork, any_size, example
from core.text.export.subject import TextSubject
from core.text.export.tokenizer import FILE, write_plain_tokenizer

_TOLERANCE: Final = Tolerance(difference=1e-4)


def write_text_pt2(subject: TextSubject, folder: Path, precision: str) -> Written:
    """Write the graph, with the class names in the same file, and `tokenizer.json`."""
    del precision  # there is one
    network = TextNetwork(subject).eval()
    save_program(network, example(subject), any_size(subject), subject, {}, folder)
    write_plain_tokenizer(folder, subject.text)
    note = (
        f"`{MODEL}` takes int64 ids and attention mask (batch, length), at most "
        f"{subject.text.max_length} long, and gives {subject.output_in_words}. "
        f"`{FILE}` makes ids of texts. {subject.told_with_it} are in the extra file "
        f"`{FACTS}`."
    )
    return Written(
        architecture="torch.export.ExportedProgram",
        tolerance=_TOLERANCE,
        libraries=("torch", "tokenizers"),
        notes=[note],
    )
