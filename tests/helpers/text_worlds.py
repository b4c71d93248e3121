"""Tiny masked language models and texts, made at test time."""

from pathlib import Path

import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import AutoConfig, AutoModelForMaskedLM, PreTrainedTokenizerFast

from tests.helpers.worlds import World

WORDS = ("red", "green", "blue", "apple", "grass", "sky", "sea", "is", "the", "and", "very", "##ly")
SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
_SMALL = {"num_hidden_layers": 2, "num_attention_heads": 2, "hidden_size": 16}
ARCHITECTURES: dict[str, dict[str, int | list[str]]] = {
    "bert": {**_SMALL, "intermediate_size": 32},
    "roberta": {**_SMALL, "intermediate_size": 32},
    "xlm-roberta": {**_SMALL, "intermediate_size": 32},
    "electra": {**_SMALL, "intermediate_size": 32, "embedding_size": 16},
    "distilbert": {"n_layers": 2, "n_heads": 2, "dim": 16, "hidden_dim": 32},
    "deberta-v2": {**_SMALL, "intermediate_size": 32},
    "modernbert": {**_SMALL, "intermediate_size": 32},
}


def save_tokenizer(folder: Path) -> PreTrainedTokenizerFast:
    """A WordPiece tokenizer over a dozen words and all letters."""
    letters = [chr(code) for code in range(ord("a"), ord("z") + 1)]
    pieces = [*SPECIAL, *WORDS, *letters, *(f"##{letter}" for letter in letters)]
    vocabulary = {piece: number for number, piece in enumerate(pieces)}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    names = ("pad_token", "unk_token", "cls_token", "sep_token", "mask_token")
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, **dict(zip(names, SPECIAL, strict=True))
    )
    fast.save_pretrained(folder)
    return fast


def save_tiny_masked_lm(folder: Path, architecture: str = "bert", **config: int) -> Path:
    """A random masked language model as transformers saves it; `config` overrides its sizes."""
    folder.mkdir(parents=True)
    tokenizer = save_tokenizer(folder)
    torch.manual_seed(5)
    sizes = {"vocab_size": len(tokenizer), **ARCHITECTURES[architecture], **config}
    built = AutoConfig.for_model(
        architecture,
        max_position_embeddings=64,
        pad_token_id=0,
        **sizes,
    )
    AutoModelForMaskedLM.from_config(built).save_pretrained(folder)
    return folder


def build_text_world(folder: Path) -> World:
    """Write the texts and save the model."""
    unlabeled, labeled = write_texts(folder)
    model = save_tiny_masked_lm(folder / "model")
    return World(unlabeled, labeled, model, model, folder / "cache", "text")


def write_texts(folder: Path) -> tuple[Path, Path]:
    """Unlabeled texts, and labeled ones as train.jsonl and test.jsonl; both folders."""
    import json

    subjects = {"fruit": "apple", "plant": "grass", "water": "sea"}
    plain, labeled = folder / "plain", folder / "labeled"
    plain.mkdir(parents=True)
    labeled.mkdir()
    for number in range(12):
        text = f"the sky is very blue and the sea {'ab' * (number % 4)} x{'c' * number}"
        (plain / f"{number:02d}.txt").write_text(text, encoding="utf-8")
    for split, start, count in (("train", 0, 8), ("test", 8, 4)):
        rows = [
            {"text": f"the {word} is {'very ' * (k % 3)}green {'d' * (k + 1)}", "label": label}
            for k in range(start, start + count)
            for label, word in subjects.items()
        ]
        lines = "".join(json.dumps(row) + "\n" for row in rows)
        (labeled / f"{split}.jsonl").write_text(lines, encoding="utf-8")
    return plain, labeled
