"""R3F: the same answer for slightly noisy embeddings (Aghajanyan et al. 2021).

Better Fine-Tuning by Reducing Representational Collapse, ICLR 2021, section 2.1; checked against
the authors' code (facebookresearch/fairseq: `examples/rxf/rxf_src/sentence_prediction_r3f.py`):

    task + weight * (KL(p(x) | p(x + z)) + KL(p(x + z) | p(x))),   averaged over the examples,

with z uniform in -eps … eps, or normal with deviation eps, on the embeddings. As there, the second
pass starts from detached embeddings and draws its own dropout. The embeddings of an image are its
patches after their linear map, before positions are added.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812  (its name everywhere)
from torch import Tensor, nn

from core.devices.table import kind_of
from core.models.masked_model import Classifier
from core.training.feed import Batch, BatchPlace
from core.training.seeds import derive_seed

Divergence = Callable[[Tensor, Tensor], Tensor]


def symmetric_divergence(logits: Tensor, others: Tensor) -> Tensor:
    """Mean over the rows of KL(p | q) + KL(q | p), of (B, C) logits each."""
    p, q = logits.float().log_softmax(dim=-1), others.float().log_softmax(dim=-1)
    there = F.kl_div(q, p, log_target=True, reduction="batchmean")
    return there + F.kl_div(p, q, log_target=True, reduction="batchmean")


def draw_noise(like: Tensor, eps: float, distribution: str, seed: int, place: BatchPlace) -> Tensor:
    """Noise of the shape of `like` (B, …), drawn for the global batch and cut to its rows.

    So it does not depend on how a batch is spread over processes or pieces.
    """
    generator = kind_of(like.device).generator(like.device, seed)
    noise = torch.empty((place.global_rows, *like.shape[1:]), device=like.device)
    if distribution == "uniform":
        noise.uniform_(-eps, eps, generator=generator)
    else:
        noise.normal_(0.0, eps, generator=generator)
    return noise[place.start : place.start + len(like)].to(like.dtype)


class R3F:
    """A `Penalty` on how far noise changes the answer.

    Args:
        classifier: The model.
        weight: Weight of the divergence.
        eps: Size of the noise.
        distribution: `uniform` or `normal`.
        place: `(seed, stage)`, for the noise of each step.
        divergence: How far apart two (B, C) logits are, as the task has it.
    """

    # Noise of 1e-5 is far below what bfloat16 tells apart (1e-2 near 1): of embeddings rounded to
    # it, few change at all.
    needs_float32 = True

    def __init__(
        self,
        classifier: Classifier,
        *,
        weight: float,
        eps: float,
        distribution: str,
        place: tuple[int | str, ...],
        divergence: Divergence = symmetric_divergence,
    ) -> None:
        self._divergence = divergence
        self._classifier = classifier
        self._weight, self._eps, self._distribution = weight, eps, distribution
        self._place = place

    def __call__(self, batch: Batch, logits: Tensor, place: BatchPlace) -> Tensor:
        """The weighted divergence; `logits` are those without noise."""
        seed = derive_seed(*self._place, "noise", place.step) % 2**62
        dropout = derive_seed(*self._place, "noisy dropout", place.step)
        self._classifier.set_dropout_rows(dropout, place.start, place.global_rows)
        with self._noisy(seed, place):
            noisy = self._classifier(batch)
        return self._weight * self._divergence(logits, noisy)

    @contextmanager
    def _noisy(self, seed: int, place: BatchPlace) -> Iterator[None]:
        def add(module: nn.Module, arguments: Any, embeddings: Tensor) -> Tensor:
            del module, arguments
            clean = embeddings.detach()
            return clean + draw_noise(clean, self._eps, self._distribution, seed, place)

        handle = self._classifier.embedding.register_forward_hook(add)
        try:
            yield
        finally:
            handle.remove()
