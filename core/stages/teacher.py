"""Teachers: models that are looked at and never trained."""

from pathlib import Path

from core.models.attention import attend_without_asking
from core.models.masked_model import MaskedModel
from core.stages.setup import RunSetup
from core.stages.weights import load_encoder


def frozen_teacher(setup: RunSetup, *files: Path) -> MaskedModel:
    """The run's model with an encoder from a file, or the mean of several, ready to be asked."""
    teacher = setup.pretrained_model()
    load_encoder(teacher, *files)
    teacher.requires_grad_(requires_grad=False)
    if setup.hardware.kind.runs_ahead:
        attend_without_asking(teacher)
    teacher.to(setup.hardware.device)
    return teacher.eval()
