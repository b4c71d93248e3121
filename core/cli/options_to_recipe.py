"""What was asked on the command line, as a recipe."""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from core.cli.part_progress import PartProgress
from core.errors import RunError
from core.modalities import modality_of_paths
from core.recipe import (
    AUTO,
    PRESETS,
    Recipe,
    modalities,
    modality_named,
    preset_values,
    read_recipe,
)
from core.recipe.files import validated_recipe


def recipe_from_options(
    file: Path | None,
    *,
    unlabeled: list[Path],
    labeled: Path | None,
    model: str | None,
    preset: str | None,
    settings: list[str],
    kind: str | None = None,
    tables: Mapping[str, str | None] | None = None,
    left_out: Sequence[str] = (),
    minutes: float | None = None,
) -> Recipe:
    """The recipe of a file or preset, changed by options; later ones win over earlier ones.

    Raises:
        RunError: The preset, a setting or a value can't be used.
    """
    if preset is not None and preset not in PRESETS:
        raise RunError("preset-unknown", name=preset, presets=", ".join(PRESETS))
    values: dict[str, Any] = {}
    if file is not None:
        read_recipe(file)  # For its errors, which name the file.
        # Only what the file says: what it leaves open depends on what the examples are.
        values = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    options = _options(unlabeled, labeled, model)
    if kind is not None:
        options["data"] = {**options["data"], "kind": kind}
    options["data"].update({key: name for key, name in (tables or {}).items() if name is not None})
    if left_out:
        options["data"]["left_out"] = list(left_out)
    if minutes is not None:
        options["race"] = {"minutes": minutes}
    for setting in settings:
        _set(options, setting)
    asked = options["data"] if isinstance(options["data"], dict) else {}
    found = _kind_of({**values.get("data", {}), **asked})
    if preset is not None:
        _update(values, _preset(preset, found))
    _update(values, options)
    # Recipes of images leave it open, as they always have.
    if found not in {AUTO, modality_named(AUTO).name}:
        values["data"]["kind"] = found
    return validated_recipe(values)


def _preset(preset: str, kind: str) -> dict[str, Any]:
    # What can't be a kind is refused with the rest of the recipe, by name.
    return preset_values(preset, kind if kind in modalities() else AUTO)


def _options(unlabeled: list[Path], labeled: Path | None, model: str | None) -> dict[str, Any]:
    """What the options for data and model ask, as sections of a recipe."""
    data: dict[str, Any] = {}
    # Absolute: the recipe is read again by a trainer that may run elsewhere.
    if unlabeled:
        data["unlabeled"] = [str(folder.absolute()) for folder in unlabeled]
    if labeled is not None:
        data["labeled"] = str(labeled.absolute())
    if model is None:
        return {"data": data}
    starters = {modality.starter for modality in modalities().values()}
    is_file = Path(model).exists() and model not in starters
    return {"data": data, "model": {"name": str(Path(model).absolute()) if is_file else model}}


def _update(values: dict[str, Any], other: dict[str, Any]) -> None:
    """Let `other` win, section by section."""
    for name, section in other.items():
        if isinstance(section, dict):
            values.setdefault(name, {}).update(section)
        else:
            values[name] = section


def _kind_of(data: dict[str, Any]) -> str:
    """What the examples are; looks into the folders when the recipe leaves it open."""
    kind = str(data.get("kind", AUTO))
    if kind != AUTO:
        return kind
    named = [*data.get("unlabeled", []), *([data["labeled"]] if data.get("labeled") else [])]
    from core.data.opened import opened

    paths = [Path(name) for name in named if Path(name).exists()]
    with PartProgress(Console(stderr=True)) as progress:
        found = modality_of_paths([opened(path, report=progress.advance).path for path in paths])
    return AUTO if found is None else found.name


def _set(values: dict[str, Any], setting: str) -> None:
    """Apply one `section.key=value`; the value is TOML, or a bare word."""
    key, sign, text = setting.partition("=")
    if not sign or not key.strip():
        raise RunError("setting-unreadable", setting=setting, reason="it has no =")
    try:
        value = tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        value = text.strip()
    *sections, last = key.strip().split(".")
    for section in sections:
        values = values.setdefault(section, {})
        if not isinstance(values, dict):
            raise RunError("setting-unreadable", setting=setting, reason=f"{section} is a value")
    values[last] = value
