"""What a model's name means: one of timm's, a repository on the hub, or a mistake."""

import difflib
from dataclasses import asdict
from typing import Any

import timm

from core.errors import RunError
from core.hub.catalog import CATALOG
from core.language import _

_TIMM_PREFIXES = ("hf-hub:", "hf_hub:", "timm/")


def is_timm_name(name: str) -> bool:
    """Whether timm knows this name, be it with a prefix."""
    bare = without_prefix(name)
    return bare in timm.list_models() or bare in timm.list_pretrained()


def repository_of(name: str) -> str:
    """Where on the hub the weights of a name are, that is no file here.

    Raises:
        RunError: It can be no name of a repository, or timm has no weights for it.
    """
    if is_timm_name(name):
        return timm_settings(name)[0]
    repo = name.removeprefix("hf-hub:").removeprefix("hf_hub:")
    if repo.count("/") != 1:
        raise RunError("model-not-found", name=name, hint=suggested(name))
    return repo


def timm_settings(name: str) -> tuple[str, dict[str, Any]]:
    """Repository and `config.json` of one of timm's names; `RunError` without weights."""
    name = without_prefix(name)
    settings = timm.get_pretrained_cfg(name)
    repo = settings.hf_hub_id if settings is not None else None
    if settings is None or not repo:
        raise RunError("timm-no-weights", name=name)
    if repo == "timm/":
        repo = f"timm/{settings.architecture}.{settings.tag}"
    return repo, {"pretrained_cfg": asdict(settings)}


def architecture_of(name: str) -> str:
    """Timm's name without a prefix and a tag."""
    return without_prefix(name).partition(".")[0]


def without_prefix(name: str) -> str:
    """The name as timm has it."""
    for prefix in _TIMM_PREFIXES:
        name = name.removeprefix(prefix)
    return name


def suggested(name: str) -> str:
    """A question with names that are close to a wrong one; empty when there are none."""
    known = [entry.name for entry in CATALOG] + timm.list_pretrained("vit_*")
    close = difflib.get_close_matches(without_prefix(name), known, n=3)
    return " " + _("Did you mean {close}?").format(close=" or ".join(close)) if close else ""
