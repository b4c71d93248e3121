"""Views of texts: some of their tokens are left out (Yan et al. 2021, arXiv 2105.11741)."""

import torch
from torch import Tensor

from core.models.for_objectives import Views
from core.models.masked_model import Batch

_LEFT_OUT = "view_left_out"


def draw_text_views(
    num_rows: int, max_length: int, generator: torch.Generator, asked: Views
) -> Batch:
    """(rows, views, max_length) draws; the least of them fall below 0 and are left out."""
    shape = (num_rows, asked.number, max_length)
    drawn = torch.rand(shape, generator=generator, device=generator.device)
    return {_LEFT_OUT: drawn - asked.settings.sentence_left_out}


def text_view(batch: Batch, number: int, is_special: Tensor) -> Batch:
    """The batch with view `number` of its texts, whose left-out tokens nobody attends to.

    Special tokens stay, and one other of each text at least.

    Args:
        batch: `input_ids` and `attention_mask`, (B, T) each, and what was drawn.
        number: From 0.
        is_special: By token.
    """
    ids, mask = batch["input_ids"].long(), batch["attention_mask"]
    draw = batch[_LEFT_OUT][:, number, : ids.shape[1]]
    ordinary = mask.bool() & ~is_special[ids]
    draw = draw.masked_fill(~ordinary, -2.0)
    most = draw.amax(dim=1, keepdim=True)
    left_out = ordinary & (draw < 0) & (draw < most)
    left = {name: value for name, value in batch.items() if name != _LEFT_OUT}
    return {**left, "attention_mask": mask.masked_fill(left_out, 0)}
