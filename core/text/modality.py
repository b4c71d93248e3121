"""Texts as examples of a run: token sequences and masked language models."""

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from torch import Tensor

from core.data.manifest import Manifest
from core.data.opened import scan_opened
from core.language import _
from core.models.masked_model import Classifier, MaskedModel
from core.recipe import Recipe
from core.run.events import Noticed
from core.stages.modality import (
    Examples,
    ExampleSize,
    LabeledExamples,
    Preparation,
    labeled_targets,
)
from core.system.atomic import write_json
from core.system.progress import Paced, ProgressReport
from core.system.units import MIB
from core.text.about import MODALITY
from core.text.data.documents import documents_of, name_of
from core.text.data.modality import DATA
from core.text.data.read import Columns
from core.text.data.token_files import write_token_files
from core.text.data.token_index import TokenIndex, has_token_index, write_token_index
from core.text.data.token_rows import TokenRows
from core.text.measuring import some_texts, write_texts
from core.text.model.masked_lm import MaskedLanguageModel
from core.text.model.open_classifier import open_text_classifier
from core.text.model.store import load_masked_lm, open_masked_lm, save_masked_lm
from core.text.previews import text_preview, text_views_preview
from core.text.token_source import TokenSource
from core.text.tokenizing import Tokenizing
from core.training.feed import Batch
from core.training.ranks import Ranks

# Says that all token files are there.
_WHOLE = "tokens.json"
_TOKENISING = "tokenising texts (MiB)"
_MIB = 1 << 20
_TOKEN_BYTES = 8  # its id and where its word starts, 32 bits each


class TextStages:
    """Implements `StageModality` for texts."""

    preview_suffix = ".json"

    def scan(self, making: Preparation) -> Manifest:
        """Look at the recipe's files of text."""
        return scan_opened(DATA, making.scan_request())

    def load_model(
        self, recipe: Recipe, report: ProgressReport | None = None
    ) -> tuple[MaskedModel, bool]:
        """A masked language model, and whether its head is fresh: its files had none."""
        asked = recipe.model
        model = load_masked_lm(
            asked.name,
            max_length=asked.max_length,
            whole_words=asked.whole_word_masking,
            pooling=asked.pooling,
            offline=recipe.runtime.offline,
            seed=recipe.seed,
            report=report,
        )
        return model, model.head_is_fresh

    def fitted(
        self, model: MaskedModel, manifest: Manifest, recipe: Recipe
    ) -> tuple[MaskedModel, str]:
        """As it is: texts are cut at `model.max_length`."""
        del manifest, recipe
        return model, ""

    def save_model(self, folder: Path, model: MaskedModel) -> None:
        """Write it in our own layout."""
        assert isinstance(model, MaskedLanguageModel)
        save_masked_lm(folder, model)

    def open_model(self, folder: Path) -> MaskedModel:
        """Read our own layout."""
        return open_masked_lm(folder)

    def open_classifier(self, folder: Path) -> Classifier:
        """Of a fine-tuning."""
        return open_text_classifier(folder)[0]

    def examples(self, making: Preparation, manifest: Manifest, model: MaskedModel) -> Examples:
        """Token sequences in the run folder, written once by rank 0."""
        assert isinstance(model, MaskedLanguageModel)
        folder = making.run.data
        if making.hardware.rank == 0 and not (folder / _WHOLE).is_file():
            write = partial(_write, making, manifest, model)
            making.context.write(write, "the tokens")
        if making.hardware.rank == 0 and not has_token_index(folder):
            making.context.write(partial(write_token_index, folder), "the index of the tokens")
        Ranks(making.hardware).wait(making.context)
        if model.description.pooling_why:
            words = _("{reading} model.pooling changes that.").format(
                reading=model.description.reading
            )
            making.context.report(Noticed(id="texts-read", text=words))
        index, rows = TokenIndex.read(folder), TokenRows(folder)
        if index.cut:
            share = index.cut / len(index.labeled)
            words = (
                f"{index.cut:,} labeled texts ({share:.1%}) are longer than "
                f"{model.description.max_length} tokens: the classifier sees their beginning only. "
                "model.max_length changes that."
            )
            making.context.report(Noticed(id="texts-cut", text=words))
        labeled = {
            split: LabeledExamples(
                np.asarray(
                    [index.labeled[name_of(text)] for text in manifest.used_split(split)],
                    dtype=np.int64,
                ),
                labeled_targets(manifest, split),
            )
            for split in ("train", "val", "test")
        }
        source = TokenSource(rows, model.description.pad_id)
        return Examples(source, index.pretraining, labeled, index.lengths)

    def preview(self, model: MaskedModel, batch: Batch, noise: Tensor) -> bytes:
        """A JSON list of texts: the original, what is hidden, and the model's guesses."""
        assert isinstance(model, MaskedLanguageModel)
        return text_preview(model, batch, noise)

    def preview_views(self, model: MaskedModel, batch: Batch) -> bytes:
        """A JSON list of texts: the original, and what one view of it leaves out."""
        assert isinstance(model, MaskedLanguageModel)
        return text_views_preview(model, batch)

    def example_size(self, model: MaskedModel) -> ExampleSize:
        """Tokens of the longest sequence."""
        assert isinstance(model, MaskedLanguageModel)
        length = int(model.description.max_length)
        return ExampleSize(length, _TOKEN_BYTES * length)

    def write_examples(self, recipe: Recipe, folder: Path, model: MaskedModel) -> dict[str, Any]:
        """Some of the recipe's own texts."""
        del model
        write_texts(folder / "texts", some_texts(recipe))
        return {"kind": MODALITY.name, "labeled": str(folder / "texts"), "test_fraction": 0.25}


def _write(making: Preparation, manifest: Manifest, model: MaskedLanguageModel) -> None:
    tokenizing = Tokenizing(model.description)
    progress = Paced(making.progress)
    total = -(-manifest.num_bytes // MIB)
    documents = documents_of(
        manifest, Columns.of(making.recipe.data), include_test=making.recipe.data.pretrain_on_test
    )
    write_token_files(
        making.run.data,
        documents,
        tokenize=tokenizing,
        frame=tokenizing.frame,
        tell=lambda characters: progress(_TOKENISING, min(characters // MIB, total), total),
        stopped=making.stopped,
    )
    write_json(making.run.data / _WHOLE, {"max_length": tokenizing.frame.max_length})
    progress(_TOKENISING, total, total)


STAGES = TextStages()
