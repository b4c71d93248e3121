"""Starts what follows a run, beside its trainer."""

from collections.abc import Iterator

from core.errors import RunError
from core.run.events import Noticed
from core.run.files import output_of_tracker
from core.run.folder import RunFolder
from core.system.own_process import module_command, start_detached
from core.system.process_names import TRACKER
from core.tracking.trackers import refuse_missing


def start_trackers(run: RunFolder) -> Iterator[Noticed]:
    """Start one process for each tracker of the recipe.

    Yields:
        What to say of each that can't be written: the training goes on without it.
    """
    try:
        names = run.recipe().runtime.log
    except RunError:
        return  # said by the training itself
    for name in names:
        try:
            refuse_missing([name])
            with (run.path / output_of_tracker(name)).open("wb") as errors:
                start_detached(module_command(TRACKER, str(run.path), name), errors)
        except (RunError, OSError) as error:
            text = f"Nothing is written for {name}: {error}"
            yield Noticed(id="not-tracked", text=text)
