"""The method as its authors ran it (seanie12/self-distillation), on today's transformers.

Written after reading their `trainer.py` and `dataloader.py`: `ViTMAEForPreTraining` with eager
attention in float32, PIL and an image processor in two DataLoader workers in every epoch, plain
AdamW with a linear schedule, a `loss.item()` every step; in self-distillation a live `ViTModel`
as the teacher and two backward passes. The decoding is from JPEG files instead of their LMDB of
JPEG files. Fine-tuning is their third program: `ViTForImageClassification`, flips, clipping.
"""

import sys
from pathlib import Path

import timm.optim
import torch
from PIL import Image
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset, RandomSampler
from transformers import (
    ViTConfig,
    ViTForImageClassification,
    ViTImageProcessor,
    ViTMAEConfig,
    ViTMAEForPreTraining,
    ViTModel,
    get_linear_schedule_with_warmup,
)

from core.images.model.mae import MaskedAutoencoder
from tests.benchmarks.architecture import describe_model
from tests.benchmarks.measure import Turns, peak_memory_gib
from tests.benchmarks.settings import CLASSES, Settings

_WORKERS = 2


class JpegFiles(Dataset):
    """Decoded and processed whenever they are asked for."""

    def __init__(self, folder: Path, processor: ViTImageProcessor) -> None:
        self._files = sorted(folder.glob("*.jpg"))
        self._processor = processor

    def __len__(self) -> int:
        return len(self._files)

    def __getitem__(self, index: int) -> Tensor:
        image = Image.open(self._files[index]).convert("RGB")
        return self._processor(image, return_tensors="pt")["pixel_values"]


def same_dimensions(settings: Settings) -> dict[str, int | float | bool | str]:
    """Arguments of a `ViTMAEConfig` for the model that ours builds.

    Raises:
        SystemExit: The two would not have the same number of parameters.
    """
    with torch.device("meta"):
        ours = MaskedAutoencoder(describe_model(settings))
    encoder, decoder = ours.encoder, ours.decoder
    block = encoder.blocks[0]
    values = {
        "image_size": settings.image_size,
        "patch_size": encoder.patch_embed.patch_size[0],
        "hidden_size": encoder.embed_dim,
        "num_hidden_layers": len(encoder.blocks),
        "num_attention_heads": block.attn.num_heads,
        "intermediate_size": block.mlp.fc1.out_features,
        "layer_norm_eps": block.norm1.eps,
        "decoder_hidden_size": decoder.embed.out_features,
        "decoder_num_hidden_layers": len(decoder.blocks),
        "decoder_num_attention_heads": decoder.blocks[0].attn.num_heads,
        "decoder_intermediate_size": decoder.blocks[0].mlp.fc1.out_features,
        "mask_ratio": ours.mask_ratio,
        "norm_pix_loss": True,
        "attn_implementation": "eager",
    }
    with torch.device("meta"):
        theirs = ViTMAEForPreTraining(ViTMAEConfig(**values))
    counts = [sum(p.numel() for p in model.parameters()) for model in (ours, theirs)]
    if counts[0] != counts[1]:
        raise SystemExit(f"ours has {counts[0]} parameters, the reference {counts[1]}")
    return values


def student_features(model: ViTMAEForPreTraining, pixels: Tensor) -> Tensor:
    """Class token of the unmasked image, as in the authors' `get_student_features`."""
    embeddings = model.vit.embeddings
    positions = embeddings.position_embeddings
    tokens = embeddings.patch_embeddings(pixels) + positions[:, 1:]
    cls_token = (embeddings.cls_token + positions[:, :1]).expand(len(tokens), -1, -1)
    hidden = torch.cat([cls_token, tokens], dim=1)
    for layer in model.vit.layers:
        hidden = layer(hidden, None)
    return model.vit.layernorm(hidden)[:, 0]


class ReferenceTrainer:
    """The authors' loops, one step at a time."""

    def __init__(self, settings: Settings, files: Path) -> None:
        self._device = torch.device(settings.device)
        values = same_dimensions(settings)
        torch.manual_seed(0)
        self._finetunes = settings.stage == "finetune"
        self._teacher = self._frozen_teacher(values) if settings.stage == "distill" else None
        model = self._classifier(values) if self._finetunes else _autoencoder(values)
        self._model = model.to(self._device).train()
        groups = timm.optim.param_groups_weight_decay(self._model, 0.01)
        lr, betas = (1e-4, (0.9, 0.999)) if self._finetunes else (1.5e-4, (0.9, 0.95))
        self._optimizer = torch.optim.AdamW(groups, lr=lr, betas=betas)
        self._schedule = get_linear_schedule_with_warmup(self._optimizer, 0, 20_000)
        self._mse = nn.MSELoss(reduction="sum")
        self._batches = iter(self._loader(settings, files))

    def step(self) -> float:
        """One step; returns the loss, as their progress bar shows it."""
        pixels = next(self._batches).to(self._device)
        return self._finetuning(pixels) if self._finetunes else self._pretraining(pixels)

    def _pretraining(self, pixels: Tensor) -> float:
        loss = self._model(pixels).loss
        self._model.zero_grad()
        loss.backward()
        if self._teacher is not None:
            with torch.no_grad():
                target = self._teacher(pixels).last_hidden_state[:, 0]
            distance = self._mse(student_features(self._model, pixels), target) / len(pixels)
            distance.backward()
        self._optimizer.step()
        self._schedule.step()
        return float(loss.item())

    def _finetuning(self, pixels: Tensor) -> float:
        if torch.rand(()) < 0.5:
            pixels = pixels.flip(3)
        labels = torch.arange(len(pixels), device=self._device) % CLASSES
        loss = self._model(pixels, labels=labels).loss
        self._model.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self._model.parameters(), 1.0)
        self._optimizer.step()
        self._schedule.step()
        return float(loss.item())

    def _classifier(self, values: dict) -> ViTForImageClassification:
        config = _encoder_config(values, hidden_dropout_prob=0.1, num_labels=CLASSES)
        return ViTForImageClassification(config)

    def _frozen_teacher(self, values: dict) -> ViTModel:
        teacher = ViTModel(_encoder_config(values), add_pooling_layer=False)
        return teacher.to(self._device).eval()

    def _loader(self, settings: Settings, files: Path) -> DataLoader:
        preprocessing = describe_model(settings).preprocessing
        # What `AutoImageProcessor` chooses for ViT-MAE's repositories.
        processor = ViTImageProcessor(
            size={"height": settings.image_size, "width": settings.image_size},
            image_mean=list(preprocessing.mean),
            image_std=list(preprocessing.std),
            resample=Image.Resampling[preprocessing.interpolation.upper()],
        )
        images = JpegFiles(files, processor)
        # Epochs follow each other in one pass: an epoch of so few images would start its workers
        # so often that it told nothing of epochs as long as people's.
        rows = settings.num_steps * settings.batch_size
        return DataLoader(
            images,
            batch_size=settings.batch_size,
            sampler=RandomSampler(images, num_samples=rows),
            num_workers=_WORKERS,
            collate_fn=torch.cat,
            pin_memory=self._device.type == "cuda",
        )


def _autoencoder(values: dict) -> ViTMAEForPreTraining:
    return ViTMAEForPreTraining(ViTMAEConfig(**values))


def _encoder_config(values: dict, **more: object) -> ViTConfig:
    shared = {key: value for key, value in values.items() if key in ViTConfig().to_dict()}
    return ViTConfig(**{**shared, "attn_implementation": "eager", **more})


def main() -> None:
    settings, work = Settings.from_json(sys.argv[1]), Path(sys.argv[2])
    turns = Turns(settings)
    if settings.threads is not None:
        torch.set_num_threads(settings.threads)
    trainer = ReferenceTrainer(settings, work / "files")
    for step in range(1, settings.num_steps + 1):
        trainer.step()
        turns.step_done(step)
    turns.say(peak_memory_gib=peak_memory_gib(settings.device))


if __name__ == "__main__":
    main()
