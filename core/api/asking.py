"""What was asked, as a recipe and a new run folder: for the command line and for Python alike."""

import os
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from core.errors import RunError
from core.modalities import modality_of_paths
from core.planning.misfit import refuse_misfit
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
from core.run.folder import RunFolder
from core.run.whole_paths import whole_path

AnyPath = str | os.PathLike[str]
Report = Callable[[str, int, int], None]
_NEW_RUN: Final = "redistill-run"
_WITH_WARMUP: Final = ("pretrain", "distill", "finetune")


def recipe_of(
    file: Path | None,
    *,
    unlabeled: Sequence[Path],
    labeled: Path | None,
    model: str | None,
    preset: str | None,
    settings: Mapping[str, Any],
    kind: str | None = None,
    tables: Mapping[str, str | Path | None] | None = None,
    left_out: Sequence[str] = (),
    minutes: float | None = None,
    report: Report,
) -> Recipe:
    """The recipe of a file or preset, changed by what else is asked; the latter wins.

    Args:
        file: A recipe to begin with.
        unlabeled: Folders and files of examples for pre-training.
        labeled: Folder or table of labeled examples.
        model: Name or folder of the pretrained model.
        preset: Name of the preset.
        settings: By dotted name (`pretrain.steps`), or sections of them.
        kind: What the examples are; found out by default.
        tables: Names of columns and the like, in the section `data`; files from here.
        left_out: Names of examples to do without.
        minutes: How long ways to adapt the model may race.
        report: Told (what, done, total) while folders are looked at.

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
    options["data"].update(_of_tables(tables or {}))
    if left_out:
        options["data"]["left_out"] = list(left_out)
    if minutes is not None:
        options["race"] = {"minutes": minutes}
    for key, value in settings.items():
        _set(options, key, value)
    asked = options["data"] if isinstance(options["data"], dict) else {}
    found = _kind_of({**values.get("data", {}), **asked}, report)
    if preset is not None:
        _update(values, _preset(preset, found))
    _keep_share_of_warmup(values, options, found)
    _update(values, options)
    # Recipes of images leave it open, as they always have.
    if found not in {AUTO, modality_named(AUTO).name}:
        values["data"]["kind"] = found
    return validated_recipe(values)


def _of_tables(tables: Mapping[str, str | Path | None]) -> dict[str, str]:
    """What is given; a run may go on from another folder than the one it was asked for in."""
    return {
        key: whole_path(str(value)) if isinstance(value, Path) else value
        for key, value in tables.items()
        if value is not None
    }


def new_run(recipe: Recipe, out: Path | None) -> RunFolder:
    """The folder of a new run on examples of one's own.

    Args:
        recipe: What it shall do.
        out: Its folder; by default a free one in the current folder.

    Raises:
        RunError: The recipe names no examples, its model can't be used as it says, or the folder
            can't be used.
    """
    if not recipe.data.unlabeled and recipe.data.labeled is None:
        raise RunError("no-data-named")
    refuse_misfit(recipe)
    return RunFolder.create(out or free_name(Path(_NEW_RUN)), recipe)


def free_name(path: Path) -> Path:
    """`path`, or `path-2`, `path-3`, … if that is taken."""
    number, free = 1, path
    while free.exists():
        number += 1
        free = path.with_name(f"{path.name}-{number}")
    return free


def paths_of(given: AnyPath | Iterable[AnyPath] | None, name: str) -> list[Path]:
    """One path or several; `name` is what the caller calls them.

    Raises:
        TypeError: It is something else.
    """
    if given is None:
        return []
    refuse_table(given, f"{name} takes paths")
    if isinstance(given, Iterable) and not isinstance(given, str | bytes):
        return [a_path(each, name) for each in given]
    return [a_path(given, name)]


def a_path(given: object, name: str) -> Path:
    """A path that a caller gave as `name`; `~` is their home.

    Raises:
        TypeError: It is something else.
    """
    found = os.fspath(given) if isinstance(given, str | os.PathLike) else None
    if not isinstance(found, str):
        raise TypeError(f"{name} takes a path (str or pathlib.Path), not {_kind_name(given)}")
    return Path(found).expanduser()


def refuse_table(given: object, takes: str) -> None:
    """Refuse what is iterated by its names: a dict by its keys, a DataFrame by its columns.

    Args:
        given: By a caller.
        takes: What is taken instead, in words that begin the sentence.

    Raises:
        TypeError: It is a dict, or a table of pandas, polars or the like.
    """
    if isinstance(given, Mapping) or hasattr(given, "columns"):
        kind = _kind_name(given)
        raise TypeError(f"{takes}, not {kind}: give one of its columns, as a list")


def _kind_name(given: object) -> str:
    kind = type(given)
    return kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"


def _keep_share_of_warmup(values: dict[str, Any], options: dict[str, Any], kind: str) -> None:
    """Shorten a warm-up that would not end before the steps that are asked for do.

    It keeps the share of the steps that the preset, or the file, gives it; one that is asked for
    stays as it is.

    Args:
        values: What the preset and the file say.
        options: What is asked beside them; is changed.
        kind: What the examples are.
    """
    for name in _WITH_WARMUP:
        asked = options.get(name)
        if not isinstance(asked, dict) or "warmup_steps" in asked:
            continue
        steps = asked.get("steps")
        if not isinstance(steps, int) or steps < 1:
            continue
        data = {**values.get("data", {}), "kind": kind}
        section = getattr(validated_recipe({**values, "data": data}), name)
        if section.warmup_steps >= steps and section.steps:
            asked["warmup_steps"] = steps * section.warmup_steps // section.steps


def _preset(preset: str, kind: str) -> dict[str, Any]:
    # What can't be a kind is refused with the rest of the recipe, by name.
    return preset_values(preset, kind if kind in modalities() else AUTO)


def _options(unlabeled: Sequence[Path], labeled: Path | None, model: str | None) -> dict[str, Any]:
    """What is asked of data and model, as sections of a recipe."""
    data: dict[str, Any] = {}
    # Absolute: the recipe is read again by a trainer that may run elsewhere.
    if unlabeled:
        data["unlabeled"] = [whole_path(str(folder)) for folder in unlabeled]
    if labeled is not None:
        data["labeled"] = whole_path(str(labeled))
    if model is None:
        return {"data": data}
    starters = {modality.starter for modality in modalities().values()}
    is_file = Path(model).expanduser().exists() and model not in starters
    return {"data": data, "model": {"name": whole_path(model) if is_file else model}}


def _update(values: dict[str, Any], other: dict[str, Any]) -> None:
    """Let `other` win, section by section."""
    for name, section in other.items():
        if isinstance(section, dict):
            values.setdefault(name, {}).update(section)
        else:
            values[name] = section


def _kind_of(data: dict[str, Any], report: Report) -> str:
    """What the examples are; looks into the folders when the recipe leaves it open."""
    kind = str(data.get("kind", AUTO))
    if kind != AUTO:
        return kind
    named = [*data.get("unlabeled", []), *([data["labeled"]] if data.get("labeled") else [])]
    from core.data.opened import opened

    paths = [path for path in (Path(whole_path(name)) for name in named) if path.exists()]
    found = modality_of_paths([opened(path, report=report).path for path in paths])
    return AUTO if found is None else found.name


def _set(values: dict[str, Any], key: str, value: Any) -> None:
    """Put a value, or a section of them, at a dotted name."""
    if not isinstance(key, str):
        raise TypeError(f"settings have names such as 'pretrain.steps', not {key!r}")
    if isinstance(value, os.PathLike):
        value = whole_path(os.fspath(value))
    if isinstance(value, Mapping):
        for name, each in value.items():
            _set(values, f"{key}.{name}", each)
        return
    *sections, last = key.strip().split(".")
    for section in sections:
        values = values.setdefault(section, {})
        if not isinstance(values, dict):
            raise RunError(
                "setting-unreadable", setting=f"{key}={value}", reason=f"{section} is a value"
            )
    values[last] = value
