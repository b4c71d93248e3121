"""Images as examples of a run: decoded pixels and masked autoencoders."""

from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from torch import Tensor

from core.data.manifest import Example, Manifest
from core.data.opened import scan_opened
from core.images.data.modality import DATA
from core.images.data.pixels import PixelStore, StreamedPixels, pixels_for
from core.images.measuring import write_noise
from core.images.model.mae import MaskedAutoencoder
from core.images.model.open_classifier import open_classifier
from core.images.model.resize import resized
from core.images.model.sources import load_model
from core.images.model.store import open_model, save_model
from core.images.pixel_source import PixelSource
from core.images.previews import image_preview, views_preview
from core.images.shape import worthwhile_size
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
from core.system.progress import ProgressReport
from core.system.units import GIB
from core.training.feed import Batch
from core.training.ranks import Ranks

Pixels = PixelStore | StreamedPixels


class ImageStages:
    """Implements `StageModality` for images."""

    preview_suffix = ".png"

    def scan(self, making: Preparation) -> Manifest:
        """Look at the recipe's folders of images."""
        return scan_opened(DATA, making.scan_request())

    def load_model(
        self, recipe: Recipe, report: ProgressReport | None = None
    ) -> tuple[MaskedModel, bool]:
        """A Vision Transformer with a decoder."""
        asked = recipe.model
        loaded = load_model(
            asked.name,
            image_size=asked.image_size,
            decoder_depth=asked.decoder_depth,
            decoder_dim=asked.decoder_dim,
            decoder_heads=asked.decoder_heads,
            offline=recipe.runtime.offline,
            seed=recipe.seed,
            report=report,
        )
        return loaded.model, loaded.decoder_is_fresh

    def fitted(
        self, model: MaskedModel, manifest: Manifest, recipe: Recipe
    ) -> tuple[MaskedModel, str]:
        """With an input size near that of the images, if it is asked for and saves much."""
        assert isinstance(model, MaskedAutoencoder)
        own = model.preprocessing.image_size
        used = (*manifest.unlabeled, *manifest.labeled)
        sides = [min(each.size) for each in used if min(each.size) > 0]
        if not recipe.model.fit_image_size or recipe.model.image_size or own[0] != own[1]:
            return model, ""
        if not sides:
            return model, ""
        side, (patch, _down) = round(median(sides)), model.encoder.patch_embed.patch_size
        size = worthwhile_size(side, own=own[0], patch=patch)
        if size is None:
            return model, ""
        words = _(
            "The images have about {side} px (the shorter side, median), the model looks "
            "at {own} px: it is taken at {size} px instead, with interpolated positions, "
            "which saves {saved:.0%} of the patches. Set model.image_size to decide "
            "otherwise."
        ).format(side=side, own=own[0], size=size, saved=1 - (size / own[0]) ** 2)
        return resized(model, size), words

    def save_model(self, folder: Path, model: MaskedModel) -> None:
        """Write it in our own layout."""
        assert isinstance(model, MaskedAutoencoder)
        save_model(folder, model)

    def open_model(self, folder: Path) -> MaskedModel:
        """Read our own layout."""
        return open_model(folder)

    def open_classifier(self, folder: Path) -> Classifier:
        """Of a fine-tuning."""
        return open_classifier(folder)[0]

    def examples(self, making: Preparation, manifest: Manifest, model: MaskedModel) -> Examples:
        """Decoded pixels, on disk or on demand."""
        assert isinstance(model, MaskedAutoencoder)
        unlabeled = manifest.pretraining_examples(include_test=making.recipe.data.pretrain_on_test)
        pixels = _pixels(making, manifest, unlabeled, model)
        store_bytes = pixels.num_bytes if isinstance(pixels, PixelStore) else None
        device = making.hardware.device
        return Examples(
            PixelSource(pixels, store_bytes, pixels.num_images, device),
            pixels.indices_of(unlabeled),
            {split: _examples(pixels, manifest, split) for split in ("train", "val", "test")},
            missing=lambda: pixels.replaced,
        )

    def preview(self, model: MaskedModel, batch: Batch, noise: Tensor) -> bytes:
        """A PNG file of originals, masked and reconstructed images."""
        assert isinstance(model, MaskedAutoencoder)
        return image_preview(model, batch, noise)

    def preview_views(self, model: MaskedModel, batch: Batch) -> bytes:
        """A PNG file of originals and two views of each."""
        assert isinstance(model, MaskedAutoencoder)
        return views_preview(model, batch)

    def example_size(self, model: MaskedModel) -> ExampleSize:
        """Patches of an image, and its pixels."""
        assert isinstance(model, MaskedAutoencoder)
        height, width = model.preprocessing.image_size
        return ExampleSize(int(model.encoder.patch_embed.num_patches), 3 * height * width)

    def write_examples(self, recipe: Recipe, folder: Path, model: MaskedModel) -> dict[str, Any]:
        """Images of noise in the model's size."""
        del recipe
        assert isinstance(model, MaskedAutoencoder)
        write_noise(folder / "images", model.preprocessing.image_size)
        return {"labeled": str(folder / "images"), "test_fraction": 0.25}


def _pixels(
    making: Preparation,
    manifest: Manifest,
    unlabeled: list[Example],
    model: MaskedAutoencoder,
) -> Pixels:
    images = list(unlabeled)
    for split in ("train", "val", "test"):
        images += manifest.used_split(split)
    store = partial(
        pixels_for,
        images,
        manifest,
        folder=making.run.data,
        size=model.preprocessing.image_size,
        interpolation=model.preprocessing.interpolation,
        disk_budget_bytes=int(making.recipe.data.disk_budget_gib * GIB),
        report=making.progress,
        stopped=making.stopped,
        workers=making.recipe.runtime.workers,
        on_unreadable=partial(_say_unreadable, making),
    )
    # Rank 0 decodes; the others then find the store complete and only open it.
    if making.hardware.rank == 0:
        pixels = store()
    Ranks(making.hardware).wait(making.context)
    if making.hardware.rank != 0:
        pixels = store()
    making.context.raise_if_requested()
    if isinstance(pixels, StreamedPixels):
        making.context.report(Noticed(id="pixels-streamed", text=pixels.words))
    return pixels


def _say_unreadable(making: Preparation, path: str, reason: str) -> None:
    text = _(
        "{path} can't be read any more ({reason}): in training another image takes "
        "its place, in the evaluation it is left out."
    ).format(path=path, reason=reason)
    making.context.report(Noticed(id="image-unreadable", text=text))


def _examples(pixels: Pixels, manifest: Manifest, split: str) -> LabeledExamples:
    images = manifest.used_split(split)
    return LabeledExamples(pixels.indices_of(images), labeled_targets(manifest, split))


STAGES = ImageStages()
