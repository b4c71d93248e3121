"""The classifier as one graph: token ids and attention mask in, probabilities out."""

from typing import Any, Final

import torch
from torch import Tensor, nn

from core.text.export.subject import TextSubject

INPUTS: Final = ("input_ids", "attention_mask")


class TextNetwork(nn.Module):
    """The classifier and its probabilities.

    Args:
        subject: With classes.
        dtype: What the classifier computes in; the probabilities are float32.
    """

    def __init__(self, subject: TextSubject, dtype: torch.dtype = torch.float32) -> None:
        super().__init__()
        self._activated = subject.activated
        with torch.random.fork_rng(devices=[]):
            classifier: Any = subject.text.build_for_classes(len(subject.classes))
        self.classifier = classifier
        self.classifier.load_state_dict(subject.module.state_dict())
        # Fused kernels are for PyTorch; other runtimes have their own way with the plain products.
        self.classifier.set_attn_implementation("eager")
        self.classifier.eval().to(dtype)

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """(B, T) int64 ids and mask to (B, C) float32 probabilities."""
        logits: Tensor = self.classifier(input_ids=input_ids, attention_mask=attention_mask).logits
        return self._activated(logits.float())


def example(subject: TextSubject) -> tuple[Tensor, Tensor]:
    """Inputs to trace with: two rows, because a batch of one would be taken for a constant."""
    length = min(12, subject.text.max_length)
    ids = torch.full((2, length), subject.text.mask_id)
    return ids, torch.ones_like(ids)


def any_size(subject: TextSubject) -> tuple[dict[int, Any], dict[int, Any]]:
    """The dynamic shapes of both inputs: any batch, any length up to the model's."""
    batch = torch.export.Dim("batch")
    length = torch.export.Dim("length", max=subject.text.max_length)
    return {0: batch, 1: length}, {0: batch, 1: length}
