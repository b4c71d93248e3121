"""The formats `transformers` and `encoder` for text: what `AutoModel…` and `AutoTokenizer` open."""

from pathlib import Path
from typing import Any, Final

from safetensors.torch import save
from transformers.utils.logging import disable_progress_bar

from core.export.export_result import Written
from core.export.parity import Tolerance
from core.hub.hub import WEIGHTS
from core.models.masked_model import unshared
from core.system.atomic import write_bytes
from core.text.export.subject import TextSubject
from core.text.export.tokenizer import write_tokenizer

# Batches are padded to other lengths, and kernels differ between them.
TOLERANCE: Final = Tolerance(difference=1e-4)


def write_text_classifier(subject: TextSubject, folder: Path, precision: str) -> Written:
    """Write the classifier, which transformers' own class of its architecture computes."""
    del precision  # there is one
    config: Any = subject.text.configuration(
        id2label=dict(enumerate(subject.classes)),
        label2id={name: index for index, name in enumerate(subject.classes)},
        problem_type="single_label_classification",
    )
    return _write(subject, folder, config, [])


def write_text_encoder(subject: TextSubject, folder: Path, precision: str) -> Written:
    """Write the encoder; what transformers puts on top of some (a pooler) has no weights here."""
    del precision  # there is one
    note = (
        "Take `last_hidden_state[:, 0]`, as `run.py` does. Where transformers adds a pooler to "
        "this architecture, it warns that the pooler has no trained weights; it is not used."
    )
    return _write(subject, folder, subject.text.configuration(), [note])


def _write(subject: TextSubject, folder: Path, config: Any, notes: list[str]) -> Written:
    architecture = type(subject.module).__name__
    config.architectures = [architecture]
    # A bar per file tells nobody anything, here and when the check opens it again.
    disable_progress_bar()  # type: ignore[no-untyped-call]
    config.save_pretrained(folder)
    state = {
        name: value.detach().cpu().contiguous()
        for name, value in subject.module.state_dict().items()
    }
    write_bytes(folder / WEIGHTS, save(unshared(state), {"format": "pt"}))
    write_tokenizer(folder, subject.text)
    return Written(
        architecture=architecture,
        tolerance=TOLERANCE,
        libraries=("transformers", "tokenizers"),
        notes=notes,
    )
