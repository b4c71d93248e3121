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

from core.text.model.trusted import trusted_config

DESCRIPTION_FORMAT = 1
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

    def to_dict(self) -> dict[str, Any]:
        """As JSON-ready values."""
        return {"format": DESCRIPTION_FORMAT, "kind": KIND, **asdict(self)}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "TextDescription":
        """The reverse of `to_dict`; `KeyError`, `TypeError` or `ValueError` when damaged."""
        values = dict(values)
        if values.pop("format") != DESCRIPTION_FORMAT or values.pop("kind") != KIND:
            raise ValueError("it was written by another version of Redistill")
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

    def build_for_classes(self, num_classes: int) -> PreTrainedModel:
        """The architecture's sequence classifier, likewise with random weights and no dropout.

        Raises:
            ValueError: transformers has none for this architecture.
        """
        names = {index: f"LABEL_{index}" for index in range(num_classes)}
        config = _without_dropout(self.configuration(id2label=names))
        model: PreTrainedModel = AutoModelForSequenceClassification.from_config(  # type: ignore[no-untyped-call]
            config, trust_remote_code=False
        )
        return model

    def own_dropout(self) -> dict[str, float]:
        """The shares that the sequence classifier would drop of itself, by name of the module."""
        with torch.random.fork_rng(devices=[]), torch.device("meta"):
            model: PreTrainedModel = AutoModelForSequenceClassification.from_config(  # type: ignore[no-untyped-call]
                self.configuration(), trust_remote_code=False
            )
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
