"""Masked language modelling around transformers' `AutoModelForMaskedLM` (Devlin et al. 2019).

Of the chosen tokens 80 % become the mask token, 10 % a random one, 10 % stay; the choice is a
function of the given noise. The loss of a row is the mean over its chosen tokens, which is
transformers' own loss of that row (tested); the loss of a batch is the mean over its rows, so
that it does not depend on how a batch is cut into pieces.
"""

from typing import Any, Final

import torch
import torch.nn.functional as F  # noqa: N812  (its name everywhere)
from torch import Tensor, nn

from core.models.for_objectives import Views
from core.models.masked_model import Batch, MaskedModel
from core.text.model.classifier import TextClassifier
from core.text.model.description import TextDescription
from core.text.model.pooled import width_of
from core.text.model.pooling import Pooling, pooled
from core.text.model.views import draw_text_views, text_view

IGNORED = -100
# The chosen tokens are filled up to a multiple of so many. Their number is hardly ever the same
# twice, and for each new one oneDNN makes kernels of its own: 70 ms and 22 MiB, kept, per step of a
# vocabulary of 12,000 in bfloat16.
_ROWS = 64
# Where a device must not be asked, the places of each row are filled up to a multiple of so many.
_COLUMNS = 8
_POOLINGS: Final[dict[str, Pooling]] = {"class_token": "first", "patch_mean": "mean"}


class MaskedLanguageModel(MaskedModel):
    """Encoder and language-model head with the masked-token objective.

    Attributes:
        mask_ratio: Share of tokens chosen.
        head_is_fresh: Whether its files had no head, so that it has random weights.
    """

    head_is_fresh: bool = False
    decoder_in_words = "masked-language-model head"

    def __init__(self, description: TextDescription, mask_ratio: float = 0.15) -> None:
        super().__init__()
        self.description = description
        self.mask_ratio = mask_ratio
        whole = description.build()
        prefix = whole.base_model_prefix
        self.encoder: nn.Module = getattr(whole, prefix)
        self.decoder: nn.Module = nn.ModuleDict(
            {name: part for name, part in whole.named_children() if name != prefix}
        )
        # In a tuple, so that its parts are registered once, as encoder and decoder.
        self._whole: tuple[Any, ...] = (whole,)
        special = torch.zeros(max([self._vocabulary(), *description.special_ids]) + 1)
        special[list(description.special_ids)] = 1
        # Two: batches are looked at on the CPU before they go to the device.
        self._is_special_on_cpu = special.bool()
        self.is_special: Tensor
        self.register_buffer("is_special", special.bool(), persistent=False)
        # Embeddings may have more rows than the tokenizer has tokens; those were never trained.
        known = set(description.build_tokenizer().get_vocab(with_added_tokens=True).values())
        ordinary = sorted(known & set(range(self._vocabulary())) - set(description.special_ids))
        self.ordinary_ids: Tensor
        self.register_buffer("ordinary_ids", torch.tensor(ordinary), persistent=False)

    @property
    def whole(self) -> Any:
        """Transformers' model, of which encoder and decoder are the parts."""
        return self._whole[0]

    @property
    def family(self) -> str:
        """How the encoder was pretrained."""
        return self.description.family

    @property
    def feature_dim(self) -> int:
        """Width of the representation."""
        return width_of(self.encoder.config)

    @property
    def visible_share(self) -> float:
        """All tokens go through the encoder, masked or not."""
        return 1.0

    def mask_noise(self, num_rows: int, generator: torch.Generator) -> Tensor:
        """(rows, max_length, 3) uniform noise: which tokens, what becomes of them, which others."""
        shape = (num_rows, self.description.max_length, 3)
        return torch.rand(shape, generator=generator, device=generator.device)

    def masked_loss(self, batch: Batch, noise: Tensor) -> Tensor:
        """Cross-entropy on the chosen tokens: mean per row, then over the rows.

        Args:
            batch: `input_ids`, `attention_mask` and `word_start`, (B, T) each.
            noise: As `mask_noise` draws it, at least T long.
        """
        inputs, targets = self.masked_inputs(batch, noise)
        if "chosen" in batch:
            return self._loss_at(batch["chosen"], inputs, targets, batch["attention_mask"])
        chosen = targets != IGNORED
        logits = self.predict(inputs, batch["attention_mask"], only=chosen).float()
        losses = logits.new_zeros(chosen.shape)
        losses[chosen] = F.cross_entropy(logits, targets[chosen], reduction="none")
        return (losses.sum(dim=1) / chosen.sum(dim=1).clamp(min=1)).mean()

    def plan_masks(self, batch: Batch) -> Batch:
        """`chosen`: (B, K) places of the chosen tokens, -1 where a row has fewer than K."""
        chosen = self._chosen(batch, batch["noise"], self._is_special_on_cpu)
        most = int(chosen.sum(dim=1).max())
        most = min(chosen.shape[1], -(-most // _COLUMNS) * _COLUMNS)
        # The chosen ones first, in their order.
        places = torch.argsort((~chosen).to(torch.uint8), dim=1, stable=True)[:, :most]
        return {"chosen": places.masked_fill(~chosen.gather(1, places), -1)}

    def _loss_at(self, places: Tensor, inputs: Tensor, targets: Tensor, mask: Tensor) -> Tensor:
        """`masked_loss` with (B, K) places of the chosen tokens, whose number the host knows."""
        columns = places.clamp(min=0)
        rows = torch.arange(len(places), device=places.device).unsqueeze(1) * inputs.shape[1]
        logits = self._predict_at((rows + columns).flatten(), inputs, mask).float()
        wanted = targets.gather(1, columns).masked_fill(places < 0, IGNORED)
        losses = F.cross_entropy(
            logits, wanted.flatten(), reduction="none", ignore_index=IGNORED
        ).view(places.shape)
        return (losses.sum(dim=1) / (places >= 0).sum(dim=1).clamp(min=1)).mean()

    def masked_inputs(self, batch: Batch, noise: Tensor) -> tuple[Tensor, Tensor]:
        """(B, T) ids with some hidden, and (B, T) targets, `IGNORED` where nothing was chosen."""
        ids = batch["input_ids"].long()
        noise = noise[:, : ids.shape[1]]
        chosen = self._chosen(batch, noise, self.is_special)
        targets = ids.masked_fill(~chosen, IGNORED)
        number = (noise[..., 2] * len(self.ordinary_ids)).long()
        others = self.ordinary_ids[number.clamp(max=len(self.ordinary_ids) - 1)]
        masked = ids.masked_fill(chosen & (noise[..., 1] < 0.8), self.description.mask_id)
        replaced = chosen & (noise[..., 1] >= 0.8) & (noise[..., 1] < 0.9)
        return torch.where(replaced, others, masked), targets

    def draw_views(self, num_rows: int, generator: torch.Generator, asked: Views) -> Batch:
        """Which tokens views leave out."""
        return draw_text_views(num_rows, self.description.max_length, generator, asked)

    def view(self, batch: Batch, number: int) -> Batch:
        """The batch with a view of its texts."""
        return text_view(batch, number, self.is_special)

    def _chosen(self, batch: Batch, noise: Tensor, is_special: Tensor) -> Tensor:
        """(B, T) which tokens are chosen."""
        ids = batch["input_ids"].long()
        ordinary = batch["attention_mask"].bool() & ~is_special[ids]
        draw = noise[:, : ids.shape[1], 0]
        if self.description.whole_words:
            # A word's tokens share the draw of its first one.
            draw = draw.gather(1, batch["word_start"].long())
        draw = draw.masked_fill(~ordinary, 2.0)
        # A row of few tokens always has one to learn from.
        least = draw.amin(dim=1, keepdim=True)
        return ordinary & ((draw < self.mask_ratio) | (draw == least))

    def predict(self, ids: Tensor, attention_mask: Tensor, only: Tensor | None = None) -> Tensor:
        """Logits of every token.

        Args:
            ids: (B, T).
            attention_mask: (B, T).
            only: (B, T) of bool: the tokens that matter; all if None.

        Returns:
            (B, T, vocabulary), or (tokens that matter, vocabulary).
        """
        if only is None:
            logits: Tensor = self._whole[0](input_ids=ids, attention_mask=attention_mask).logits
            return logits
        # The vocabulary is the widest layer by far: it sees nothing that is thrown away, but for
        # some rows that make one batch like the next.
        places = only.flatten().nonzero().squeeze(1)
        padded = F.pad(places, (0, -len(places) % _ROWS))
        return self._predict_at(padded, ids, attention_mask)[: len(places)]

    def _predict_at(self, places: Tensor, ids: Tensor, attention_mask: Tensor) -> Tensor:
        """(P, vocabulary) logits at (P,) places among all B * T."""
        hook = (
            self._whole[0]
            .get_output_embeddings()
            .register_forward_pre_hook(lambda _, inputs: (inputs[0].flatten(0, 1)[places],))
        )
        try:
            return self.predict(ids, attention_mask)
        finally:
            hook.remove()

    def represent(self, batch: Batch, match: str = "own") -> Tensor:
        """Last hidden state of the unmasked text.

        Returns:
            (B, D) as the model itself pools its texts; of the first token for `class_token`; for
            `patch_mean` the mean over all tokens that are no padding; for `class_and_patches` both,
            (B, 2, D); for `all_tokens` (B, T, D), zero where there is padding.
        """
        mask = batch["attention_mask"]
        ids = batch["input_ids"].long()
        hidden: Tensor = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        if match == "all_tokens":
            return hidden * mask.unsqueeze(-1).to(hidden.dtype)
        if match == "class_and_patches":
            both = [pooled(hidden, mask, _POOLINGS[each]) for each in ("class_token", "patch_mean")]
            return torch.stack(both, dim=1)
        return pooled(hidden, mask, _POOLINGS.get(match, self.description.pooling))

    def real_tokens(self, batch: Batch) -> Tensor:
        """(B, T) of bool, which tokens are no padding."""
        return batch["attention_mask"].bool()

    def build_classifier(self, num_classes: int, dropout: float | None) -> TextClassifier:
        """A classifier on a copy of this encoder, with a fresh head."""
        return TextClassifier(self, self.description, num_classes, dropout)

    def _vocabulary(self) -> int:
        embeddings: Any = self._whole[0].get_input_embeddings()
        return int(embeddings.num_embeddings)
