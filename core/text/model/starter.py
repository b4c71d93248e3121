"""The text starter's architecture: a BERT small enough for a CPU, with a vocabulary of its own."""

import json
from collections.abc import Iterable

import torch
from tokenizers import (
    Tokenizer,
    decoders,
    models,
    normalizers,
    pre_tokenizers,
    processors,
    trainers,
)
from transformers import BertConfig

from core.language import _
from core.text.model.description import TextDescription
from core.text.model.masked_lm import MaskedLanguageModel

VOCABULARY = 8192
MAX_LENGTH = 128
_PAD, _UNKNOWN, _FIRST, _LAST, _MASK = SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")


def train_tokenizer(texts: Iterable[str], vocabulary: int = VOCABULARY) -> Tokenizer:
    """A lower-casing WordPiece tokenizer, as BERT's, with a vocabulary learned from `texts`."""
    tokenizer = Tokenizer(models.WordPiece(unk_token=_UNKNOWN))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    trainer = trainers.WordPieceTrainer(
        vocab_size=vocabulary,
        special_tokens=list(SPECIAL),
        limit_alphabet=200,
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{_FIRST} $A {_LAST}",
        special_tokens=[(token, tokenizer.token_to_id(token)) for token in (_FIRST, _LAST)],
    )
    return tokenizer


def describe_starter(tokenizer: Tokenizer) -> TextDescription:
    """The text starter around that tokenizer."""
    numbers = tokenizer.get_vocab()
    config = BertConfig(
        vocab_size=tokenizer.get_vocab_size(),
        hidden_size=256,
        num_hidden_layers=4,
        num_attention_heads=4,
        intermediate_size=1024,
        max_position_embeddings=MAX_LENGTH,
        pad_token_id=numbers[_PAD],
    )
    return TextDescription(
        name="starter-text",
        origin=_("Redistill: pre-trained with this program on licence-clean text"),
        licence="Apache-2.0",
        config=json.loads(config.to_json_string(use_diff=False)),
        tokenizer=tokenizer.to_str(),
        special_ids=tuple(numbers[token] for token in SPECIAL),
        mask_id=numbers[_MASK],
        pad_id=numbers[_PAD],
        max_length=MAX_LENGTH,
        whole_words=False,
    )


def build_text_starter(description: TextDescription, seed: int) -> MaskedLanguageModel:
    """The text starter with random weights."""
    torch.manual_seed(seed)
    return MaskedLanguageModel(description)
