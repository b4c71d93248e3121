"""Where a model comes from: its name decides, and every way ends in the same model."""

import difflib
import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, cast

import timm
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from timm.layers.pos_embed import resample_abs_pos_embed
from timm.models.vision_transformer import VisionTransformer, checkpoint_filter_fn

from core.errors import RunError
from core.models import hub
from core.models.catalog import CATALOG, starter_folder
from core.models.description import ModelDescription, require_plain_vit
from core.models.local import is_own_layout, open_model
from core.models.mae import MaskedAutoencoder
from core.models.mae_decoder import sincos_positions
from core.models.masked_model import Preprocessing
from core.models.vit_mae_layout import State, describe_vit_mae, from_vit_mae, is_vit_mae

_TIMM_PREFIXES = ("hf-hub:", "hf_hub:", "timm/")


@dataclass(frozen=True)
class LoadedModel:
    """A pretrained model.

    Attributes:
        model: In float32, on the CPU.
        decoder_is_fresh: Whether the decoder has random weights and wants a warm-up.
    """

    model: MaskedAutoencoder
    decoder_is_fresh: bool


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What was asked of a model beside its name.

    Attributes:
        image_size: Input size; its own if None.
        decoder: `depth`, `decoder_dim`, `num_heads` of a fresh decoder.
        offline: Never ask the network.
        seed: Of fresh weights.
    """

    image_size: int | None
    decoder: dict[str, Any]
    offline: bool
    seed: int


def load_model(
    name: str,
    *,
    image_size: int | None = None,
    decoder_depth: int = 8,
    decoder_dim: int = 512,
    decoder_heads: int = 16,
    offline: bool = False,
    seed: int = 0,
) -> LoadedModel:
    """Load a pretrained model with a decoder.

    Args:
        name: `starter`; a local folder or .safetensors file (ours, transformers' ViT-MAE or
            timm's layout); `random:starter` or `random:<timm name>` for random weights; a timm
            name; a ViT-MAE or timm repository on the hub.
        image_size: Other input size; positions are interpolated.
        decoder_depth: Of a fresh decoder.
        decoder_dim: Of a fresh decoder.
        decoder_heads: Of a fresh decoder.
        offline: Never ask the network.
        seed: Of fresh weights.

    Raises:
        RunError: It is not there, can't be fetched, or is no model that can be used; the error
            says which and what to do.
    """
    decoder = {"depth": decoder_depth, "decoder_dim": decoder_dim, "num_heads": decoder_heads}
    wanted = Wanted(image_size=image_size, decoder=decoder, offline=offline, seed=seed)
    torch.manual_seed(seed)
    if name == "starter":
        return _own(starter_folder(), wanted, name)
    if name.startswith("random:"):
        return _random(name.removeprefix("random:"), wanted)
    path = Path(name)
    if path.is_dir():
        return _folder(path, wanted)
    if path.is_file() or path.suffix == ".safetensors":
        return _file(path, wanted)
    bare = _without_prefix(name)
    if bare in timm.list_models() or bare in timm.list_pretrained():
        return _timm_by_name(bare, wanted)
    return _repository(name, wanted)


def _own(folder: Path, wanted: Wanted, name: str) -> LoadedModel:
    if not is_own_layout(folder):
        raise RunError("starter-missing", folder=folder)
    model = open_model(folder)
    return LoadedModel(_resized(model, replace(model.description, name=name), wanted), False)


def _random(name: str, wanted: Wanted) -> LoadedModel:
    if name == "starter":
        from core.starter.architecture import build_starter

        model = build_starter(wanted.seed)
        return LoadedModel(_resized(model, model.description, wanted), True)
    if name not in timm.list_models():
        raise RunError("model-not-found", name=name, hint=_suggestion(name))
    return _fresh_decoder(_describe_timm(name, {}, wanted), None, wanted)


def _folder(folder: Path, wanted: Wanted) -> LoadedModel:
    if is_own_layout(folder):
        return _own(folder, wanted, str(folder))
    weights = folder / hub.WEIGHTS
    if not weights.is_file():
        pickles = [*folder.glob("*.bin"), *folder.glob("*.pt"), *folder.glob("*.pth")]
        if pickles:
            raise RunError("only-pickles", name=folder)
        raise RunError("folder-no-model", path=folder)
    return _file(weights, wanted)


def _file(path: Path, wanted: Wanted) -> LoadedModel:
    if not path.is_file():
        raise RunError("model-not-found", name=path, hint="")
    config = _read_json(path.parent / "config.json")
    preprocessor = _read_json(path.parent / "preprocessor_config.json")
    return _from_state(str(path), read_state(path), config, preprocessor, wanted)


def _repository(name: str, wanted: Wanted) -> LoadedModel:
    repo = name.removeprefix("hf-hub:").removeprefix("hf_hub:")
    if repo.count("/") != 1:
        raise RunError("model-not-found", name=name, hint=_suggestion(name))
    config_file = hub.fetch(repo, "config.json", offline=wanted.offline, suggest=_suggestion)
    config = _read_json(config_file) if config_file else {}
    _refuse_other_kinds(repo, config)
    found = hub.fetch(repo, "preprocessor_config.json", offline=wanted.offline, must=False)
    preprocessor = _read_json(found) if found else {}
    weights = hub.fetch_weights(repo, offline=wanted.offline)
    return _from_state(repo, read_state(weights), config, preprocessor, wanted)


def _timm_by_name(name: str, wanted: Wanted) -> LoadedModel:
    """Pretrained weights of a timm architecture, from its repository on the hub."""
    settings = timm.get_pretrained_cfg(name)
    if settings is None or not settings.hf_hub_id:
        raise RunError("timm-no-weights", name=name)
    repo = settings.hf_hub_id
    if repo == "timm/":
        repo = f"timm/{settings.architecture}.{settings.tag}"
    weights = hub.fetch_weights(repo, offline=wanted.offline)
    config = {"architecture": settings.architecture, "pretrained_cfg": asdict(settings)}
    return _from_state(repo, read_state(weights), config, {}, wanted)


def _from_state(
    name: str, state: State, config: dict[str, Any], preprocessor: dict[str, Any], wanted: Wanted
) -> LoadedModel:
    """A model from tensors and the JSON beside them, in whichever layout they are."""
    if is_vit_mae(set(state)):
        description = describe_vit_mae(name, config, preprocessor)
        try:
            encoder, decoder = from_vit_mae(state)
        except KeyError as error:
            raise RunError("model-damaged", path=name, reason=f"unknown tensor {error}") from error
        model = MaskedAutoencoder(description)
        _load(model.encoder, encoder, name)
        _load(model.decoder, decoder, name)
        return LoadedModel(_resized(model, description, wanted), False)
    if "architecture" in config:
        description = _describe_timm(config["architecture"], config, wanted)
        return _fresh_decoder(replace(description, name=name, origin=name), state, wanted)
    raise RunError("architecture-unknown", path=name)


def _fresh_decoder(
    description: ModelDescription, state: State | None, wanted: Wanted
) -> LoadedModel:
    torch.manual_seed(wanted.seed)
    model = MaskedAutoencoder(description)
    if state is not None:
        # timm's own rules for older key names, other position grids and patch sizes.
        fitted = checkpoint_filter_fn(state, model.encoder)
        own = model.encoder.state_dict()
        # The head of the pretraining task is not part of the encoder.
        kept = {key: value for key, value in fitted.items() if key in own}
        _load(model.encoder, kept, description.name)
    return LoadedModel(model, True)


def _describe_timm(architecture: str, config: dict[str, Any], wanted: Wanted) -> ModelDescription:
    if architecture not in timm.list_models():
        raise RunError("model-not-found", name=architecture, hint=_suggestion(architecture))
    arguments = dict(config.get("model_args") or {})
    plain = timm.create_model(architecture, pretrained=False, num_classes=0, **arguments)
    encoder: VisionTransformer = require_plain_vit(plain, architecture)
    if encoder.attn_pool is not None:
        # Attention pooling belongs to the pretraining task's head.
        arguments |= {"global_pool": "avg", "fc_norm": False}
    own = cast("dict[str, Any]", encoder.pretrained_cfg)
    settings = {**own, **(config.get("pretrained_cfg") or {})}
    size = (wanted.image_size,) * 2 if wanted.image_size else tuple(settings["input_size"][1:])
    return ModelDescription(
        name=architecture,
        origin="random weights",
        licence=str(settings.get("license") or "see the model's page"),
        timm_name=architecture,
        encoder={**arguments, "img_size": size},
        decoder={**wanted.decoder, "norm_eps": 1e-6},
        preprocessing=Preprocessing(
            image_size=(size[0], size[1]),
            mean=tuple(settings["mean"]),
            std=tuple(settings["std"]),
            interpolation=str(settings["interpolation"]),
        ),
    )


def _resized(
    model: MaskedAutoencoder, description: ModelDescription, wanted: Wanted
) -> MaskedAutoencoder:
    """The model for the asked input size, its learned positions interpolated."""
    size = wanted.image_size
    if size is None or (size, size) == description.preprocessing.image_size:
        model.description = description
        return model
    resized = MaskedAutoencoder(description.resized(size))
    state = model.encoder.state_dict()
    num_prefix = 0 if model.encoder.no_embed_class else model.encoder.num_prefix_tokens
    state["pos_embed"] = resample_abs_pos_embed(
        state["pos_embed"],
        new_size=list(resized.encoder.patch_embed.grid_size),
        old_size=list(model.encoder.patch_embed.grid_size),
        num_prefix_tokens=num_prefix,
    )
    resized.encoder.load_state_dict(state)
    decoder = model.decoder.state_dict()
    grid, dim = resized.encoder.patch_embed.grid_size, decoder["pos_embed"].shape[-1]
    decoder["pos_embed"] = sincos_positions(dim, grid, resized.decoder.num_prefix)
    resized.decoder.load_state_dict(decoder)
    return resized


def read_state(path: Path) -> State:
    """The tensors of a safetensors file; `RunError` when it is damaged or cut off."""
    try:
        return load_file(path)
    except (OSError, SafetensorError) as error:
        raise RunError("model-damaged", path=path, reason=error) from error


def _load(module: torch.nn.Module, state: State, name: str) -> None:
    try:
        module.load_state_dict(state)
    except RuntimeError as error:
        reason = " ".join(str(error).split())[:300]
        raise RunError("model-damaged", path=name, reason=reason) from error


def _read_json(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise RunError("model-damaged", path=path, reason=error) from error
    return value if isinstance(value, dict) else {}


def _refuse_other_kinds(repo: str, config: dict[str, Any]) -> None:
    kind = config.get("model_type")
    if kind is not None and kind != "vit_mae" and "architecture" not in config:
        raise RunError("not-a-vit", name=repo, architecture=f"{kind} model")


def _without_prefix(name: str) -> str:
    for prefix in _TIMM_PREFIXES:
        name = name.removeprefix(prefix)
    return name


def _suggestion(name: str) -> str:
    known = [entry.name for entry in CATALOG] + timm.list_pretrained("vit_*")
    close = difflib.get_close_matches(_without_prefix(name), known, n=3)
    return f" Did you mean {' or '.join(close)}?" if close else ""
