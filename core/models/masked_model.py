"""The seam between the method and its modalities: all that the stages know of a model."""

from dataclasses import asdict, dataclass
from typing import Any, Protocol

import torch
from torch import Tensor, nn

Batch = dict[str, Tensor]


@dataclass(frozen=True)
class Preprocessing:
    """How an example becomes the model's input.

    Attributes:
        image_size: (H, W) in pixels; the aspect is not kept (METHOD.md section 1).
        mean: Per channel, of values in 0 … 1.
        std: Per channel.
        interpolation: `bilinear`, `bicubic`, …, for resizing.
    """

    image_size: tuple[int, int]
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    interpolation: str

    def to_dict(self) -> dict[str, Any]:
        """As JSON-ready values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "Preprocessing":
        """The reverse of `to_dict`."""
        height, width = values["image_size"]
        return cls(
            image_size=(int(height), int(width)),
            mean=tuple(values["mean"]),
            std=tuple(values["std"]),
            interpolation=values["interpolation"],
        )


class MaskedModel(Protocol):
    """A pretrained encoder with the decoder of its masked objective.

    Implementations are `nn.Module`s. Batches are dicts of tensors with rows first; for images
    `pixels` is (B, 3, H, W), uint8 or float in 0 … 1, on the model's device.
    """

    mask_ratio: float

    @property
    def encoder(self) -> nn.Module:
        """Kept through all stages; state goes in and out by its state dict."""
        ...

    @property
    def decoder(self) -> nn.Module:
        """Belongs to the masked objective; dropped after pre-training."""
        ...

    @property
    def preprocessing(self) -> Preprocessing:
        """How an example becomes the input."""
        ...

    def mask_noise(self, num_rows: int, generator: torch.Generator) -> Tensor:
        """(rows, L) uniform noise from which masks follow, drawn for the global batch."""
        ...

    def masked_loss(self, batch: Batch, noise: Tensor) -> Tensor:
        """The self-supervised objective, a scalar: the mean over the rows."""
        ...

    def represent(self, batch: Batch, match: str = "class_token") -> Tensor:
        """(B, D) representation of the unmasked example; (B, T, D) for `all_tokens`."""
        ...
