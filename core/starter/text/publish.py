"""Put a pre-trained text starter into `resources/starter-text/`, with a model card.

Run it as `uv run python -m core.starter.text.publish --work FOLDER [--scores scores.json]`.
"""

import argparse
import json
import math
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer

from core.hub.catalog import starter_folder
from core.run.files import DECODER, ENCODER
from core.stages.weights import load_decoder, load_encoder
from core.starter.publish import read_scores, write_card
from core.starter.text.corpus import FACTS
from core.starter.text.pretrain import TOKENIZER, TOKENS
from core.text.about import MODALITY
from core.text.data.token_rows import TokenRows
from core.text.model.starter import build_text_starter, describe_starter
from core.text.model.store import save_masked_lm


def publish(work: Path, scores: dict[str, Any] | None) -> Path:
    """Write the model in half precision and its card; returns the folder.

    Args:
        work: Folder of `core.starter.text.pretrain`, finished.
        scores: From `core.starter.score`; None before they are measured.
    """
    description = describe_starter(Tokenizer.from_file(str(work / TOKENIZER)))
    model = build_text_starter(description, seed=0)
    load_encoder(model, work / ENCODER)
    load_decoder(model, work / DECODER)
    folder = starter_folder(MODALITY.starter)
    folder.mkdir(parents=True, exist_ok=True)
    save_masked_lm(folder, model, torch.float16)
    vocabulary = description.build_tokenizer().get_vocab_size()
    lengths = TokenRows(work / TOKENS).lengths
    write_card(
        "starter_text_card.md",
        folder,
        work,
        scores,
        corpus=json.loads((work / FACTS).read_text(encoding="utf-8")),
        sequences=len(lengths),
        tokens=int(lengths.sum()),
        vocabulary=vocabulary,
        chance=math.log(vocabulary),
        parameters=sum(parameter.numel() for parameter in model.parameters()),
    )
    return folder


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Publish the text starter into resources/.")
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--scores", type=Path)
    asked = parser.parse_args()
    publish(asked.work, read_scores(asked.scores))


if __name__ == "__main__":
    main()
