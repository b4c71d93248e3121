"""A stage that an earlier version began goes on with the parameters that it trained."""

from pathlib import Path

from safetensors import SafetensorError, safe_open
from torch import nn

from core.training.checkpoint import newest_checkpoint


def train_as_begun(folder: Path, model: nn.Module) -> None:
    """Freeze and free parameters as in the newest checkpoint of a stage, if there is one.

    Version 0.1.0 trained the decoder's fixed positions in self-distillation, and kept the
    encoder's fixed ones frozen in fine-tuning. Half of a stage one way and half the other would be
    neither.

    Args:
        folder: Folder of the stage.
        model: Its trained module, as checkpoints name its parameters.
    """
    file = newest_checkpoint(folder)
    if file is None:
        return
    try:
        with safe_open(file, framework="pt") as tensors:
            names = set(tensors.keys())
    except (OSError, SafetensorError):
        # The loop says so, and takes the one before.
        return
    for name, parameter in model.named_parameters():
        parameter.requires_grad = f"model/{name}" in names
