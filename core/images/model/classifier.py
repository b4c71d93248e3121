"""A classifier: encoder, dropout where transformers has it, new linear head."""

from pathlib import Path
from typing import Any

from safetensors.torch import save
from torch import Tensor, nn

from core.models import masked_model
from core.models.dropout import DropoutPlace, RowDropout, RowDropPath
from core.models.masked_model import Batch, MaskedModel, Preprocessing
from core.run.files import CLASSIFIER, CLASSIFIER_JSON
from core.system.atomic import write_bytes, write_json


class Classifier(masked_model.Classifier):
    """Class token after the final norm, then a linear head (METHOD.md section 2).

    Dropout sits where transformers' ViT applies `hidden_dropout_prob`: after the embeddings,
    after each attention projection and after each MLP.

    Args:
        model: The encoder's model; its decoder is dropped.
        num_classes: Outputs of the head.
        dropout: Share of values dropped; None for what the encoder was pretrained with.
    """

    head: nn.Linear

    # A `MaskedAutoencoder`: its module imports this one, to build classifiers.
    model: Any

    def __init__(self, model: MaskedModel, num_classes: int, dropout: float | None) -> None:
        super().__init__()
        del model.decoder
        self.model = model
        if self.model.encoder.pos_embed is not None:
            # MAE's sine-cosine positions are fixed in pre-training only: its authors fine-tune
            # them (facebookresearch/mae, models_vit.py: timm's, where they are trained).
            self.model.encoder.pos_embed.requires_grad = True
        self.head = nn.Linear(model.feature_dim, num_classes)
        nn.init.trunc_normal_(self.head.weight, std=0.02)
        nn.init.zeros_(self.head.bias)
        self._place = DropoutPlace()
        self._put_dropout(dropout)

    @property
    def backbone(self) -> nn.Module:
        """The encoder."""
        encoder: nn.Module = self.model.encoder
        return encoder

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
        found: Preprocessing = self.model.preprocessing
        return found

    def put_drop_path(self, p: float) -> None:
        """Let rows skip the last block with probability `p`, the first never (timm's slope)."""
        blocks = list(self.model.encoder.blocks)
        for number, block in enumerate(blocks):
            share = p * number / max(1, len(blocks) - 1)
            for name, _ in list(block.named_modules()):
                if name.startswith("drop_path"):
                    self._num_dropouts += 1
                    made = RowDropPath(share, self._place, self._num_dropouts)
                    block.set_submodule(name, made)

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
        tensors = {
            name: value.detach().cpu().contiguous() for name, value in self.state_dict().items()
        }
        write_bytes(folder / CLASSIFIER, save(tensors))
        description = self.model.description.to_dict()
        write_json(folder / CLASSIFIER_JSON, {"classes": classes, "model": description})

    def _put_dropout(self, p: float | None) -> None:
        encoder = self.model.encoder
        # timm's names for the dropout after an attention projection and after an MLP.
        places = ["pos_drop"] + [
            name
            for name, _ in encoder.named_modules()
            if name.startswith("blocks.") and name.rpartition(".")[2] in {"proj_drop", "drop2"}
        ]
        for index, place in enumerate(places):
            own = getattr(encoder.get_submodule(place), "p", 0.0)
            encoder.set_submodule(place, RowDropout(own if p is None else p, self._place, index))
        self._num_dropouts = len(places)
