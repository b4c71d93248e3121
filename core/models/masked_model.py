"""The seam between the method and its modalities: all that the stages know of a model."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import torch
from torch import Tensor, nn

from core.errors import RunError
from core.models.adapters import load_merged, merged_state
from core.models.depths import layer_depths
from core.models.for_objectives import ForSomeObjectives
from core.recipe.families import UNKNOWN

Batch = dict[str, Tensor]
State = dict[str, Tensor]

# A classifier's files: its weights, and what builds it.


@dataclass(frozen=True)
class Preprocessing:
    """How an example becomes the model's input.

    Attributes:
        image_size: (H, W) in pixels; the aspect is not kept (METHOD.md section 1).
        mean: Per channel, of values in 0 … 1.
        std: Per channel.
        interpolation: `bilinear`, `bicubic`, …, for resizing.
    """

    image_size: tuple[int, int]
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    interpolation: str

    def to_dict(self) -> dict[str, Any]:
        """As JSON-ready values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "Preprocessing":
        """The reverse of `to_dict`."""
        height, width = values["image_size"]
        return cls(
            image_size=(int(height), int(width)),
            mean=tuple(values["mean"]),
            std=tuple(values["std"]),
            interpolation=values["interpolation"],
        )


class MaskedModel(nn.Module, ForSomeObjectives, ABC):
    """A pretrained encoder with the decoder of its masked objective; one subclass per modality.

    Batches are dicts of tensors with rows first: what the modality's `ExampleSource` gives, on
    the model's device. For images `pixels` is (B, 3, H, W), uint8 or float in 0 … 1; for text
    `input_ids`, `attention_mask` and `word_start` are (B, T).

    While it is trained an encoder may have adapters beside frozen weights
    (`core.models.trained_part`), and a subclass may keep its weights in yet another form if it
    overrides `encoder_state` and `load_encoder_state`: nothing else carries an encoder's weights
    from one stage or file to another. Checkpoints within a stage hold what is trained, in whatever
    form.

    Attributes:
        encoder: Kept through all stages; weights go in and out by `encoder_state` and
            `load_encoder_state`, never by its own state dict.
        decoder: Belongs to the masked objective; dropped after pre-training.
        mask_ratio: Share of an example that is hidden.
        source: Where it was downloaded from: `repository`, and the commits `revision` of its
            description and `weights_revision`; empty for one that was here.
        decoder_in_words: What is trained first where a model came without it.
    """

    encoder: nn.Module
    decoder: nn.Module
    mask_ratio: float
    source: Mapping[str, str] = MappingProxyType({})
    decoder_in_words: str = "decoder"

    @property
    def family(self) -> str:
        """How the encoder was pretrained, of `core.recipe.families`, as far as that is known."""
        return UNKNOWN

    @property
    @abstractmethod
    def feature_dim(self) -> int:
        """Width of the representation."""

    @property
    @abstractmethod
    def visible_share(self) -> float:
        """Share of an example that the encoder computes in the masked objective."""

    @abstractmethod
    def mask_noise(self, num_rows: int, generator: torch.Generator) -> Tensor:
        """(rows, …) uniform noise from which masks follow, drawn for the global batch."""

    def plan_masks(self, batch: Batch) -> Batch:
        """What spares `masked_loss` a question to the device, found on the CPU beforehand.

        Args:
            batch: On the CPU, with the `noise` of its rows.

        Returns:
            More tensors for the batch, rows first; none unless a model wants some.
        """
        del batch
        return {}

    @abstractmethod
    def masked_loss(self, batch: Batch, noise: Tensor) -> Tensor:
        """The self-supervised objective, a scalar: the mean over the rows."""

    @abstractmethod
    def represent(self, batch: Batch, match: str = "class_token") -> Tensor:
        """The representation of the unmasked example.

        Without `match` it is the model's own, by which it is probed and classified.

        Args:
            batch: Of examples.
            match: `class_token`, `patch_mean` (of all real tokens that stand for pieces),
                `all_tokens`, or `class_and_patches`, the first two beside each other.

        Returns:
            (B, D); (B, T, D) for `all_tokens`; (B, 2, D) for `class_and_patches`.
        """

    def real_tokens(self, batch: Batch) -> Tensor | None:
        """(B, T) of bool, which tokens of `all_tokens` are no padding; None where all are real."""
        del batch
        return None

    @abstractmethod
    def build_classifier(self, num_classes: int, dropout: float | None) -> "Classifier":
        """A classifier on a copy of this encoder, with a fresh head.

        The copy is in the architecture's own form, whatever form this model keeps.

        Args:
            num_classes: Outputs of the head.
            dropout: Share of values dropped; None for what the model was pretrained with.
        """

    def call_every_layer(self) -> None:
        """Let no linear layer of the encoder be computed straight from its weights.

        For adapters around the layers. Without effect unless an architecture does so.
        """

    def encoder_state(self) -> State:
        """The encoder's weights as its architecture names and shapes them, adapters merged.

        These names are what files have, and what other libraries read.

        Returns:
            Every tensor of the encoder, detached, where it is and in its precision. They may be
            the very memory of the model: copy them before changing one.
        """
        return merged_state(self.encoder)

    def load_encoder_state(self, state: Mapping[str, Tensor]) -> None:
        """Copy weights into the encoder: the reverse of `encoder_state`; adapters start anew.

        Args:
            state: All of its names with its shapes; any precision, on any device.

        Raises:
            RunError: Names are missing or unknown, or shapes are others (`encoder-misfit`); the
                encoder is as it was.
        """
        require_fitting(self.encoder_state(), state)
        load_merged(self.encoder, state)


class Classifier(nn.Module, ABC):
    """An encoder with a head, as fine-tuning takes it.

    The encoder is in its architecture's own form (`MaskedModel.build_classifier`): what is saved,
    and what regularisers hold on to, are its parameters under their own names.

    Attributes:
        head: All that is new; no parameter is in both head and encoder.
    """

    head: nn.Module

    @property
    @abstractmethod
    def backbone(self) -> nn.Module:
        """The encoder, which starts from pretrained weights."""

    @property
    @abstractmethod
    def embedding(self) -> nn.Module:
        """Gives the embeddings of patches or tokens, before positions are added."""

    @property
    @abstractmethod
    def output_layer(self) -> nn.Linear:
        """The part of the head that makes the logits, (C, D) its weight."""

    @property
    def computed(self) -> nn.Module:
        """The encoder with its parts in the order in which they compute."""
        return self.backbone

    def rate_factors(self, layer_decay: float) -> dict[str, float]:
        """Factor on the learning rate of each parameter by name: `layer_decay` per layer down.

        The head and what follows the encoder's blocks have 1.
        """
        depths, top = layer_depths(self.computed)
        depths |= {id(parameter): top for parameter in self.head.parameters()}
        return {
            name: layer_decay ** (top - depths[id(parameter)])
            for name, parameter in self.named_parameters()
        }

    def put_drop_path(self, p: float) -> None:
        """Let rows skip the last layer with probability `p`, earlier layers in proportion.

        Without effect on architectures that have no place for it.
        """
        del p

    @abstractmethod
    def set_dropout_rows(self, seed: int, start: int, global_rows: int) -> None:
        """Say which rows of the global batch come next, and the seed of their step."""

    @abstractmethod
    def save(self, folder: Path, classes: list[str]) -> None:
        """Write weights and, last, the JSON that says how to build and read them."""


def misfit(own: Mapping[str, Tensor], state: Mapping[str, Tensor]) -> str:
    """Why `state` can't replace `own`, in words; empty when its names and shapes are the same."""
    missing = sorted(set(own) - set(state))
    if missing:
        return f"{len(missing)} tensors are missing, the first is {missing[0]}"
    unknown = sorted(set(state) - set(own))
    if unknown:
        return f"{len(unknown)} tensors have no place, the first is {unknown[0]}"
    for name, value in own.items():
        found, wanted = tuple(state[name].shape), tuple(value.shape)
        if found != wanted:
            return f"{name} has shape {found} where {wanted} is needed"
    return ""


def require_fitting(own: Mapping[str, Tensor], state: Mapping[str, Tensor]) -> None:
    """`RunError` (`encoder-misfit`) unless `state` has the names and shapes of `own`."""
    reason = misfit(own, state)
    if reason:
        raise RunError("encoder-misfit", reason=reason)


def unshared(state: State) -> State:
    """A state whose tied tensors are apart: safetensors refuses two names for one memory."""
    seen: set[int] = set()
    apart = {}
    for key, value in state.items():
        apart[key] = value.clone() if value.data_ptr() in seen else value
        seen.add(value.data_ptr())
    return apart
