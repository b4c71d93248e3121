"""A frozen encoder and the examples to look at with it: of a run, or of data without any."""

import hashlib
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from core.data.manifest import Manifest
from core.data.manifest_file import read_manifest
from core.errors import RunError
from core.models.masked_model import MaskedModel
from core.recipe import Recipe
from core.run.events import Event, Progress
from core.run.files import ADJUSTMENTS, DECODER, SOURCE
from core.run.folder import RunFolder
from core.stages.modality import Examples, Preparation, StageModality
from core.system.cache_folder import cache_folder
from core.system.progress import ProgressReport
from core.system.stopping import Stopped, never
from core.training.context import Adjustments, Interrupted, RunContext
from core.training.device import Hardware, set_up_hardware
from core.training.rows import bytes_of_row, rows_at_once


@dataclass(frozen=True, kw_only=True)
class Looked:
    """Examples as a frozen encoder takes them.

    Attributes:
        manifest: Every example that may be looked at; see `only`.
        model: As it was loaded.
        encoder: Tells this encoder, and how it is computed with, from all others.
        examples: The manifest's.
        hardware: Device and precision.
        context: Asks whether to end, and is told how far it is.
        rows_at_once: How many examples are computed together.
    """

    manifest: Manifest
    model: MaskedModel
    encoder: str
    examples: Examples
    hardware: Hardware
    context: RunContext
    rows_at_once: int


@dataclass(frozen=True)
class Outside:
    """Who is told how far it is, and says whether to end."""

    report: ProgressReport
    stopped: Callable[[], bool] = never


Only = Callable[[Manifest], Manifest]


@contextmanager
def looked_at_run(
    run: RunFolder, modality: StageModality, only: Only, outside: Outside
) -> Iterator[Looked]:
    """A run's initial model, and what it knows of its data; the run stays as it is.

    Args:
        run: That was prepared: its data were read, its model loaded.
        modality: Of its examples.
        only: Leaves of a manifest what shall be looked at.
        outside: Is told, and asked.

    Raises:
        RunError: `run-not-read-yet`; or its files are damaged.
        Stopped: Asked to end.
    """
    recipe = run.recipe()
    if not run.manifest_file.exists() or not (run.model / SOURCE).exists():
        raise RunError("run-not-read-yet", path=run.path)
    manifest = read_manifest(run.manifest_file)
    if foreign := manifest.foreign():
        raise RunError("manifest-foreign", path=run.path, count=len(foreign), first=foreign[0].path)
    with _begun(recipe, outside) as making:
        model = modality.open_model(run.model)
        yield _looked(making, modality, only(manifest), model, run.model)


@contextmanager
def looked_at_data(
    recipe: Recipe,
    modality: StageModality,
    only: Only,
    outside: Outside,
    manifest: Manifest | None = None,
) -> Iterator[Looked]:
    """The data and the pretrained model that a recipe names, before there is any run.

    Args:
        recipe: Names both.
        modality: Of its examples.
        only: Leaves of a manifest what shall be looked at.
        outside: Is told, and asked.
        manifest: Of the data, where they are scanned already.

    Raises:
        RunError: The data or the model can't be used.
        Stopped: Asked to end.
    """
    with _begun(recipe, outside) as making:
        model, _ = modality.load_model(recipe, making.progress)
        manifest = manifest or modality.scan(making)
        model, _ = modality.fitted(model, manifest, recipe)
        folder = making.run.model
        folder.mkdir(exist_ok=True)
        modality.save_model(folder, model)
        yield _looked(making, modality, only(manifest), model, folder)


@contextmanager
def _begun(recipe: Recipe, outside: Outside) -> Iterator[Preparation]:
    """A run folder of our own for what is decoded on the way; it goes at the end."""
    cache_folder().mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="looking-", dir=cache_folder()) as name:
        run = RunFolder.create(Path(name) / "run", recipe)

        def hear(event: Event) -> None:
            if isinstance(event, Progress):
                outside.report(event.what, event.done, event.total)
            if outside.stopped():
                context.request("stop")

        context = RunContext(hear, Adjustments.load(run.path / ADJUSTMENTS))
        try:
            yield Preparation(run, recipe, set_up_hardware(recipe.runtime), context)
        except Interrupted as error:
            raise Stopped from error


def _looked(
    making: Preparation,
    modality: StageModality,
    manifest: Manifest,
    model: MaskedModel,
    folder: Path,
) -> Looked:
    size = modality.example_size(model)
    row_bytes = bytes_of_row(size.tokens, model.feature_dim, size.num_bytes)
    return Looked(
        manifest=manifest,
        model=model,
        encoder=_encoder_key(folder, making.hardware.precision),
        examples=modality.examples(making, manifest, model),
        hardware=making.hardware,
        context=making.context,
        rows_at_once=rows_at_once(making.hardware.device, row_bytes),
    )


def _encoder_key(folder: Path, precision: str) -> str:
    """A digest of all that a representation depends on beside the example."""
    found = hashlib.sha256(precision.encode())
    for file in sorted(each for each in folder.rglob("*") if each.is_file()):
        name = file.relative_to(folder).as_posix()
        if name not in {DECODER, SOURCE}:
            found.update(f"\0{name}\0".encode())
            with file.open("rb") as opened:
                found.update(hashlib.file_digest(opened, "sha256").digest())
    return found.hexdigest()[:32]


def labeled_only(manifest: Manifest, splits: frozenset[str]) -> Manifest:
    """A manifest of nothing but the labeled examples of some splits."""
    kept = [row for row, each in enumerate(manifest.labeled) if each.split in splits]
    return replace(
        manifest,
        unlabeled=(),
        corpora=(),
        labeled=tuple(manifest.labeled[row] for row in kept),
        groups=tuple(manifest.groups[row] for row in kept) if manifest.groups else (),
    )


def positions_of(looked: Looked, splits: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
    """(N,) indices into the source, and (N,) classes, in the order of `Manifest.used_split`."""
    parts = [looked.examples.labeled[split] for split in splits]
    examples = np.concatenate([part.examples for part in parts])
    return examples, np.concatenate([part.targets for part in parts])
