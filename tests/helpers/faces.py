"""What a face of the program does: finds the modality of a run and hands it down."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from core.modalities import exports_of, predict_of, stages_of
from core.predict.prediction import Prediction
from core.run.folder import RunFolder


def prepare(run: RunFolder, recipe: Any, hardware: Any, context: Any) -> Any:
    """`core.stages.prepare` with the recipe's modality."""
    from core.stages.prepare import prepare

    return prepare(run, recipe, hardware, context, stages_of(recipe.modality))


def export(run: RunFolder, format_name: str, **options: Any) -> Any:
    """`core.export.export` with the run's modality."""
    from core.export.export import export

    return export(run, format_name, exports_of(run.recipe().modality), **options)


def predict(
    run: RunFolder, files: Any, arm: str | None = None, **options: Any
) -> Iterator[Prediction]:
    """`core.predict` with the run's modality."""
    from core.predict.predict import predict

    return predict(run, files, predict_of(run.recipe().modality), arm, **options)


def predict_files(
    run: RunFolder, paths: list[Path], wanted: Any, arm: str | None = None, **options: Any
) -> Any:
    """`core.predict.files` with the run's modality."""
    from core.predict.files import predict_files
    from core.predict.predict import classifier_folder

    modality = predict_of(run.recipe().modality)
    folder = classifier_folder(run, arm)
    return predict_files(run, folder, paths, wanted, modality=modality, **options)
