"""What was asked on the command line, as a recipe."""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from core.api.asking import recipe_of
from core.cli.part_progress import PartProgress
from core.cli.terminal import Console
from core.errors import RunError
from core.recipe import Recipe
from core.tracking.trackers import refuse_missing


def recipe_from_options(
    file: Path | None,
    *,
    unlabeled: list[Path],
    labeled: Path | None,
    model: str | None,
    preset: str | None,
    settings: list[str],
    kind: str | None = None,
    tables: Mapping[str, str | Path | None] | None = None,
    left_out: Sequence[str] = (),
    minutes: float | None = None,
    log: Sequence[str] | None = None,
) -> Recipe:
    """The recipe of a file or preset, changed by options; later ones win over earlier ones.

    Raises:
        RunError: The preset, a setting or a value can't be used, or the library of a tracker in
            `log` is missing.
    """
    asked = dict(_setting(setting) for setting in settings)
    if log:
        refuse_missing(log)
        asked["runtime.log"] = list(dict.fromkeys(log))
    with PartProgress(Console(stderr=True)) as progress:
        return recipe_of(
            file,
            unlabeled=unlabeled,
            labeled=labeled,
            model=model,
            preset=preset,
            settings=asked,
            kind=kind,
            tables=tables,
            left_out=left_out,
            minutes=minutes,
            report=progress.advance,
        )


def _setting(setting: str) -> tuple[str, Any]:
    """Name and value of one `section.key=value`; the value is TOML, or a bare word."""
    key, sign, text = setting.partition("=")
    if not sign or not key.strip():
        raise RunError("setting-unreadable", setting=setting, reason="it has no =")
    try:
        return key.strip(), tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return key.strip(), text.strip()
