"""The formats `timm` and `encoder`: `config.json` and `model.safetensors` as timm reads them."""

from pathlib import Path

from safetensors.torch import save

from core.export.export_result import Written
from core.export.numbers import in_units, numbers_in_config
from core.export.parity import Tolerance
from core.export.several_labels import several_labels
from core.images.export.subject import ImageSubject
from core.images.export.timm_twin import timm_config, timm_state
from core.system.atomic import write_bytes, write_json

# Kernels differ between batch sizes, and timm's epsilon from ViT-MAE's.
TOLERANCE = Tolerance(difference=1e-4)
LIBRARIES = ("timm", "torchvision")


def write_timm(subject: ImageSubject, folder: Path, precision: str) -> Written:
    """Write the model, with its head if there is one, and its configuration."""
    del precision  # there is one
    config = {**timm_config(subject), **several_labels(subject), **numbers_in_config(subject)}
    with in_units(subject, subject.head):
        write_bytes(folder / "model.safetensors", save(timm_state(subject), {"format": "pt"}))
    write_json(folder / "config.json", config)
    return Written(architecture=config["architecture"], tolerance=TOLERANCE, libraries=LIBRARIES)
