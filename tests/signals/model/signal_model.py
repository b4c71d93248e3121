"""A tiny transformer over windows of a signal, with a masked objective."""

import json
from pathlib import Path

import torch
import torch.nn.functional as F  # noqa: N812
from safetensors.torch import load_file, save
from torch import Tensor, nn

from core.models.layout import filled
from core.models.masked_model import Batch, Classifier, MaskedModel
from core.run.files import CLASSIFIER, CLASSIFIER_JSON, DECODER, ENCODER, MODEL_JSON
from core.system.atomic import write_bytes, write_json

WINDOW, WINDOWS, WIDTH = 8, 8, 16


class SignalEncoder(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Linear(WINDOW, WIDTH)
        self.mask_token = nn.Parameter(torch.zeros(WIDTH))
        self.position = nn.Parameter(0.02 * torch.randn(WINDOWS, WIDTH))
        layer = nn.TransformerEncoderLayer(
            WIDTH, 2, 32, dropout=0.0, batch_first=True, norm_first=True
        )
        self.blocks = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.norm = nn.LayerNorm(WIDTH)

    def forward(self, windows: Tensor, hidden: Tensor | None = None) -> Tensor:
        x = self.embed(windows)  # (B, T, D)
        if hidden is not None:
            x = torch.where(hidden.unsqueeze(-1), self.mask_token, x)
        return self.norm(self.blocks(x + self.position))


class SignalModel(MaskedModel):
    def __init__(self) -> None:
        super().__init__()
        self.encoder = SignalEncoder()
        self.decoder = nn.Linear(WIDTH, WINDOW)
        self.mask_ratio = 0.5

    @property
    def feature_dim(self) -> int:
        return WIDTH

    @property
    def visible_share(self) -> float:
        return 1.0

    def mask_noise(self, num_rows: int, generator: torch.Generator) -> Tensor:
        return torch.rand(num_rows, WINDOWS, generator=generator)

    def hidden(self, noise: Tensor) -> Tensor:
        """(B, T) which windows are hidden: the same number of each row."""
        number = max(1, round(self.mask_ratio * WINDOWS))
        return noise.argsort(dim=1).argsort(dim=1) < number

    def masked_loss(self, batch: Batch, noise: Tensor) -> Tensor:
        windows, hidden = as_windows(batch), self.hidden(noise)
        guessed = self.decoder(self.encoder(windows, hidden)).float()
        return F.mse_loss(guessed, windows, reduction="none").mean(-1)[hidden].mean()

    def represent(self, batch: Batch, match: str = "class_token") -> Tensor:
        tokens = self.encoder(as_windows(batch))
        return tokens if match == "all_tokens" else tokens.mean(dim=1)

    def build_classifier(self, num_classes: int, dropout: float | None) -> "SignalClassifier":
        del dropout
        classifier = SignalClassifier(num_classes)
        classifier.backbone.load_state_dict(self.encoder_state())
        return classifier


class SignalClassifier(Classifier):
    def __init__(self, num_classes: int) -> None:
        super().__init__()
        with torch.random.fork_rng(devices=[]):
            self.encoder = SignalEncoder()
        self.head = nn.Linear(WIDTH, num_classes)

    @property
    def backbone(self) -> nn.Module:
        return self.encoder

    @property
    def embedding(self) -> nn.Module:
        return self.encoder.embed

    @property
    def output_layer(self) -> nn.Linear:
        return self.head

    def set_dropout_rows(self, seed: int, start: int, global_rows: int) -> None:
        """There is no dropout."""

    def forward(self, batch: Batch) -> Tensor:
        return self.head(self.encoder(as_windows(batch)).mean(dim=1))

    def save(self, folder: Path, classes: list[str]) -> None:
        write_bytes(folder / CLASSIFIER, save(_plain(self.state_dict())))
        write_json(folder / CLASSIFIER_JSON, {"classes": classes})


def as_windows(batch: Batch) -> Tensor:
    """(B, T, P) windows of (B, 64) signals."""
    return batch["signal"].unflatten(1, (WINDOWS, WINDOW))


def build_model(seed: int) -> SignalModel:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return SignalModel()


def save_model(folder: Path, model: SignalModel) -> None:
    write_bytes(folder / ENCODER, save(_plain(model.encoder_state())))
    write_bytes(folder / DECODER, save(_plain(model.decoder.state_dict())))
    write_json(folder / MODEL_JSON, {"name": "tiny-signals"})


def open_model(folder: Path) -> SignalModel:
    return filled(folder, lambda _: SignalModel())


def open_classifier(folder: Path) -> tuple[SignalClassifier, list[str]]:
    classes = json.loads((folder / CLASSIFIER_JSON).read_text(encoding="utf-8"))["classes"]
    classifier = SignalClassifier(len(classes))
    classifier.load_state_dict(load_file(folder / CLASSIFIER))
    return classifier.eval(), classes


def _plain(state: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name: value.detach().cpu().contiguous() for name, value in state.items()}
