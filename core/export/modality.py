"""What exports leave to a modality."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.data.manifest import Manifest
from core.export.examples import CheckExamples
from core.export.export_result import Written
from core.export.formats import ExportFormat
from core.export.subject import Subject, WeightsPlace
from core.recipe import DataRecipe
from core.run.folder import RunFolder
from core.system.progress import ProgressReport

# (subject, folder, precision); each takes the subject of its own modality.
Writer = Callable[[Any, Path, str], Written]


@dataclass(frozen=True, kw_only=True)
class ExportModality:
    """How models of one modality are exported.

    Attributes:
        formats: What is offered.
        templates: Folder of `run.py` and card in `resources/templates/export`.
        writers: By name of the format.
        classifier: Opens the classifier to export.
        encoder: Opens the encoder to export.
        examples: The user's own examples: of a manifest and how it was read, for a subject, with
            a folder for converted files.
    """

    formats: tuple[ExportFormat, ...]
    templates: str
    writers: Mapping[str, Writer]
    classifier: Callable[[RunFolder, WeightsPlace], Subject]
    encoder: Callable[[RunFolder, WeightsPlace], Subject]
    examples: Callable[[Manifest, DataRecipe, Any, Path, ProgressReport], CheckExamples]
