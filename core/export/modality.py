"""What exports leave to the kind of example: the seam between images and text."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.data.manifest import Manifest
from core.export.examples import CheckExamples
from core.export.export_result import Written
from core.export.subject import Place, Subject
from core.recipe import Recipe
from core.run.folder import RunFolder
from core.system.progress import ProgressReport

# (subject, folder, precision); each takes the subject of its own kind.
Writer = Callable[[Any, Path, str], Written]


@dataclass(frozen=True, kw_only=True)
class ExportModality:
    """How one kind of model is exported.

    Attributes:
        kind: For `core.export.formats`.
        templates: Folder of `run.py` and card in `resources/templates/export`.
        writers: By name of the format.
        classifier: Opens the classifier to export.
        encoder: Opens the encoder to export.
        examples: The user's own examples: of a manifest, for a subject, with a folder for
            converted files.
    """

    kind: str
    templates: str
    writers: Mapping[str, Writer]
    classifier: Callable[[RunFolder, Place], Subject]
    encoder: Callable[[RunFolder, Place], Subject]
    examples: Callable[[Manifest, Any, Path, ProgressReport], CheckExamples]


def export_modality_of(recipe: Recipe) -> ExportModality:
    """The modality of a run: the only place that decides."""
    return _text(recipe) if recipe.data.kind == "text" else _images()


def _images() -> ExportModality:
    from core.images.export.examples import images_to_check
    from core.images.export.subject import image_classifier, image_encoder
    from core.images.export.writers import WRITERS

    return ExportModality(
        kind="images",
        templates="images",
        writers=WRITERS,
        classifier=image_classifier,
        encoder=image_encoder,
        examples=lambda manifest, subject, scratch, report: images_to_check(
            manifest, subject.preprocessing, scratch, report
        ),
    )


def _text(recipe: Recipe) -> ExportModality:
    from core.text.data.read import Columns
    from core.text.export.examples import texts_to_check
    from core.text.export.subject import text_classifier, text_encoder
    from core.text.export.writers import TEXT_WRITERS

    columns = Columns(recipe.data.text_column, recipe.data.label_column)
    return ExportModality(
        kind="text",
        templates="text",
        writers=TEXT_WRITERS,
        classifier=text_classifier,
        encoder=text_encoder,
        examples=lambda manifest, _subject, _scratch, report: texts_to_check(
            manifest, columns, report
        ),
    )
