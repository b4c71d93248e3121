"""Models that keep their encoder's linear layers in another form: as adapters would.

What the seam (`MaskedModel.encoder_state`) is tested with; a model of the program's own may do the
same one day.
"""

from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor, nn

from core.images.modality import ImageStages
from core.images.model.description import ModelDescription
from core.images.model.mae import MaskedAutoencoder
from core.models.layout import filled
from core.models.masked_model import MaskedModel, State, require_fitting
from core.text.modality import TextStages
from core.text.model.description import TextDescription
from core.text.model.masked_lm import MaskedLanguageModel


class LowRank(nn.Module):
    """A linear layer as frozen weights and two thin matrices: base + b a (Hu et al., 2022)."""

    def __init__(self, layer: nn.Linear, seed: int) -> None:
        super().__init__()
        rows, columns = layer.weight.shape
        generator = torch.Generator().manual_seed(seed)
        self.base = nn.Parameter(layer.weight.detach().clone(), requires_grad=False)
        self.a = nn.Parameter(torch.randn(1, columns, generator=generator))
        self.b = nn.Parameter(torch.zeros(rows, 1))
        self.bias = layer.bias

    @property
    def weight(self) -> Tensor:
        """The frozen part alone, as peft's layers show it: a trap for whoever reads it."""
        return self.base

    def forward(self, x: Tensor) -> Tensor:
        """What the merged layer makes of (…, D)."""
        return nn.functional.linear(x, self.base + self.b @ self.a, self.bias)


class _LowRankEncoder(MaskedModel):
    """Merges when weights go out, and puts them into the frozen part when they come in."""

    def adapt(self) -> None:
        """Replace every linear layer of the encoder."""
        layers = [
            (name, part)
            for name, part in self.encoder.named_modules()
            if isinstance(part, nn.Linear)
        ]
        for seed, (name, layer) in enumerate(layers):
            self.encoder.set_submodule(name, LowRank(layer, seed))

    def encoder_state(self) -> State:
        """Merged."""
        state = super().encoder_state()
        for name, layer in self._adapted():
            for part in ("base", "a", "b"):
                del state[f"{name}.{part}"]
            state[f"{name}.weight"] = (layer.base + layer.b @ layer.a).detach()
        return state

    @torch.no_grad()
    def load_encoder_state(self, state: Mapping[str, Tensor]) -> None:
        """Into the frozen part; what was learned beside it is over."""
        require_fitting(self.encoder_state(), state)
        own = dict(state)
        for name, layer in self._adapted():
            layer.base.copy_(own.pop(f"{name}.weight"))
            layer.b.zero_()
        left = self.encoder.load_state_dict(own, strict=False)
        assert not left.unexpected_keys

    def _adapted(self) -> list[tuple[str, LowRank]]:
        modules = self.encoder.named_modules()
        return [(name, part) for name, part in modules if isinstance(part, LowRank)]


class LowRankAutoencoder(_LowRankEncoder, MaskedAutoencoder):
    """Of images."""

    def __init__(self, description: ModelDescription) -> None:
        super().__init__(description)
        self.adapt()


class LowRankLanguageModel(_LowRankEncoder, MaskedLanguageModel):
    """Of text."""

    def __init__(self, description: TextDescription) -> None:
        super().__init__(description)
        self.adapt()


class LowRankImages(ImageStages):
    """Images whose model is opened in the other form."""

    def open_model(self, folder: Path) -> MaskedModel:
        """Read our own layout."""
        return filled(folder, lambda values: LowRankAutoencoder(ModelDescription.from_dict(values)))


class LowRankTexts(TextStages):
    """Texts whose model is opened in the other form."""

    def open_model(self, folder: Path) -> MaskedModel:
        """Read our own layout."""
        return filled(
            folder, lambda values: LowRankLanguageModel(TextDescription.from_dict(values))
        )
