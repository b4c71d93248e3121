"""Texts as examples: token sequences and masked language models."""

import json
from functools import partial
from pathlib import Path

import numpy as np
from torch import Tensor

from core.data.manifest import Manifest
from core.data.text.read import Columns
from core.data.text.scan import scan_texts, texts_of
from core.data.text.tokens import NOTE, TokenRows, write_tokens
from core.events import Noticed
from core.models.masked_model import MaskedModel
from core.models.text.masked_lm import MaskedLanguageModel
from core.models.text.store import load_masked_lm, open_masked_lm, save_masked_lm
from core.recipe import Recipe
from core.stages.modality import Examples, LabeledExamples, Preparation, labeled_targets
from core.stages.text_previews import text_preview
from core.stages.token_source import TokenSource
from core.stages.tokenizing import Tokenizing
from core.training.feed import Batch


class TextModality:
    """Implements `Modality` for text."""

    preview_suffix = ".json"

    def scan(self, making: Preparation) -> Manifest:
        """Look at the recipe's files of text."""
        data = making.recipe.data
        return scan_texts(
            [Path(folder) for folder in data.unlabeled],
            Path(data.labeled) if data.labeled else None,
            columns=_columns(making.recipe),
            val_fraction=data.val_fraction,
            test_fraction=data.test_fraction,
            seed=making.recipe.seed,
            report=making.progress,
            stopped=making.stopped,
        )

    def load_model(self, making: Preparation) -> tuple[MaskedModel, bool]:
        """A masked language model, which always brings its head."""
        asked = making.recipe.model
        model = load_masked_lm(
            asked.name,
            max_length=asked.max_length,
            whole_words=asked.whole_word_masking,
            offline=making.recipe.runtime.offline,
            report=making.progress,
        )
        return model, False

    def save_model(self, folder: Path, model: MaskedModel) -> None:
        """Write it in our own layout."""
        assert isinstance(model, MaskedLanguageModel)
        save_masked_lm(folder, model)

    def open_model(self, folder: Path) -> MaskedModel:
        """Read our own layout."""
        return open_masked_lm(folder)

    def examples(self, making: Preparation, manifest: Manifest, model: MaskedModel) -> Examples:
        """Token sequences in the run folder, written once by rank 0."""
        assert isinstance(model, MaskedLanguageModel)
        folder = making.run.data
        if making.hardware.rank == 0 and not (folder / NOTE).is_file():
            write = partial(_write, making, manifest, model)
            making.context.write(write, "the tokens")
        making.hardware.accelerator.wait_for_everyone()
        note = json.loads((folder / NOTE).read_text(encoding="utf-8"))
        if note["cut"]:
            share = note["cut"] / max(1, len(note["labeled"]))
            text = (
                f"{note['cut']:,} labeled texts ({share:.1%}) are longer than "
                f"{model.description.max_length} tokens: the classifier sees their beginning only. "
                "model.max_length changes that."
            )
            making.context.report(Noticed(id="texts-cut", text=text))
        labeled = {
            split: LabeledExamples(
                np.asarray(
                    [note["labeled"][_key(t.root, t.path)] for t in manifest.labeled_split(split)],
                    dtype=np.int64,
                ),
                labeled_targets(manifest, split),
            )
            for split in ("train", "val", "test")
        }
        rows = TokenRows(folder)
        source = TokenSource(rows, model.description.pad_id)
        pretraining = np.asarray(note["pretraining"], dtype=np.int64)
        return Examples(source, pretraining, labeled, rows.lengths)

    def preview(self, model: MaskedModel, batch: Batch, noise: Tensor) -> bytes:
        """A JSON list of texts: the original, what is hidden, and the model's guesses."""
        assert isinstance(model, MaskedLanguageModel)
        return text_preview(model, batch, noise)


def _columns(recipe: Recipe) -> Columns:
    return Columns(recipe.data.text_column, recipe.data.label_column)


def _key(root: int, path: str) -> str:
    return f"{root}/{path}"


def _write(making: Preparation, manifest: Manifest, model: MaskedLanguageModel) -> None:
    include_test = making.recipe.data.pretrain_on_test
    tokenizing = Tokenizing(model.description)
    texts = (
        (_key(root, name), text) for root, name, text in texts_of(manifest, _columns(making.recipe))
    )
    write_tokens(
        making.run.data,
        texts,
        pretrained_on=frozenset(
            _key(text.root, text.path) for text in manifest.pretraining_images(include_test)
        ),
        labeled=frozenset(_key(text.root, text.path) for text in manifest.labeled),
        tokenize=tokenizing,
        frame=tokenizing.frame,
    )
