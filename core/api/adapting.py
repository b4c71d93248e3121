"""`redistill.adapt`: a new run from start to end."""

import os
from collections.abc import Iterable, Mapping
from typing import Any

from core.api.asking import AnyPath, a_path, new_run, paths_of, recipe_of
from core.api.following import OnEvent, train
from core.api.runs import Run


def adapt(
    *,
    labeled: AnyPath | None = None,
    unlabeled: AnyPath | Iterable[AnyPath] | None = None,
    model: AnyPath | None = None,
    preset: str | None = None,
    out: AnyPath | None = None,
    settings: Mapping[str, Any] | None = None,
    on_event: OnEvent | None = None,
    recipe: AnyPath | None = None,
    kind: str | None = None,
    minutes: float | None = None,
    processes: int = 1,
) -> Run:
    """Fit a pretrained model to your examples; the same as `redistill run`.

    It trains in a process of its own and returns when that has ended. Ctrl-C, or an exception of
    `on_event`, pauses the run and is raised when all is saved; `redistill.open(out).resume()` goes
    on. Nothing is written but the run's folder and a cache of what was found in your folders.

    Args:
        labeled: A folder with a folder for each class, or with train, val and test parts, or a
            table.
        unlabeled: Folders and files without labels, one or several.
        model: Name of a pretrained model, or its folder; the bundled one by default.
        preset: `quick`, `balanced`, `strong`, `paper` or `best`; the paper's settings by default.
        out: The run folder to make; by default `redistill-run` in the current folder, with a number
            if that is taken.
        settings: What else differs, by name: `{"pretrain.steps": 500}` or, the same,
            `{"pretrain": {"steps": 500}}`. They win over the preset.
        on_event: Called in this thread with each event as it comes; `event.kind` says which it is.
            Steps tell `stage`, `step`, `num_steps`, `losses`, `stage_left_s`, `run_left_s`
            (seconds).
        recipe: A recipe file to begin with.
        kind: `images` or `text`; found out by default.
        minutes: With the preset `best`: how long, in minutes, ways to adapt the model may race.
        processes: How many train together on this machine.

    Returns:
        The run: finished, or paused or stopped if somebody asked for that (`run.state`).

    Raises:
        RunError: Something asked for can't be used; or the run failed (`run-failed`, whose
            `details["cause"]` is the error's id): once mended, `resume` continues it.
        TypeError, ValueError: An argument is of another kind, or `processes` is below 1.
    """
    if settings is not None and not isinstance(settings, Mapping):
        raise TypeError('settings is a dict, such as {"pretrain.steps": 500}')
    if processes < 1:
        raise ValueError(f"processes is {processes}; it is at least 1")
    asked = recipe_of(
        a_path(recipe, "recipe") if recipe is not None else None,
        unlabeled=paths_of(unlabeled, "unlabeled"),
        labeled=a_path(labeled, "labeled") if labeled is not None else None,
        model=os.fspath(model) if model is not None else None,
        preset=preset,
        settings=settings or {},
        kind=kind,
        minutes=minutes,
        report=_unheard,
    )
    folder = new_run(asked, a_path(out, "out") if out is not None else None)
    train(folder, on_event, processes)
    return Run(folder)


def _unheard(what: str, done: int, total: int) -> None:
    del what, done, total
