"""A classifier: encoder, dropout where transformers has it, new linear head."""

import json
from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import Tensor, nn

from core.errors import RunError
from core.images.model.description import ModelDescription
from core.images.model.mae import MaskedAutoencoder
from core.models import masked_model
from core.models.dropout import DropoutPlace, RowDropout
from core.models.masked_model import Batch, Preprocessing
from core.run.files import CLASSIFIER, CLASSIFIER_JSON
from core.system.atomic import write_bytes, write_json


class Classifier(masked_model.Classifier):
    """Class token after the final norm, then a linear head (METHOD.md section 2).

    Dropout sits where transformers' ViT applies `hidden_dropout_prob`: after the embeddings,
    after each attention projection and after each MLP.

    Args:
        model: The encoder's model; its decoder is dropped.
        num_classes: Outputs of the head.
        dropout: Share of values dropped.
    """

    head: nn.Linear

    def __init__(self, model: MaskedAutoencoder, num_classes: int, dropout: float) -> None:
        super().__init__()
        del model.decoder
        self.model = model
        self.head = nn.Linear(model.feature_dim, num_classes)
        nn.init.trunc_normal_(self.head.weight, std=0.02)
        nn.init.zeros_(self.head.bias)
        self._place = DropoutPlace()
        self._put_dropout(dropout)

    @property
    def backbone(self) -> nn.Module:
        """The encoder."""
        return self.model.encoder

    @property
    def embedding(self) -> nn.Module:
        """The linear map of the patches."""
        patches: nn.Module = self.model.encoder.patch_embed
        return patches

    @property
    def output_layer(self) -> nn.Linear:
        """The head."""
        return self.head

    @property
    def preprocessing(self) -> Preprocessing:
        """How an image becomes the input."""
        return self.model.preprocessing

    def set_dropout_rows(self, seed: int, start: int, global_rows: int) -> None:
        """Say which rows of the global batch come next, and the seed of their step."""
        # Dropouts add their index: leave room below the largest seed.
        self._place.seed = seed % 2**62
        self._place.start = start
        self._place.global_rows = global_rows

    def forward(self, batch: Batch) -> Tensor:
        """(B, classes) logits of `pixels` (B, 3, H, W)."""
        logits: Tensor = self.head(self.model.represent(batch))
        return logits

    def save(self, folder: Path, classes: list[str]) -> None:
        """Write weights and, last, the JSON that says how to build and read them."""
        save_classifier(folder, self, classes)

    def _put_dropout(self, p: float) -> None:
        encoder = self.model.encoder
        # timm's names for the dropout after an attention projection and after an MLP.
        places = ["pos_drop"] + [
            name
            for name, _ in encoder.named_modules()
            if name.startswith("blocks.") and name.rpartition(".")[2] in {"proj_drop", "drop2"}
        ]
        for index, place in enumerate(places):
            encoder.set_submodule(place, RowDropout(p, self._place, index))


def save_classifier(folder: Path, classifier: Classifier, classes: list[str]) -> None:
    """Write weights and, last, the JSON that says how to build and read them."""
    tensors = {
        name: value.detach().cpu().contiguous() for name, value in classifier.state_dict().items()
    }
    write_bytes(folder / CLASSIFIER, save(tensors))
    description = classifier.model.description.to_dict()
    write_json(folder / CLASSIFIER_JSON, {"classes": classes, "model": description})


def open_classifier(folder: Path) -> tuple[Classifier, list[str]]:
    """The classifier of a fine-tuning stage, ready to predict, and its class names.

    Raises:
        RunError: Its files are missing or damaged.
    """
    try:
        values = json.loads((folder / CLASSIFIER_JSON).read_text(encoding="utf-8"))
        model = MaskedAutoencoder(ModelDescription.from_dict(values["model"]))
        classes = [str(name) for name in values["classes"]]
        classifier = Classifier(model, len(classes), dropout=0.0)
        classifier.load_state_dict(load_file(folder / CLASSIFIER))
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, SafetensorError) as error:
        raise RunError("run-damaged", file=CLASSIFIER_JSON, path=folder, reason=error) from error
    return classifier.eval(), classes
