"""What `core.processes.measure` trains on: a few examples like the user's, and how large one is."""

from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import numpy as np

from core.images.model.mae import MaskedAutoencoder
from core.images.model.sources import load_model
from core.models.masked_model import MaskedModel
from core.recipe import Recipe
from core.system.atomic import write_text

_IMAGES_OF_A_CLASS = 4
_TEXTS = 128
# Reads no more of a corpus than that to see how long its texts are.
_FILES_READ = 20
_TOKEN_BYTES = 8  # its id and where its word starts, 32 bits each


@dataclass(frozen=True)
class ExampleSize:
    """One example as the model takes it: its tokens, and its bytes on disk."""

    tokens: int
    num_bytes: int


def load_for_measuring(recipe: Recipe) -> MaskedModel:
    """The recipe's model.

    Raises:
        RunError: It is not there.
    """
    asked, offline = recipe.model, recipe.runtime.offline
    if recipe.data.kind == "text":
        from core.text.model.store import load_masked_lm

        return load_masked_lm(
            asked.name,
            max_length=asked.max_length,
            whole_words=asked.whole_word_masking,
            offline=offline,
        )
    return load_model(
        asked.name,
        image_size=asked.image_size,
        decoder_depth=asked.decoder_depth,
        decoder_dim=asked.decoder_dim,
        decoder_heads=asked.decoder_heads,
        offline=offline,
    ).model


def size_of_example(model: MaskedModel) -> ExampleSize:
    """Tokens and bytes of one example; of a text at most."""
    if isinstance(model, MaskedAutoencoder):
        height, width = model.preprocessing.image_size
        return ExampleSize(int(model.encoder.patch_embed.num_patches), 3 * height * width)
    length = int(model.description.max_length)  # type: ignore[union-attr, arg-type]
    return ExampleSize(length, _TOKEN_BYTES * length)


def write_examples(recipe: Recipe, folder: Path, model: MaskedModel) -> dict[str, Any]:
    """Write labeled examples; returns the data section that names them."""
    if isinstance(model, MaskedAutoencoder):
        _write_images(folder / "images", model.preprocessing.image_size)
        return {"labeled": str(folder / "images"), "test_fraction": 0.25}
    _write_texts(folder / "texts", _some_texts(recipe))
    return {"kind": "text", "labeled": str(folder / "texts"), "test_fraction": 0.25}


def _write_images(folder: Path, size: tuple[int, int]) -> None:
    from PIL import Image

    generator = np.random.default_rng(0)
    for label in ("one", "two"):
        (folder / label).mkdir(parents=True)
        for number in range(_IMAGES_OF_A_CLASS):
            pixels = generator.integers(0, 256, (*size, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(folder / label / f"{number}.png")


def _write_texts(folder: Path, texts: list[str]) -> None:
    for number, text in enumerate(islice(cycle(texts), _TEXTS)):
        label = ("one", "two")[number % 2]
        (folder / label).mkdir(parents=True, exist_ok=True)
        # Copies are used once: the number makes each text one of its own.
        write_text(folder / label / f"{number}.txt", f"{text} {number}")


def _some_texts(recipe: Recipe) -> list[str]:
    """Texts of the data, whose lengths decide what a step costs; long ones where there are none."""
    from core.text.data.places import text_files
    from core.text.data.read import UNREADABLE, Columns, read_texts

    data = recipe.data
    columns = Columns(data.text_column, data.label_column)
    found: list[str] = []
    for name in (*data.unlabeled, *([data.labeled] if data.labeled else [])):
        for file in text_files(Path(name))[:_FILES_READ] if Path(name).exists() else []:
            try:
                texts = read_texts(
                    file, columns, lambda *_: None, lambda _: None, wants_labels=False
                )
                found += [text.text for text in islice(texts, _TEXTS) if text.text.strip()]
            except UNREADABLE:
                continue  # the scan has told what is wrong with it
    # Evenly: files of like texts lie together.
    return found[:: max(1, len(found) // _TEXTS)] or ["word " * recipe.model.max_length]
