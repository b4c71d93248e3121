"""Previews of texts: what was hidden in them, and what the model makes of it, as JSON."""

import json
from typing import Any

import torch
from torch import Tensor

from core.text.model.masked_lm import IGNORED, MaskedLanguageModel
from core.text.tokenizing import Tokenizing
from core.training.feed import Batch

_MOST_GUESSES = 5


def text_preview(model: MaskedLanguageModel, batch: Batch, noise: Tensor) -> bytes:
    """A JSON list with an object per text.

    `text` and `masked` are the original and what the model gets; `tokens` are the original's in
    order, special ones apart, each a list of its letters, whether it goes on a word, and its
    index into `hidden` or -1; `hidden` has what was there and the guesses with probabilities.
    """
    inputs, targets = model.masked_inputs(batch, noise)
    logits = model.predict(inputs, batch["attention_mask"]).float()
    best = torch.topk(logits.softmax(dim=-1), min(_MOST_GUESSES, logits.shape[-1]), dim=-1)
    tokenizing = Tokenizing(model.description)
    special = set(model.description.special_ids)
    shown: list[dict[str, Any]] = []
    for row in range(len(inputs)):
        length = int(batch["attention_mask"][row].sum())
        ids = batch["input_ids"][row, :length].tolist()
        starts = batch["word_start"][row, :length].tolist()
        places = [at for at in range(length) if int(targets[row, at]) != IGNORED]
        index = {at: number for number, at in enumerate(places)}
        hidden = [
            {
                "token": at,
                "was": tokenizing.words([int(targets[row, at])]),
                "guesses": [
                    [tokenizing.words([int(number)]), round(float(share), 4)]
                    for number, share in zip(
                        best.indices[row, at], best.values[row, at], strict=True
                    )
                ],
            }
            for at in places
        ]
        tokens = [
            [tokenizing.words([number]), starts[at] < at, index.get(at, -1)]
            for at, number in enumerate(ids)
            if number not in special or at in index
        ]
        shown.append(
            {
                "text": tokenizing.words(ids),
                "masked": tokenizing.words(inputs[row, :length].tolist()),
                "tokens": tokens,
                "hidden": hidden,
            }
        )
    return json.dumps(shown, ensure_ascii=False, indent=1).encode("utf-8")
