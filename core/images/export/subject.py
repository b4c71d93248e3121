"""A model of images that is exported."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from core.export.subject import Place, Subject
from core.images.model.description import ModelDescription
from core.images.model.mae import MaskedAutoencoder
from core.images.model.open_classifier import open_classifier
from core.images.model.store import open_model
from core.models.masked_model import Preprocessing
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
    def feature_dim(self) -> int:
        """Width of an embedding."""
        return self.model.feature_dim

    @property
    def preprocessing(self) -> Preprocessing:
        """How an image becomes the input."""
        return self.model.preprocessing

    def outputs(self, inputs: np.ndarray) -> np.ndarray:
        """What the trained model makes of images.

        Args:
            inputs: (B, H, W, 3) uint8 pixels at the model's input size.

        Returns:
            (B, C) float32 probabilities, or (B, D) embeddings when there is no head.
        """
        batch = {"pixels": torch.from_numpy(inputs).permute(0, 3, 1, 2)}
        with torch.inference_mode():
            x = self.model.represent(batch)
            if self.head is not None:
                x = self.head(x).softmax(dim=1)
        found: np.ndarray = x.float().numpy()
        return found


def image_classifier(run: RunFolder, place: Place) -> ImageSubject:
    """The classifier of a fine-tuning.

    Raises:
        RunError: Its files are damaged.
    """
    classifier, classes = open_classifier(place.path)
    return ImageSubject(
        run=run,
        arm=place.arm,
        model=classifier.model,
        head=classifier.head,
        classes=tuple(classes),
        stage=place.stage,
    )


def image_encoder(run: RunFolder, place: Place) -> ImageSubject:
    """The encoder of a stage.

    Raises:
        RunError: Its files are damaged.
    """
    model = open_model(run.model)
    load_encoder(model, place.path)
    return ImageSubject(
        run=run, arm=place.arm, model=model.eval(), head=None, classes=(), stage=place.stage
    )
