"""The formats `transformers` and `encoder` for text: what `AutoModel…` and `AutoTokenizer` open."""

from pathlib import Path
from typing import Any, Final

from safetensors.torch import save
from transformers.utils.logging import disable_progress_bar

from core.export.export_result import Written
from core.export.numbers import in_units, numbers_in_config
from core.export.parity import Tolerance
from core.export.several_labels import several_labels
from core.hub.hub import WEIGHTS
from core.models.masked_model import unshared
from core.system.atomic import write_bytes
from core.text.export.idle_pooler import with_idle_pooler
from core.text.export.modules import write_modules
from core.text.export.subject import TextSubject
from core.text.export.tokenizer import write_tokenizer
from core.text.model.pooling import WORDS

# Batches are padded to other lengths, and kernels differ between them.
TOLERANCE: Final = Tolerance(difference=1e-4)
_IDLE_POOLER: Final = (
    "This architecture has a pooler before its output layer, which no training filled here: its "
    "weights only hand the first token through."
)
_BESIDE: Final = (
    "transformers has no classifier that reads a text in this way: `AutoModel` opens the encoder, "
    "and pooling (`1_Pooling`) and output layer (`2_Dense`) lie beside it in the layout of "
    "sentence-transformers, whose embeddings are then the logits. `run.py` does it with "
    "transformers alone. Opened as `AutoModelForSequenceClassification` it would answer at random: "
    "that adds an output layer of its own, which nothing has trained."
)


def write_text_classifier(subject: TextSubject, folder: Path, precision: str) -> Written:
    """Write the classifier.

    It is transformers' own of its architecture where that reads a text in the same way, else an
    encoder with pooling and output layer beside it.
    """
    del precision  # there is one
    config: Any = subject.text.configuration(
        id2label=dict(enumerate(subject.classes)),
        label2id={name: index for index, name in enumerate(subject.classes)},
        **{
            "problem_type": subject.decision.task.problem_type,
            **several_labels(subject),
            **numbers_in_config(subject),
        },
    )
    with in_units(subject, subject.output_layer):
        return _write_as_it_reads(subject, folder, config)


def _write_as_it_reads(subject: TextSubject, folder: Path, config: Any) -> Written:
    module, pooling = subject.module, subject.text.pooling
    if pooling == "head":
        return _write(subject, folder, module, config, [])
    if pooling == "first" and config.model_type == "bert":
        return _write(subject, folder, with_idle_pooler(module, config), config, [_IDLE_POOLER])
    written = _write(subject, folder, module.base_model, config, [_BESIDE])
    write_modules(folder, subject.text, module.classifier)
    return written


def write_text_encoder(subject: TextSubject, folder: Path, precision: str) -> Written:
    """Write the encoder; what transformers puts on top of some (a pooler) has no weights here."""
    del precision  # there is one
    note = (
        f"A text is embedded as {WORDS[subject.text.pooling]}, as `run.py` does it and as "
        "`modules.json` says it to sentence-transformers. Where transformers adds a pooler to "
        "this architecture, it warns that the pooler has no trained weights; it is not used."
    )
    written = _write(subject, folder, subject.module, subject.text.configuration(), [note])
    write_modules(folder, subject.text)
    return written


def _write(
    subject: TextSubject, folder: Path, module: Any, config: Any, notes: list[str]
) -> Written:
    architecture = type(module).__name__
    config.architectures = [architecture]
    # A bar per file tells nobody anything, here and when the check opens it again.
    disable_progress_bar()  # type: ignore[no-untyped-call]
    config.save_pretrained(folder)
    state = {name: value.detach().cpu().contiguous() for name, value in module.state_dict().items()}
    write_bytes(folder / WEIGHTS, save(unshared(state), {"format": "pt"}))
    write_tokenizer(folder, subject.text)
    return Written(
        architecture=architecture,
        tolerance=TOLERANCE,
        libraries=("transformers", "tokenizers"),
        notes=notes,
    )
