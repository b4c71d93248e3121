"""Whether a masked language model can be used: from its files here, or its description there."""

import json
from functools import partial
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from transformers import AutoConfig, AutoModelForMaskedLM

from core.errors import RunError
from core.hub import hub
from core.hub.catalog import CATALOG
from core.language import _
from core.recipe.modality import AUTO
from core.text.about import MODALITY
from core.text.model.pooling import chosen_pooling, text_family
from core.text.model.store import load_masked_lm, require_rows
from core.text.model.trusted import trusted_config

_WITH_HEAD = ("ForMaskedLM", "ForPreTraining", "LMHeadModel")
_WITHOUT_HEAD = _(
    "Its files have no masked-language-model head: where the objective needs "
    "one, it gets a fresh one, which is trained first with the encoder frozen."
)


def check_masked_lm(name: str, *, offline: bool) -> dict[str, Any]:
    """What the model is, whether it is here, and how much there is to download.

    Raises:
        RunError: It is no masked language model, has no fast tokenizer, or can't be had.
    """
    is_here = Path(name).exists() or any(e.name == name and not e.repo for e in CATALOG)
    if is_here or offline or hub.is_in_cache(name):
        model = load_masked_lm(name, max_length=1 << 30, whole_words=False, offline=True)
        facts = _facts(
            name,
            model.whole,
            model.description.max_length,
            head_is_fresh=model.head_is_fresh,
            reading=model.description.reading,
            family=model.family,
        )
        repo = "" if is_here else name
        return {**facts, "repo": repo, "on_disk": True, "download_bytes": 0}
    size = hub.weights_size(name)
    config = hub.fetch(name, "config.json", offline=False)
    tokenizer = hub.fetch(name, "tokenizer.json", offline=False)
    assert config is not None
    assert tokenizer is not None
    try:
        known = trusted_config(name, json.loads(config.read_text(encoding="utf-8")))
        values = AutoConfig.for_model(**known)
        require_rows(name, Tokenizer.from_file(str(tokenizer)), int(values.vocab_size))
        # On the meta device nothing is computed: only sizes are looked at.
        with torch.device("meta"):
            whole = AutoModelForMaskedLM.from_config(  # type: ignore[no-untyped-call]
                values, trust_remote_code=False
            )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise RunError("model-damaged", path=name, reason=reason) from error
    length = int(getattr(values, "max_position_embeddings", 512) or 512)
    is_fresh = _names_no_head(known)
    file = partial(_fetched, name)
    facts = _facts(
        name,
        whole,
        length,
        head_is_fresh=is_fresh,
        reading=chosen_pooling(
            AUTO, name=name, config=known, has_head=not is_fresh, file=file
        ).words,
        family=text_family(has_head=not is_fresh, file=file),
    )
    return {**facts, "repo": name, "on_disk": False, "download_bytes": size}


def _fetched(name: str, path: str) -> Path | None:
    return hub.fetch(name, path, offline=False, must=False)


def _names_no_head(config: dict[str, Any]) -> bool:
    """Whether a description says that the weights have no head; only they could tell for sure."""
    named = [str(each) for each in config.get("architectures") or ()]
    return bool(named) and not any(each.endswith(_WITH_HEAD) for each in named)


def _facts(
    name: str,
    whole: Any,
    max_length: int,
    *,
    head_is_fresh: bool,
    reading: str,
    family: str,
) -> dict[str, Any]:
    encoder, config = whole.base_model, whole.config
    return {
        "examples": MODALITY.name,
        "name": name,
        "parameters": sum(part.numel() for part in encoder.parameters()),
        "width": int(getattr(config, "hidden_size", 0) or config.dim),
        "depth": int(getattr(config, "num_hidden_layers", 0) or config.n_layers),
        "vocabulary": int(config.vocab_size),
        "max_length": max_length,
        "decoder_is_fresh": head_is_fresh,
        "notes": [*([_WITHOUT_HEAD] if head_is_fresh else []), reading],
        "family": family,
        "origin": name,
        "licence": "as its publisher states it",
    }
