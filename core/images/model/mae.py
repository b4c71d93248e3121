"""A masked autoencoder around any timm Vision Transformer (He et al. 2022).

Reads like the paper: mask, encode what is visible, decode, compare the pixels of what was
masked. Parity with transformers' `ViTMAEForPreTraining` is tested.
"""

import torch
import torch.nn.functional as F  # noqa: N812  (its name everywhere)
from timm.layers.patch_embed import PatchEmbed
from torch import Tensor, nn

from core.images.model.classifier import Classifier
from core.images.model.description import ModelDescription
from core.images.model.encoders import (
    Encoder,
    angles_at,
    call_every_layer,
    embedded,
    through_blocks,
    through_blocks_for,
)
from core.images.model.mae_decoder import MaeDecoder
from core.images.model.masking import gather_tokens, masking_order
from core.images.model.views import draw_image_views, image_view
from core.models.for_objectives import Views
from core.models.masked_model import Batch, MaskedModel, Preprocessing
from core.models.plain import is_plain, require_plain


class MaskedAutoencoder(MaskedModel):
    """Encoder and decoder with the masked-pixel objective.

    The decoder sees the class token, if the encoder has one; register tokens stay in the
    encoder.

    Attributes:
        mask_ratio: Share of patches hidden.
    """

    def __init__(self, description: ModelDescription, mask_ratio: float = 0.75) -> None:
        super().__init__()
        self.description = description
        self.encoder: Encoder = description.build_encoder()
        self.decoder: MaeDecoder = description.build_decoder(self.encoder)
        self.mask_ratio = mask_ratio
        mean, std = description.preprocessing.mean, description.preprocessing.std
        self.mean: Tensor
        self.std: Tensor
        self.register_buffer("mean", torch.tensor(mean).view(1, 3, 1, 1), persistent=False)
        self.register_buffer("std", torch.tensor(std).view(1, 3, 1, 1), persistent=False)

    @property
    def preprocessing(self) -> Preprocessing:
        """How an image becomes the input."""
        return self.description.preprocessing

    @property
    def family(self) -> str:
        """How the encoder was pretrained."""
        return self.description.family

    @property
    def feature_dim(self) -> int:
        """Width of the representation."""
        return int(self.encoder.embed_dim)

    @property
    def visible_share(self) -> float:
        """Share of the patches that the encoder computes in the masked objective."""
        return 1 - self.mask_ratio

    @property
    def has_class_token(self) -> bool:
        """Whether the encoder's class token is what its own head reads."""
        pools_patches = self.encoder.global_pool == "avg"
        return self.encoder.cls_token is not None and not pools_patches

    # --- the masked objective ---------------------------------------------------------------

    def mask_noise(self, num_rows: int, generator: torch.Generator) -> Tensor:
        """(rows, L) uniform noise, drawn where the generator lives."""
        num_patches = int(self.encoder.patch_embed.num_patches)
        return torch.rand(num_rows, num_patches, generator=generator, device=generator.device)

    def masked_loss(self, batch: Batch, noise: Tensor) -> Tensor:
        """Mean squared error on the normalised pixels of the masked patches (He et al. 2022).

        Args:
            batch: `pixels` (B, 3, H, W).
            noise: (B, L) uniform noise; the patches with the least stay visible.
        """
        patches = self.patchify(self.normalise(batch["pixels"]))  # (B, L, P)
        prediction, ids_masked = self._predict_masked(patches, noise)
        target = normalised_patches(gather_tokens(patches, ids_masked))
        return F.mse_loss(prediction.float(), target)

    def reconstruct(self, batch: Batch, noise: Tensor) -> tuple[Tensor, Tensor]:
        """What the model makes of the masked patches, for people to look at.

        Returns:
            (B, 3, H, W) float pixels in 0 … 1 with the predicted patches pasted between the
            visible ones, and the (B, L) mask (0 keep, 1 remove). Predictions are in units of
            each patch's own mean and deviation, which are borrowed from the original.
        """
        patches = self.patchify(self.normalise(batch["pixels"]))
        prediction, ids_masked = self._predict_masked(patches, noise)
        original = gather_tokens(patches, ids_masked)
        mean, var = original.mean(-1, keepdim=True), original.var(-1, keepdim=True)
        pasted = prediction.float() * (var + 1e-6).sqrt() + mean
        index = ids_masked.unsqueeze(-1).expand(-1, -1, patches.shape[-1])
        whole = self.unpatchify(patches.scatter(1, index, pasted))
        mask = torch.zeros_like(noise).scatter(1, ids_masked, 1.0)
        return (whole * self.std + self.mean).clamp(0, 1), mask

    def predict_hidden(self, batch: Batch, noise: Tensor) -> tuple[Tensor, Tensor]:
        """(B, M, …) the decoder's predictions of masked patches, and (B, M) which those are."""
        return self._predict_masked(self.patchify(self.normalise(batch["pixels"])), noise)

    def predict_features(self) -> None:
        """Replace the decoder by a fresh one of the same size that predicts features."""
        self.decoder = self.description.build_decoder(self.encoder, self.feature_dim)

    def piece_features(self, batch: Batch) -> Tensor:
        """(B, L, D) features of all patches of the unmasked image, after the final norm."""
        return self.represent(batch, "all_tokens")[:, self.encoder.num_prefix_tokens :]

    def _predict_masked(self, patches: Tensor, noise: Tensor) -> tuple[Tensor, Tensor]:
        """(B, M, P) predictions of the masked patches, and (B, M) which those are."""
        ids_shuffle, num_visible = masking_order(noise, self.mask_ratio)
        ids_keep, ids_masked = ids_shuffle[:, :num_visible], ids_shuffle[:, num_visible:]
        latent = self.encode_visible(gather_tokens(patches, ids_keep), ids_keep)
        num_own = latent.shape[1] - num_visible - self.decoder.num_prefix
        if num_own:  # register tokens, which stay in the encoder
            first = self.decoder.num_prefix
            latent = torch.cat([latent[:, :first], latent[:, first + num_own :]], dim=1)
        prediction: Tensor = self.decoder(latent, ids_shuffle)
        return prediction, ids_masked

    def encode_visible(self, visible: Tensor, ids_keep: Tensor) -> Tensor:
        """Encode only the visible patches.

        Args:
            visible: (B, V, P) their pixels, as from `patchify`.
            ids_keep: (B, V) their positions.

        Returns:
            (B, prefix + V, D) tokens after the final norm.
        """
        encoder = self.encoder
        x = self._embed(visible)
        num_embedded = 0 if encoder.no_embed_class else encoder.num_prefix_tokens
        if encoder.pos_embed is not None:
            positions = encoder.pos_embed[0, num_embedded:]
            x = x + F.embedding(ids_keep, positions)
        prefix = self._prefix_tokens()
        if prefix is not None:
            if encoder.pos_embed is not None and num_embedded:
                prefix = prefix + encoder.pos_embed[:, :num_embedded]
            x = torch.cat([prefix.expand(len(x), -1, -1), x], dim=1)
        x = through_blocks(encoder, encoder.norm_pre(x), angles_at(encoder, ids_keep))
        # Models that pool their patches have the final norm in `fc_norm` and none in `norm`.
        encoded: Tensor = encoder.fc_norm(encoder.norm(x))
        return encoded

    def _embed(self, visible: Tensor) -> Tensor:
        """(B, V, D) embeddings of (B, V, P) patches, before positions are added."""
        stem = self.encoder.patch_embed
        require_plain(stem, PatchEmbed, name="patch_embed", why="masked pre-training")
        projection = stem.proj
        if is_plain(projection, nn.Conv2d):
            # A convolution whose stride is its kernel is a linear layer on patches; this way only
            # the visible quarter is computed. Pixels are channels-last within a patch.
            weight = projection.weight.permute(0, 2, 3, 1).flatten(1)
            embedded = F.linear(visible, weight, projection.bias)
        else:
            # Whatever it is, it takes images: each patch is one, of a single patch.
            pixels = visible.reshape(-1, *stem.patch_size, 3).permute(0, 3, 1, 2)
            embedded = projection(pixels).reshape(*visible.shape[:2], -1)
        x: Tensor = stem.norm(embedded)
        return x

    def _prefix_tokens(self) -> Tensor | None:
        """(1, T, D) class, distillation and register tokens, in timm's order."""
        names = ("cls_token", "dist_token", "reg_token")
        tokens: list[Tensor] = [
            token for name in names if (token := getattr(self.encoder, name, None)) is not None
        ]
        return torch.cat(tokens, dim=1) if tokens else None

    # --- views ------------------------------------------------------------------------------

    def draw_views(self, num_rows: int, generator: torch.Generator, asked: Views) -> Batch:
        """(rows, views, …) crops, flips and factors of light."""
        return draw_image_views(num_rows, generator, asked)

    def view(self, batch: Batch, number: int) -> Batch:
        """The batch with one of the views that were drawn for its images."""
        return image_view(batch, number)

    # --- the representation -----------------------------------------------------------------

    def represent(self, batch: Batch, match: str = "class_token") -> Tensor:
        """The hidden representation of the unmasked image, after the final norm.

        Args:
            batch: `pixels` (B, 3, H, W).
            match: `class_token` (the mean of the patches where a model has none, or was trained
                to read its patches instead), `patch_mean`, `all_tokens` or `class_and_patches`,
                the first two of these.

        Returns:
            (B, D); (B, T, D) for `all_tokens`, (B, 2, D) for `class_and_patches`.
        """
        encoder = self.encoder
        x, angles = embedded(encoder, self.normalise(batch["pixels"]))
        if match == "class_token" and self.has_class_token:
            x = encoder.norm(through_blocks_for(encoder, x, angles, slice(0, 1)))[:, 0]
        else:
            x = encoder.norm(through_blocks(encoder, x, angles))
            if match != "all_tokens":
                mean = x[:, encoder.num_prefix_tokens :].mean(dim=1)
                first = x[:, 0] if self.has_class_token else mean
                x = torch.stack([first, mean], dim=1) if match == "class_and_patches" else mean
        # Models that pool the patches have their final norm after the pooling.
        representation: Tensor = encoder.fc_norm(x)
        return representation

    def call_every_layer(self) -> None:
        """Let no linear layer of the encoder be computed straight from its weights."""
        call_every_layer(self.encoder)

    def build_classifier(self, num_classes: int, dropout: float | None) -> Classifier:
        """A classifier on a copy of this encoder, with a fresh linear head."""
        # Its random weights are overwritten: only those of the head may draw from the seed.
        with torch.random.fork_rng(devices=[]):
            copied = MaskedAutoencoder(self.description, self.mask_ratio)
        copied.load_encoder_state(self.encoder_state())
        return Classifier(copied, num_classes, dropout)

    # --- pixels -----------------------------------------------------------------------------

    def normalise(self, pixels: Tensor) -> Tensor:
        """(B, 3, H, W) uint8, or float in 0 … 1, to the model's input."""
        scaled = pixels.float().div_(255) if pixels.dtype == torch.uint8 else pixels
        return (scaled - self.mean) / self.std

    def patchify(self, images: Tensor) -> Tensor:
        """(B, 3, H, W) to (B, L, P): patches row by row, pixels channels-last."""
        height, width = self.encoder.patch_embed.patch_size
        B, C, H, W = images.shape
        x = images.reshape(B, C, H // height, height, W // width, width)
        return x.permute(0, 2, 4, 3, 5, 1).reshape(B, -1, height * width * C)

    def unpatchify(self, patches: Tensor) -> Tensor:
        """The reverse of `patchify`."""
        height, width = self.encoder.patch_embed.patch_size
        rows, columns = self.encoder.patch_embed.grid_size
        x = patches.reshape(len(patches), rows, columns, height, width, 3)
        return x.permute(0, 5, 1, 3, 2, 4).reshape(-1, 3, rows * height, columns * width)


def normalised_patches(patches: Tensor) -> Tensor:
    """Each patch with mean 0 and deviation 1: `norm_pix_loss` of MAE, unbiased variance."""
    mean = patches.mean(dim=-1, keepdim=True)
    variance = patches.var(dim=-1, keepdim=True)
    return (patches - mean) / (variance + 1e-6) ** 0.5
