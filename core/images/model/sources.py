"""Where a model comes from: its name decides, and every way ends in the same model."""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import timm
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file

from core.errors import RunError
from core.hub import hub
from core.hub.catalog import require_kind, starter_folder
from core.images.model.description import ModelDescription
from core.images.model.mae import MaskedAutoencoder
from core.images.model.names import (
    architecture_of,
    is_timm_name,
    repository_of,
    suggested,
    timm_settings,
    without_prefix,
)
from core.images.model.resize import resized
from core.images.model.store import open_model
from core.images.model.timm_layout import (
    describe_timm,
    load_fitting,
    load_fitting_encoder,
    load_timm_encoder,
)
from core.images.model.trusted import require_registered
from core.images.model.vit_mae_layout import (
    State,
    describe_vit_mae,
    from_vit_mae,
    infer_config,
    is_vit_mae,
)
from core.models.layout import is_own_layout
from core.system.progress import ProgressReport


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
        report: Told (what, bytes done, bytes in all) while downloading.
    """

    image_size: int | None
    decoder: dict[str, Any]
    offline: bool
    seed: int
    report: ProgressReport | None


def load_model(
    name: str,
    *,
    image_size: int | None = None,
    decoder_depth: int = 8,
    decoder_dim: int = 512,
    decoder_heads: int = 16,
    offline: bool = False,
    seed: int = 0,
    report: ProgressReport | None = None,
) -> LoadedModel:
    """Load a pretrained model with a decoder.

    Args:
        name: `starter`; a local folder or .safetensors file (ours, transformers' ViT-MAE or
            timm's layout); `random:starter` or `random:<timm name>` for random weights; a timm
            name; a ViT-MAE or timm repository on the hub, if wanted with `@` and a commit.
        image_size: Other input size; positions are interpolated.
        decoder_depth: Of a fresh decoder.
        decoder_dim: Of a fresh decoder.
        decoder_heads: Of a fresh decoder.
        offline: Never ask the network.
        seed: Of fresh weights.
        report: Told (what, bytes done, bytes in all) while downloading.

    Raises:
        RunError: It is not there, can't be fetched, or is no model that can be used; the error
            says which and what to do.
    """
    require_kind(name, "images")
    decoder = {"depth": decoder_depth, "decoder_dim": decoder_dim, "num_heads": decoder_heads}
    wanted = Wanted(
        image_size=image_size, decoder=decoder, offline=offline, seed=seed, report=report
    )
    torch.manual_seed(seed)
    if name == "starter":
        return _own(starter_folder(), wanted, name)
    if name.startswith("random:"):
        return _random(name.removeprefix("random:"), wanted)
    path = Path(name)
    if path.is_dir():
        return _folder(path, wanted)
    if path.is_file():
        return _file(path, wanted)
    if path.suffix == ".safetensors":
        raise RunError("model-file-missing", path=path)
    if is_timm_name(name):
        return _timm_by_name(without_prefix(name), wanted)
    return _repository(name, wanted)


def _own(folder: Path, wanted: Wanted, name: str) -> LoadedModel:
    if not is_own_layout(folder):
        raise RunError("starter-missing", folder=folder)
    model = open_model(folder)
    model.description = replace(model.description, name=name)
    return LoadedModel(resized(model, wanted.image_size), decoder_is_fresh=False)


def _random(name: str, wanted: Wanted) -> LoadedModel:
    if name == "starter":
        from core.images.model.starter import build_starter

        model = build_starter(wanted.seed)
        return LoadedModel(resized(model, wanted.image_size), decoder_is_fresh=True)
    description = describe_named(name, architecture_of(name), {}, wanted)
    return LoadedModel(_built(description, wanted), decoder_is_fresh=True)


def _folder(folder: Path, wanted: Wanted) -> LoadedModel:
    if is_own_layout(folder):
        return _own(folder, wanted, str(folder))
    weights = folder / hub.WEIGHTS
    if not weights.is_file():
        pickles = [file for end in ("bin", "pt", "pth") for file in folder.glob(f"*.{end}")]
        raise RunError("only-pickles" if pickles else "folder-no-model", name=folder)
    return _file(weights, wanted)


def _file(path: Path, wanted: Wanted) -> LoadedModel:
    config = read_json(path.parent / "config.json")
    name = str(path)
    refuse_other_kinds(name, config)
    state = read_state(path)
    if is_vit_mae(set(state)):
        config = config or infer_config(state)
        if not config:
            raise RunError("architecture-unknown", path=path)
        preprocessor = read_json(path.parent / "preprocessor_config.json")
        return _vit_mae(name, state, config, preprocessor, wanted)
    if "architecture" not in config:
        raise RunError("architecture-unknown", path=path)
    return _timm(describe_named(name, config["architecture"], config, wanted), state, wanted)


def _repository(name: str, wanted: Wanted) -> LoadedModel:
    repo = repository_of(name)
    config_file = fetched(repo, "config.json", wanted)
    config = read_json(config_file)
    # Before anything large is downloaded.
    refuse_other_kinds(repo, config)
    if "architecture" in config:
        description = describe_named(repo, config["architecture"], config, wanted)
        weights = hub.fetch_weights(
            repo, offline=wanted.offline, report=wanted.report, beside=config_file
        )
        loaded = _timm(description, read_state(weights), wanted)
        return _noted(loaded, hub.source_of(repo, config_file, weights))
    preprocessor_file = fetched(
        repo, "preprocessor_config.json", wanted, must=False, beside=config_file
    )
    weights = hub.fetch_weights(
        repo, offline=wanted.offline, report=wanted.report, beside=config_file
    )
    state = read_state(weights)
    if not is_vit_mae(set(state)):
        raise RunError("architecture-unknown", path=repo)
    loaded = _vit_mae(repo, state, config, read_json(preprocessor_file), wanted)
    return _noted(loaded, hub.source_of(repo, config_file, weights))


def _noted(loaded: LoadedModel, source: dict[str, str]) -> LoadedModel:
    loaded.model.source = source
    return loaded


def _timm_by_name(name: str, wanted: Wanted) -> LoadedModel:
    """Pretrained weights of a timm architecture, from its repository on the hub."""
    repo, config = timm_settings(name)
    description = describe_named(name, architecture_of(name), config, wanted)
    weights = hub.fetch_weights(repo, offline=wanted.offline, report=wanted.report)
    loaded = _timm(replace(description, origin=repo), read_state(weights), wanted)
    return _noted(loaded, hub.source_of(repo, None, weights))


def _vit_mae(
    name: str,
    state: State,
    config: dict[str, Any],
    preprocessor: dict[str, Any],
    wanted: Wanted,
) -> LoadedModel:
    try:
        encoder, decoder = from_vit_mae(state)
    except KeyError as error:
        reason = f"the tensor {error} is not known"
        raise RunError("model-misfit", path=name, reason=reason) from error
    model = MaskedAutoencoder(describe_vit_mae(name, config, preprocessor))
    load_fitting_encoder(model, encoder)
    load_fitting(model.decoder, decoder, name)
    return LoadedModel(resized(model, wanted.image_size), decoder_is_fresh=False)


def _timm(description: ModelDescription, state: State, wanted: Wanted) -> LoadedModel:
    model = _built(description, wanted)
    load_timm_encoder(model, state)
    return LoadedModel(model, decoder_is_fresh=True)


def _built(description: ModelDescription, wanted: Wanted) -> MaskedAutoencoder:
    torch.manual_seed(wanted.seed)
    return MaskedAutoencoder(description)


def describe_named(
    name: str, architecture: str, config: dict[str, Any], wanted: Wanted
) -> ModelDescription:
    """The description of one of timm's architectures; `RunError` when there is none."""
    if "architecture" in config:
        # Of a file that may come from elsewhere.
        require_registered(name, architecture)
    if architecture not in timm.list_models():
        raise RunError("model-not-found", name=architecture, hint=suggested(architecture))
    return describe_timm(
        name, architecture, config, image_size=wanted.image_size, decoder=wanted.decoder
    )


def fetched(
    repo: str, file: str, wanted: Wanted, *, must: bool = True, beside: Path | None = None
) -> Path | None:
    """A small file of a repository, of the same commit as another one."""
    commit = hub.revision_of(beside) if beside is not None else ""
    return hub.fetch(
        repo, file, offline=wanted.offline, must=must, suggest=suggested, revision=commit or None
    )


def read_state(path: Path) -> State:
    """The tensors of a safetensors file; `RunError` when it is damaged or cut off."""
    try:
        return load_file(path)
    except (OSError, SafetensorError) as error:
        raise RunError("model-damaged", path=path, reason=error) from error


def read_json(path: Path | None) -> dict[str, Any]:
    """The object in a JSON file; empty when there is no such file."""
    if path is None:
        return {}
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise RunError("model-damaged", path=path, reason=error) from error
    return value if isinstance(value, dict) else {}


def refuse_other_kinds(name: str, config: dict[str, Any]) -> None:
    """`RunError` for a transformers model that is no ViT-MAE."""
    kind = config.get("model_type")
    if kind not in {None, "vit_mae"} and "architecture" not in config:
        raise RunError("not-vit-mae", name=name, kind=kind)
