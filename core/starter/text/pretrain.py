"""Pre-train the bundled text starter on licence-clean text.

Run it as `uv run python -m core.starter.text.pretrain --corpus FOLDER --work FOLDER`.

Resumable: run it again with the same folders. The vocabulary, the encoder and the decoder end in
the work folder; `core.starter.text.publish` puts them into `resources/starter-text/`.
"""

import argparse
import multiprocessing
from collections.abc import Callable
from pathlib import Path

import numpy as np
from rich.console import Console
from tokenizers import Tokenizer

from core.cli.in_words import in_words
from core.cli.show import RunView
from core.recipe import RuntimeRecipe
from core.run.events import Event, Progress
from core.starter.text.corpus import gather
from core.starter.text.embeddings import start_from_counts
from core.starter.training import (
    STAGE,
    StarterSettings,
    asked_settings,
    note_settings,
    options,
    train_starter,
)
from core.system.atomic import write_text
from core.text.data.hashes import short_hash
from core.text.data.token_files import Document, write_token_files
from core.text.data.token_rows import TokenRows
from core.text.model.description import TextDescription
from core.text.model.starter import build_text_starter, describe_starter, train_tokenizer
from core.text.token_source import TokenSource
from core.text.tokenizing import Tokenizing
from core.training.checkpoint import newest_step
from core.training.device import set_up_hardware
from core.training.feed import Feed
from core.training.order import bucketed_order

TOKENIZER = "tokenizer.json"
TOKENS = "tokens"


def pretrain_text_starter(
    corpus: Path, work: Path, settings: StarterSettings, report: Callable[[Event], None]
) -> None:
    """Pre-train from the last checkpoint in `work`, or from scratch."""
    note_settings(work, settings)

    def progress(what: str, done: int, total: int) -> None:
        report(Progress(stage=STAGE, what=f"Reading {what}", done=done, total=total))

    texts = gather(corpus, work, progress)
    if not (work / TOKENIZER).is_file():
        write_text(work / TOKENIZER, train_tokenizer(texts).to_str())
    description = describe_starter(Tokenizer.from_file(str(work / TOKENIZER)))
    rows = _tokens(work / TOKENS, texts, description)
    hardware = set_up_hardware(RuntimeRecipe())
    model = build_text_starter(description, settings.seed)
    if not newest_step(work):
        start_from_counts(model, rows, settings.seed)
    place = (settings.seed, STAGE)
    lengths = rows.lengths
    feed = Feed(
        source=TokenSource(rows, description.pad_id),
        examples=np.arange(len(lengths)),
        order=bucketed_order(len(lengths), lengths.__getitem__, settings.batch_size, *place),
        batch_size=settings.batch_size,
        place=place,
        mask_noise=model.mask_noise,
    )
    train_starter(work, settings, model, feed, hardware, report)


def _tokens(folder: Path, texts: list[str], description: TextDescription) -> TokenRows:
    """The texts as token rows, written once: files that are whole are kept."""
    tokenizing = Tokenizing(description)
    documents = (Document(text, short_hash(text), is_pretrained_on=True) for text in texts)
    write_token_files(folder, documents, tokenize=tokenizing, frame=tokenizing.frame)
    return TokenRows(folder)


def main() -> None:
    """Command line of the pre-training."""
    parser = argparse.ArgumentParser(description="Pre-train the text starter.")
    parser.add_argument("--corpus", type=Path, required=True, help="Folder of gzipped texts.")
    options(parser, StarterSettings())
    asked = parser.parse_args()
    with in_words(), RunView(Console()) as view:
        pretrain_text_starter(asked.corpus, asked.work, asked_settings(asked), view.show)


if __name__ == "__main__":
    multiprocessing.freeze_support()
    main()
