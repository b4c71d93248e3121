"""A model of images that is exported."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from core.export.subject import Subject, WeightsPlace
from core.images.model.description import ModelDescription
from core.images.model.mae import MaskedAutoencoder
from core.images.model.open_classifier import open_classifier
from core.images.model.store import open_model
from core.models.masked_model import Preprocessing
from core.run.decision import read_decision
from core.run.folder import RunFolder
from core.stages.weights import load_encoder


@dataclass(frozen=True, kw_only=True)
class ImageSubject(Subject):
    """A Vision Transformer.

    Attributes:
        model: The encoder, with how images become its input.
        head: The linear head; None for an encoder.
    """

    model: MaskedAutoencoder
    head: nn.Linear | None

    @property
    def description(self) -> ModelDescription:
        """Name, origin and licence of the pretrained model."""
        return self.model.description

    @property
    def modules(self) -> tuple[nn.Module, ...]:
        """What computes its outputs."""
        return (self.model,) if self.head is None else (self.model, self.head)

    @property
    def feature_dim(self) -> int:
        """Width of an embedding."""
        return self.model.feature_dim

    @property
    def preprocessing(self) -> Preprocessing:
        """How an image becomes the input."""
        return self.model.preprocessing

    def computed(self, inputs: np.ndarray) -> Tensor:
        """(B, C) logits, or (B, D) embeddings when there is no head.

        Args:
            inputs: (B, H, W, 3) uint8 pixels at the model's input size.
        """
        x = self.model.represent({"pixels": torch.from_numpy(inputs).permute(0, 3, 1, 2)})
        return x if self.head is None else self.head(x)


def image_classifier(run: RunFolder, place: WeightsPlace) -> ImageSubject:
    """The classifier of a fine-tuning.

    Raises:
        RunError: Its files are damaged.
    """
    classifier, classes = open_classifier(place.path)
    return ImageSubject(
        run=run,
        place=place,
        classes=tuple(classes),
        decision=read_decision(place.path),
        model=classifier.model,
        head=classifier.head,
    )


def image_encoder(run: RunFolder, place: WeightsPlace) -> ImageSubject:
    """The encoder of a stage.

    Raises:
        RunError: Its files are damaged.
    """
    model = open_model(run.model)
    load_encoder(model, place.path)
    return ImageSubject(run=run, place=place, model=model.eval(), head=None)
