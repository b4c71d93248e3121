"""The format `onnx` for text: one graph from token ids to probabilities, and a tokenizer."""

from pathlib import Path
from typing import Final

import numpy as np
import torch

from core.export.export_result import Written
from core.export.onnx_graph import MODEL, OPSET, converted, described, save
from core.export.onnx_int8 import to_8_bits
from core.export.onnx_products import Feed
from core.export.parity import Tolerance
from core.text.data.framing import cut_off
from core.text.export.network import INPUTS, TextNetwork, any_size, example
from core.text.export.subject import TextSubject
from core.text.export.tokenizer import FILE, write_plain_tokenizer
from core.text.tokenizing import Tokenizing

TOLERANCES: Final = {
    "fp32": Tolerance(difference=1e-4),
    "fp16": Tolerance(difference=2e-2),
    # Eight bits move probabilities; what must stay is the answer.
    "int8": Tolerance(difference=0.1, agreement=0.9),
}


def write_text_onnx(subject: TextSubject, folder: Path, precision: str) -> Written:
    """Write the graph, activation inside, and `tokenizer.json`."""
    dtype = torch.float16 if precision == "fp16" else torch.float32
    network = TextNetwork(subject, dtype).eval()
    sizes = any_size(subject)
    model = converted(network, example(subject), sizes, INPUTS, subject.output_name)
    notes: list[str] = []
    if precision == "int8":
        notes.append(to_8_bits(model, _feeds(subject), TOLERANCES[precision], subject.unit))
    described(model, subject, precision, "Text classifier; see README.md.")
    save(model, folder / MODEL)
    write_plain_tokenizer(folder, subject.text)
    note = (
        f"`{MODEL}` takes `input_ids` and `attention_mask`: int64 (batch, length), at most "
        f"{subject.text.max_length} long; it gives {subject.output_in_words}. "
        f"`{FILE}` makes ids of texts. {subject.told_with_it} are in its metadata."
    )
    return Written(
        architecture=f"ONNX opset {OPSET}, {precision}",
        tolerance=TOLERANCES[precision],
        libraries=("onnx", "onnxruntime", "tokenizers"),
        notes=[note, *notes],
    )


def _feeds(subject: TextSubject) -> list[Feed]:
    """What the graph takes, of one example each."""
    if not subject.examples:
        return []
    tokenizing = Tokenizing(subject.text)
    rows, _ = cut_off(tokenizing(list(subject.examples)), tokenizing.frame).split()
    return [dict(zip(INPUTS, (row[None], np.ones_like(row[None])), strict=True)) for row in rows]
