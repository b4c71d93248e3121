"""The classifier as one graph: 8-bit pixels at training size in, probabilities out."""

import torch
from torch import Tensor, nn

from core.images.export.subject import ImageSubject
from core.images.export.timm_twin import timm_twin
from core.images.model.encoders import Encoder


class Network(nn.Module):
    """Scaling, normalising, the classifier and its probabilities.

    Args:
        subject: With a head.
        dtype: What the classifier computes in; the rest is float32.
    """

    def __init__(self, subject: ImageSubject, dtype: torch.dtype = torch.float32) -> None:
        super().__init__()
        self.classifier: Encoder = timm_twin(subject).to(dtype)
        self._dtype, self._activated = dtype, subject.activated
        preprocessing = subject.preprocessing
        self.mean: Tensor
        self.std: Tensor
        self.register_buffer("mean", torch.tensor(preprocessing.mean).view(1, 3, 1, 1))
        self.register_buffer("std", torch.tensor(preprocessing.std).view(1, 3, 1, 1))

    def forward(self, pixels: Tensor) -> Tensor:
        """(B, 3, H, W) uint8 to (B, C) float32 probabilities."""
        x = (pixels.float() / 255 - self.mean) / self.std
        logits: Tensor = self.classifier(x.to(self._dtype))
        return self._activated(logits.float())
