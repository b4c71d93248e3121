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
    shown: list[dict[str, Any]] = []
    for row in range(len(inputs)):
        length = int(batch["attention_mask"][row].sum())
        places = [at for at in range(length) if int(targets[row, at]) != IGNORED]
        guesses = [
            [
                [tokenizing.words([int(number)]), round(float(share), 4)]
                for number, share in zip(best.indices[row, at], best.values[row, at], strict=True)
            ]
            for at in places
        ]
        told = _told(model, tokenizing, batch, row, places)
        for hidden, found in zip(told["hidden"], guesses, strict=True):
            hidden["guesses"] = found
        shown.append({**told, "masked": tokenizing.words(inputs[row, :length].tolist())})
    return _as_json(shown)


def text_views_preview(model: MaskedLanguageModel, batch: Batch) -> bytes:
    """The same of one view of each text: `hidden` is left out and not to be guessed.

    Args:
        model: Whose views they are.
        batch: With the numbers of its views.
    """
    tokenizing = Tokenizing(model.description)
    kept = model.view(batch, 0)["attention_mask"]
    shown: list[dict[str, Any]] = []
    for row in range(len(kept)):
        length = int(batch["attention_mask"][row].sum())
        places = [at for at in range(length) if not kept[row, at]]
        left = [int(batch["input_ids"][row, at]) for at in range(length) if kept[row, at]]
        told = _told(model, tokenizing, batch, row, places)
        shown.append({**told, "masked": tokenizing.words(left)})
    return _as_json(shown)


def _told(
    model: MaskedLanguageModel, tokenizing: Tokenizing, batch: Batch, row: int, places: list[int]
) -> dict[str, Any]:
    """A text of the batch, of which the tokens at some places are hidden."""
    length = int(batch["attention_mask"][row].sum())
    ids = batch["input_ids"][row, :length].tolist()
    starts = batch["word_start"][row, :length].tolist()
    index = {at: number for number, at in enumerate(places)}
    special = set(model.description.special_ids)
    return {
        "text": tokenizing.words(ids),
        "tokens": [
            [tokenizing.words([number]), starts[at] < at, index.get(at, -1)]
            for at, number in enumerate(ids)
            if number not in special or at in index
        ],
        "hidden": [{"token": at, "was": tokenizing.words([ids[at]])} for at in places],
    }


def _as_json(shown: list[dict[str, Any]]) -> bytes:
    return json.dumps(shown, ensure_ascii=False, indent=1).encode("utf-8")
