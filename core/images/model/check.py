"""Whether a model of images can be used: from its files here, or its description there."""

from pathlib import Path
from typing import Any

import torch

from core.errors import RunError
from core.hub import hub
from core.images.about import MODALITY
from core.images.model.description import ModelDescription
from core.images.model.encoders import Encoder
from core.images.model.names import (
    architecture_of,
    is_timm_name,
    repository_of,
    suggested,
    timm_settings,
)
from core.images.model.sources import (
    LoadedModel,
    Wanted,
    describe_named,
    fetched,
    load_model,
    read_json,
    refuse_other_kinds,
)
from core.images.model.vit_mae_layout import describe_vit_mae

_DECODER = {"depth": 8, "decoder_dim": 512, "num_heads": 16}


def check_image_model(name: str, *, offline: bool) -> dict[str, Any]:
    """What the model is, whether it is here, and how much there is to download."""
    if _is_local(name):
        return _of_loaded(name, "", load_model(name, offline=True))
    repo = repository_of(name)
    if offline or hub.is_in_cache(repo):
        return _of_loaded(name, repo, load_model(name, offline=offline))
    size = hub.weights_size(repo, suggest=suggested)
    description, decoder_is_fresh = _described(name, repo)
    # On the meta device nothing is computed: only sizes are looked at.
    with torch.device("meta"):
        encoder = description.build_encoder()
    facts = _facts(name, repo, description, encoder, decoder_is_fresh=decoder_is_fresh)
    return {**facts, "on_disk": False, "download_bytes": size}


def _is_local(name: str) -> bool:
    path = Path(name)
    is_file = path.exists() or path.suffix == ".safetensors"
    return name == "starter" or name.startswith("random:") or is_file


def _of_loaded(name: str, repo: str, loaded: LoadedModel) -> dict[str, Any]:
    model = loaded.model
    fresh = loaded.decoder_is_fresh
    facts = _facts(name, repo, model.description, model.encoder, decoder_is_fresh=fresh)
    return {**facts, "on_disk": True, "download_bytes": 0}


def _described(name: str, repo: str) -> tuple[ModelDescription, bool]:
    """The description of a model whose weights are not here, and whether its decoder is fresh."""
    wanted = Wanted(image_size=None, decoder=_DECODER, offline=False, seed=0, report=None)
    if is_timm_name(name):
        _, config = timm_settings(name)
        return describe_named(name, architecture_of(name), config, wanted), True
    config = read_json(fetched(repo, "config.json", wanted))
    refuse_other_kinds(repo, config)
    if "architecture" in config:
        return describe_named(repo, config["architecture"], config, wanted), True
    if config.get("model_type") != "vit_mae":
        raise RunError("architecture-unknown", path=repo)
    preprocessor = read_json(fetched(repo, "preprocessor_config.json", wanted, must=False))
    return describe_vit_mae(repo, config, preprocessor), False


def _facts(
    name: str,
    repo: str,
    description: ModelDescription,
    encoder: Encoder,
    *,
    decoder_is_fresh: bool,
) -> dict[str, Any]:
    return {
        "examples": MODALITY.name,
        "name": name,
        "repo": repo,
        "parameters": sum(part.numel() for part in encoder.parameters()),
        "input_size": description.preprocessing.image_size[0],
        "patch": encoder.patch_embed.patch_size[0],
        "embed_dim": encoder.embed_dim,
        "depth": len(encoder.blocks),
        "decoder_is_fresh": decoder_is_fresh,
        "family": description.family,
        "origin": description.origin,
        "licence": description.licence,
    }
