"""Whether a masked language model can be used: from its files here, or its description there."""

from pathlib import Path
from typing import Any

import torch
from transformers import AutoConfig, AutoModelForMaskedLM

from core.errors import RunError
from core.hub import hub
from core.hub.catalog import CATALOG
from core.text.about import MODALITY
from core.text.model.store import load_masked_lm


def check_masked_lm(name: str, *, offline: bool) -> dict[str, Any]:
    """What the model is, whether it is here, and how much there is to download.

    Raises:
        RunError: It is no masked language model, has no fast tokenizer, or can't be had.
    """
    is_here = Path(name).exists() or any(e.name == name and not e.repo for e in CATALOG)
    if is_here or offline or hub.is_in_cache(name):
        model = load_masked_lm(name, max_length=1 << 30, whole_words=False, offline=True)
        facts = _facts(name, model.whole, model.description.max_length)
        repo = "" if is_here else name
        return {**facts, "repo": repo, "on_disk": True, "download_bytes": 0}
    size = hub.weights_size(name)
    config = hub.fetch(name, "config.json", offline=False)
    hub.fetch(name, "tokenizer.json", offline=False)
    assert config is not None
    try:
        values = AutoConfig.from_pretrained(config.parent, local_files_only=True)
        # On the meta device nothing is computed: only sizes are looked at.
        with torch.device("meta"):
            whole = AutoModelForMaskedLM.from_config(values)  # type: ignore[no-untyped-call]
    except (OSError, ValueError, KeyError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise RunError("model-damaged", path=name, reason=reason) from error
    length = int(getattr(values, "max_position_embeddings", 512) or 512)
    return {**_facts(name, whole, length), "repo": name, "on_disk": False, "download_bytes": size}


def _facts(name: str, whole: Any, max_length: int) -> dict[str, Any]:
    encoder, config = whole.base_model, whole.config
    return {
        "examples": MODALITY.name,
        "name": name,
        "parameters": sum(part.numel() for part in encoder.parameters()),
        "width": int(getattr(config, "hidden_size", 0) or config.dim),
        "depth": int(getattr(config, "num_hidden_layers", 0) or config.n_layers),
        "vocabulary": int(config.vocab_size),
        "max_length": max_length,
        "origin": name,
        "licence": "as its publisher states it",
    }
