"""Progress of what has several parts: a bar for each, with time left."""

from typing import Self

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)

from core.cli.terminal import Console


class PartProgress:
    """A bar for each part, with time left."""

    def __init__(self, console: Console) -> None:
        self._bars = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=console,
        )
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(self, *exit_details: object) -> None:
        self._bars.stop()

    def advance(self, what: str, done: int, total: int) -> None:
        """Show that `done` of `total` of a part are done."""
        if what not in self._tasks:
            # What was done before it began says nothing about how long the rest takes.
            self._tasks[what] = self._bars.add_task(what, total=total or None, completed=done)
        # While files are still being found, nobody knows how many there are.
        self._bars.update(self._tasks[what], completed=done, total=total or None)
