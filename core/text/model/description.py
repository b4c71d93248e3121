"""What a masked language model is, in values that fit a JSON file and rebuild it offline."""

from dataclasses import asdict, dataclass
from typing import Any

import torch
from tokenizers import Tokenizer
from transformers import (
    AutoConfig,
    AutoModelForMaskedLM,
    AutoModelForSequenceClassification,
    PreTrainedConfig,
    PreTrainedModel,
)

from core.recipe.families import MASKED_LANGUAGE
from core.text.model.pooled import PooledClassifier
from core.text.model.pooling import WORDS, Chosen, Pooling
from core.text.model.trusted import trusted_config

# 2: the way of pooling and the encoder's family.
DESCRIPTION_FORMAT = 2
_READ = frozenset({1, 2})
KIND = "masked-language-model"


@dataclass(frozen=True, kw_only=True)
class TextDescription:
    """Architecture, tokenizer and origin.

    Attributes:
        name: As the user asked for it.
        origin: Where the weights came from.
        licence: Of the weights, in words.
        config: transformers' configuration.
        tokenizer: `tokenizer.json` as text.
        special_ids: Ids that are never masked nor drawn as a replacement.
        mask_id: Id of the mask token.
        pad_id: Id of the padding token.
        max_length: Tokens of a sequence, special ones included.
        whole_words: Whether all tokens of a word are masked together.
        family: How the encoder was pretrained, of `core.recipe.families`.
        pooling: How a text becomes one vector. Released versions had the architecture's head.
        pooling_why: Why in this way, to complete "because …".
    """

    name: str
    origin: str
    licence: str
    config: dict[str, Any]
    tokenizer: str
    special_ids: tuple[int, ...]
    mask_id: int
    pad_id: int
    max_length: int
    whole_words: bool
    family: str = MASKED_LANGUAGE
    pooling: Pooling = "head"
    pooling_why: str = ""

    @property
    def reading(self) -> str:
        """How texts are read, in words."""
        return Chosen(self.pooling, self.pooling_why).words

    def to_dict(self) -> dict[str, Any]:
        """As JSON-ready values."""
        return {"format": DESCRIPTION_FORMAT, "kind": KIND, **asdict(self)}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "TextDescription":
        """The reverse of `to_dict`; `KeyError`, `TypeError` or `ValueError` when damaged."""
        values = dict(values)
        if values.pop("format") not in _READ or values.pop("kind") != KIND:
            raise ValueError("it was written by another version of Redistill")
        if values.get("pooling", "head") not in WORDS:
            raise ValueError(f"it has no way of pooling {values['pooling']!r}")
        values["special_ids"] = tuple(values["special_ids"])
        return cls(**values)

    def build(self) -> PreTrainedModel:
        """The masked language model with random weights and without any dropout of its own.

        Dropout of a run is drawn for the global batch (`core.models.dropout.RowDropout`); what a
        library draws from the global generator would differ after a resume.
        """
        config = _without_dropout(self.configuration())
        model: PreTrainedModel = AutoModelForMaskedLM.from_config(config, trust_remote_code=False)  # type: ignore[no-untyped-call]
        return model

    def build_for_classes(self, num_classes: int) -> PreTrainedModel | PooledClassifier:
        """A sequence classifier, likewise with random weights and no dropout.

        Raises:
            ValueError: transformers has none for this architecture.
        """
        names = {index: f"LABEL_{index}" for index in range(num_classes)}
        return self._for_classes(_without_dropout(self.configuration(id2label=names)), num_classes)

    def _for_classes(
        self, config: PreTrainedConfig, num_classes: int
    ) -> PreTrainedModel | PooledClassifier:
        """The architecture's own for `head`; else one linear layer on what is pooled."""
        if self.pooling == "head":
            model: PreTrainedModel = AutoModelForSequenceClassification.from_config(  # type: ignore[no-untyped-call]
                config, trust_remote_code=False
            )
            return model
        # That of a masked language model: an `AutoModel` may have a pooler, which is in no file.
        whole = AutoModelForMaskedLM.from_config(config, trust_remote_code=False)  # type: ignore[no-untyped-call]
        return PooledClassifier(whole.base_model, num_classes, self.pooling)

    def own_dropout(self) -> dict[str, float]:
        """The shares that the sequence classifier would drop of itself, by name of the module."""
        with torch.random.fork_rng(devices=[]), torch.device("meta"):
            model = self._for_classes(self.configuration(), 2)
        return {
            name: module.p
            for name, module in model.named_modules()
            if isinstance(module, torch.nn.Dropout)
        }

    def configuration(self, **changed: Any) -> PreTrainedConfig:
        """Transformers' configuration, with some values changed."""
        # The description may come from elsewhere, in a model.json.
        known = trusted_config(self.name, self.config)
        values = {key: value for key, value in known.items() if key != "model_type"}
        return AutoConfig.for_model(self.config["model_type"], **{**values, **changed})

    def build_tokenizer(self) -> Tokenizer:
        """The tokenizer, neither truncating nor padding."""
        tokenizer = Tokenizer.from_str(self.tokenizer)
        tokenizer.no_truncation()
        tokenizer.no_padding()
        return tokenizer


def _without_dropout(config: PreTrainedConfig) -> PreTrainedConfig:
    for key, value in config.to_dict().items():
        if "dropout" in key and isinstance(value, float):
            setattr(config, key, 0.0)
    return config
