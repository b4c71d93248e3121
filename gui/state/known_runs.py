"""Which runs the library shows: those opened before, and those in the folder of runs."""

import hashlib
from pathlib import Path

from core.run.files import RECIPE, RUN, STATE
from gui.state.settings import Settings


def known_runs(settings: Settings) -> list[Path]:
    """Paths of all runs to show, each once."""
    found = [path.absolute() for path in settings.runs]
    found += [path for path in _in_folder(settings.runs_folder) if not _is_hidden(settings, path)]
    return list(dict.fromkeys(found))


def take_off(settings: Settings, run: Path) -> None:
    """Show a run no more until it is opened again; its files stay."""
    settings.forget_run(run)
    settings.set_flag(_hidden_key(run), True)


def put_back(settings: Settings, run: Path, *, was_opened: bool) -> None:
    """Show a run again that was taken off; `was_opened` says whether it had been opened before."""
    settings.set_flag(_hidden_key(run), False)
    if was_opened:
        settings.remember_run(run)


def free_name(path: Path) -> Path:
    """`path`, or `path-2`, `path-3`, … if that is taken."""
    number, free = 1, path
    while free.exists():
        number += 1
        free = path.with_name(f"{path.name}-{number}")
    return free


def _in_folder(folder: Path) -> list[Path]:
    try:
        inside = sorted(path for path in folder.absolute().iterdir() if path.is_dir())
    except OSError:
        return []  # not made yet, or its drive is not connected
    return [path for path in inside if (path / RECIPE).exists() or _was_run(path)]


def _was_run(path: Path) -> bool:
    return (path / RUN).exists() and (path / STATE).exists()


def _is_hidden(settings: Settings, run: Path) -> bool:
    return settings.flag(_hidden_key(run))


def _hidden_key(run: Path) -> str:
    # A path is no good name of a setting: its separators would make groups.
    return "hidden_runs/" + hashlib.sha256(str(run).encode("utf-8", "replace")).hexdigest()[:16]
