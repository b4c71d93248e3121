"""Where the parts of a modality are: what scans, trains, exports and classifies its examples.

Asked by the faces (command line, processes, report, window), which hand on what they get: what
trains, exports and predicts never asks which modality it serves. Each part is a module of the
modality's package, loaded when it is asked for.
"""

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.recipe.modality import Modality, modalities, modality_named

if TYPE_CHECKING:
    from core.data.modality import DataModality
    from core.export.formats import ExportFormat
    from core.export.modality import ExportModality
    from core.hub.modality import HubModality
    from core.predict.modality import PredictModality
    from core.stages.modality import StageModality


def data_of(modality: Modality) -> "DataModality":
    """What reads its files; no training stack is loaded."""
    part: DataModality = _part(modality, "data.modality", "DATA")
    return part


def hub_of(modality: Modality) -> "HubModality":
    """What finds and checks its pretrained models."""
    part: HubModality = _part(modality, "model.hub", "HUB")
    return part


def stages_of(modality: Modality) -> "StageModality":
    """What the stages of a run leave to it."""
    part: StageModality = _part(modality, "modality", "STAGES")
    return part


def formats_of(modality: Modality) -> "tuple[ExportFormat, ...]":
    """What its models can be exported as; no training stack is loaded."""
    part: tuple[ExportFormat, ...] = _part(modality, "export.formats", "FORMATS")
    return part


def exports_of(modality: Modality) -> "ExportModality":
    """What exports leave to it."""
    part: ExportModality = _part(modality, "export.modality", "EXPORT")
    return part


def predict_of(modality: Modality) -> "PredictModality":
    """What its classifiers say of new examples."""
    part: PredictModality = _part(modality, "predict", "PREDICT")
    return part


def modality_of_paths(paths: list[Path]) -> Modality | None:
    """What all these files and folders hold; None where they differ or there are none."""
    found = {modality_of_path(path).name for path in paths}
    return modality_named(found.pop()) if len(found) == 1 else None


def modality_of_path(path: Path) -> Modality:
    """What a file or folder holds most of; the first modality of the table where they tie."""
    return max(modalities().values(), key=lambda modality: int(data_of(modality).claims(path)))


def _part(modality: Modality, module: str, name: str) -> Any:
    """One part of a modality.

    Raises:
        RuntimeError: Its package forgot the part.
    """
    try:
        return getattr(import_module(f"{modality.package}.{module}"), name)
    except AttributeError as error:
        raise RuntimeError(
            f"the modality {modality.name} has no {name} in {modality.package}.{module}"
        ) from error
    except ModuleNotFoundError as error:
        if not f"{modality.package}.{module}".startswith(error.name or "-"):
            raise
        raise RuntimeError(
            f"the modality {modality.name} has no module {modality.package}.{module}"
        ) from error
