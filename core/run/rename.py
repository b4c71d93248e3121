"""Another name for a run: that of its folder, since there is no other."""

import re
from pathlib import Path

from core.errors import RunError
from core.recipe import Recipe
from core.run.folder import RunFolder

# What some file system has no place for in a name.
FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f]')


def rename_run(run: RunFolder, name: str) -> RunFolder:
    """Rename the folder of a run that does not train; returns the run at its new place.

    A run whose data lie in its own folder, as those of the sample do, keeps its name: its recipe
    and its list of files say where they are.

    Raises:
        RunError: `run-name`, `run-exists`, `run-locked`, `run-keeps-name`, `run-not-writable`.
    """
    name = name.strip()
    if not name or FORBIDDEN.search(name) or name.endswith(".") or name in {".", ".."}:
        raise RunError("run-name", name=name)
    target = run.path.with_name(name)
    if target == run.path:
        return run
    # On some systems the same folder, in other letters.
    if target.exists() and not target.samefile(run.path):
        raise RunError("run-exists", path=target, state="there already")
    if _has_own_data(run.recipe(), run.path):
        raise RunError("run-keeps-name", path=run.path)
    # Taken and given back: somebody may be about to train it, and a lock can't move along.
    with run.lock():
        pass
    try:
        run.path.rename(target)
    except OSError as error:
        reason = error.strerror or str(error)
        raise RunError("run-not-writable", path=run.path, reason=reason) from error
    return RunFolder(target)


def _has_own_data(recipe: Recipe, path: Path) -> bool:
    data = recipe.data
    folders = [*data.unlabeled, *([data.labeled] if data.labeled else [])]
    return any(Path(folder).absolute().is_relative_to(path.absolute()) for folder in folders)
