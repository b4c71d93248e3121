"""A model of text that is exported."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn

from core.export.subject import Subject, WeightsPlace
from core.run.decision import read_decision
from core.run.folder import RunFolder
from core.stages.weights import load_encoder
from core.text.data.framing import cut_off
from core.text.model.description import TextDescription
from core.text.model.open_classifier import open_text_classifier
from core.text.model.pooled import width_of
from core.text.model.pooling import pooled
from core.text.model.store import open_masked_lm
from core.text.token_source import padded
from core.text.tokenizing import Tokenizing


@dataclass(frozen=True, kw_only=True)
class TextSubject(Subject):
    """A classifier or an encoder of transformers'.

    Attributes:
        text: Architecture, tokenizer and origin.
        module: The trained classifier, or the encoder.
        output_layer: Of the classifier, a part of it; None of an encoder.
    """

    text: TextDescription
    module: Any
    output_layer: nn.Linear | None = None

    @property
    def description(self) -> TextDescription:
        """Name, origin and licence of the pretrained model."""
        return self.text

    @property
    def modules(self) -> tuple[nn.Module, ...]:
        """What computes its outputs."""
        return (self.module,)

    @property
    def feature_dim(self) -> int:
        """Width of an embedding."""
        return width_of(self.module.config)

    def computed(self, inputs: Sequence[str]) -> Tensor:
        """(B, C) logits of texts, or (B, D) embeddings, as the model itself is read.

        They are tokenised and framed as in training.
        """
        tokenizing = Tokenizing(self.text)
        ids, starts = cut_off(tokenizing(list(inputs)), tokenizing.frame).split()
        batch = padded(ids, starts, self.text.pad_id)
        found = self.module(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"])
        if self.classes:
            logits: Tensor = found.logits
            return logits
        return pooled(found.last_hidden_state, batch["attention_mask"], self.text.pooling)


def text_classifier(run: RunFolder, place: WeightsPlace) -> TextSubject:
    """The classifier of a fine-tuning.

    Raises:
        RunError: Its files are damaged.
    """
    classifier, classes = open_text_classifier(place.path)
    return TextSubject(
        run=run,
        place=place,
        classes=tuple(classes),
        decision=read_decision(place.path),
        text=classifier.description,
        module=classifier.whole.eval(),
        output_layer=classifier.output_layer,
    )


def text_encoder(run: RunFolder, place: WeightsPlace) -> TextSubject:
    """The encoder of a stage.

    Raises:
        RunError: Its files are damaged.
    """
    model = open_masked_lm(run.model)
    load_encoder(model, place.path)
    return TextSubject(run=run, place=place, text=model.description, module=model.encoder.eval())
