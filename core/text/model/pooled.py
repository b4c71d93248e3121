"""A classifier that reads a pooled text: the encoder, dropout, and one linear layer."""

from typing import Any

from torch import Tensor, nn
from transformers import PreTrainedConfig, PreTrainedModel
from transformers.modeling_outputs import SequenceClassifierOutput

from core.text.model.pooling import Pooling, pooled


class PooledClassifier(nn.Module):
    """Answers as transformers' sequence classifiers do, which have no other pooling than theirs.

    Args:
        base: The encoder.
        num_classes: Outputs of the linear layer.
        pooling: How it reads a text.
    """

    def __init__(self, base: PreTrainedModel, num_classes: int, pooling: Pooling) -> None:
        super().__init__()
        self.base_model = base
        self.pooling = pooling
        config = base.config
        self.dropout = nn.Dropout(_share_before_output(config))
        self.classifier = nn.Linear(width_of(config), num_classes)
        nn.init.normal_(self.classifier.weight, std=getattr(config, "initializer_range", 0.02))
        nn.init.zeros_(self.classifier.bias)

    @property
    def config(self) -> PreTrainedConfig:
        """Of the encoder."""
        config: PreTrainedConfig = self.base_model.config
        return config

    def get_input_embeddings(self) -> nn.Module:
        """The table of the tokens."""
        table: nn.Module = self.base_model.get_input_embeddings()
        return table

    def set_attn_implementation(self, name: str) -> None:
        """See transformers' models."""
        self.base_model.set_attn_implementation(name)

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> SequenceClassifierOutput:
        """(B, classes) `logits` of (B, T) ids under a mask."""
        hidden = self.base_model(
            input_ids=input_ids, attention_mask=attention_mask
        ).last_hidden_state
        vector = self.dropout(pooled(hidden, attention_mask, self.pooling))
        return SequenceClassifierOutput(logits=self.classifier(vector))


def width_of(config: Any) -> int:
    """Of the hidden states of a configuration."""
    return int(getattr(config, "hidden_size", 0) or config.dim)


def _share_before_output(config: Any) -> float:
    """What the architecture's own classifier drops before its output layer."""
    for name in ("classifier_dropout", "seq_classif_dropout", "hidden_dropout_prob", "dropout"):
        share = getattr(config, name, None)
        if share is not None:
            return float(share)
    return 0.0
