"""`redistill queue`: runs that wait for their turn, tonight for example."""

import json
import signal
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from core.api.asking import new_run
from core.cli.commands_run import Processes
from core.cli.options import (
    ColumnOfGroup,
    ColumnOfLabel,
    ColumnOfPath,
    ColumnOfSplit,
    ColumnOfText,
    Corrections,
    Encoding,
    GroupPattern,
    Kind,
    Labeled,
    LeaveOut,
    LeaveOutCopies,
    Log,
    Minutes,
    Model,
    Preset,
    Settings,
    Unlabeled,
)
from core.cli.options_to_recipe import recipe_from_options
from core.cli.terminal import Console
from core.queue.items import Item, RunQueue, Turn
from core.queue.runner import work
from core.queue.until import in_words, local_time, next_time
from core.run.files import RECIPE
from core.run.folder import RunFolder
from core.run.room import waits_for_room

_STYLES = {Turn.RUNNING: "green", Turn.FAILED: "red", Turn.GONE: "red", Turn.FINISHED: "dim"}
_queue = typer.Typer(
    name="queue",
    help="Runs that wait for their turn: one after the other, tonight for example.",
    no_args_is_help=True,
)
Which = Annotated[
    str, typer.Argument(metavar="ITEM", help="Its number in the list, or its run folder.")
]


def register(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.add_typer(_queue)


@_queue.command("add")
def add(
    context: typer.Context,
    recipe: Annotated[
        Path | None,
        typer.Argument(metavar="RECIPE|RUN", help="A recipe file (TOML), or a run that is there."),
    ] = None,
    unlabeled: Unlabeled = None,
    labeled: Labeled = None,
    model: Model = None,
    preset: Preset = None,
    minutes: Minutes = None,
    out: Annotated[Path | None, typer.Option(help="The run folder to make.")] = None,
    kind: Kind = None,
    path_column: ColumnOfPath = None,
    text_column: ColumnOfText = None,
    label_column: ColumnOfLabel = None,
    split_column: ColumnOfSplit = None,
    group_column: ColumnOfGroup = None,
    group_pattern: GroupPattern = None,
    leave_out_copies: LeaveOutCopies = None,
    encoding: Encoding = None,
    leave_out: LeaveOut = None,
    corrections: Corrections = None,
    settings: Settings = None,
    log: Log = None,
    processes: Processes = 1,
) -> None:
    """Put a run at the end of the queue; its settings are as they are now.

    Options are those of `redistill run`. A run that is there (paused, stopped, failed) is continued
    when its turn comes.
    """
    queue, console = RunQueue(), Console()
    # A list that can't be read is said before a run folder is made.
    queue.read()
    if recipe is not None and (recipe / RECIPE).is_file():
        _refuse_settings(context)
        run = RunFolder.open(recipe)
    else:
        asked = recipe_from_options(
            recipe,
            unlabeled=unlabeled or [],
            labeled=labeled,
            model=model,
            preset=preset,
            tables={
                "path_column": path_column,
                "text_column": text_column,
                "label_column": label_column,
                "split_column": split_column,
                "group_column": group_column,
                "group_pattern": group_pattern,
                "leave_out_copies": leave_out_copies,
                "encoding": encoding,
                "corrections": corrections,
            },
            settings=settings or [],
            log=log,
            kind=kind,
            left_out=leave_out or [],
            minutes=minutes,
        )
        run = new_run(asked, out)
    item = queue.add(run, processes)
    _say(console, f"{item.number}: {item.run} waits.")
    if not queue.is_worked_on():
        _say(
            console, "`redistill queue run` begins, `redistill queue run --until 07:30` ends then."
        )


def _refuse_settings(context: typer.Context) -> None:
    """A run that is there goes on as it was asked; nothing else is passed over in silence."""
    # By name: click has the same ones, where typer brings its own.
    given = [
        parameter.opts[0]
        for parameter in context.command.params
        if parameter.name not in {"recipe", "processes"}
        and getattr(context.get_parameter_source(str(parameter.name)), "name", "") == "COMMANDLINE"
    ]
    if given:
        raise typer.BadParameter(
            f"A run that is there keeps its settings: leave out {', '.join(given)}, or make a new "
            "run with --out."
        )


@_queue.command("list")
def show(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Show what waits, runs and is done."""
    queue, console = RunQueue(), Console()
    now = queue.read()
    turns = [(item, item.turn()) for item in now.items]
    if as_json:
        console.print_json(json.dumps(_facts(queue, turns, now.until)))
        return
    if not turns:
        _say(console, "Nothing waits. `redistill queue add` takes what `redistill run` takes.")
        return
    table = Table()
    for name in ("Item", "Run", "State"):
        table.add_column(name, overflow="fold")
    for item, turn in turns:
        words = Text(str(turn), style=_STYLES.get(turn, ""))
        if text := _text(item, turn):
            words.append(f": {text}")
        table.add_row(str(item.number), Text(str(item.run)), words)
    console.print(table)
    if queue.is_worked_on():
        until = _until_in_words(now.until)
        _say(console, f"It is being worked on{until}.")
    elif any(turn is Turn.WAITING for _, turn in turns):
        _say(console, "Nobody works on it: `redistill queue run` begins.")


@_queue.command("move")
def move(
    item: Which,
    place: Annotated[int, typer.Argument(min=1, help="Its new place, from 1.")],
) -> None:
    """Give a run another place in the queue."""
    queue = RunQueue()
    moved = queue.move(item, place)
    runs = [each.run for each in queue.read().items]
    place = runs.index(moved.run) + 1
    _say(Console(), f"{moved.number}: {moved.run} is number {place} of {len(runs)} now.")


@_queue.command("remove")
def remove(
    items: Annotated[
        list[str] | None, typer.Argument(metavar="ITEM...", help="Numbers or run folders.")
    ] = None,
    done: Annotated[
        bool, typer.Option("--done", help="All that are finished, stopped, failed or gone.")
    ] = False,
) -> None:
    """Take runs off the queue; their folders stay."""
    if not items and not done:
        raise typer.BadParameter("Name an item, or give --done.")
    queue, console = RunQueue(), Console()
    gone = queue.remove(items or [])
    if done:
        gone += queue.remove_done()
    for item in gone:
        _say(console, f"{item.number}: {item.run} is off the list; its folder stays.")


@_queue.command("run")
def run(
    until: Annotated[
        str | None,
        typer.Option(metavar="HH:MM", help="Pause what runs then, and end: 07:30, for example."),
    ] = None,
    keep_until: Annotated[bool, typer.Option("--keep-until", hidden=True)] = False,
) -> None:
    """Train what waits, one run after the other; one that fails doesn't stop the next.

    Ctrl-C pauses what runs. What was paused, here or by a kill or a power cut, goes on from its
    last checkpoint the next time.
    """
    queue, console = RunQueue(), Console()
    moment = None if keep_until else _moment(until)
    asked: list[int] = []

    def ask(number: int, frame: FrameType | None) -> None:
        del frame
        if asked:
            signal.signal(number, signal.SIG_DFL)
            raise KeyboardInterrupt
        asked.append(number)
        _say(console, "Pausing what runs; once more to leave it running and end at once.")

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        _say(
            console,
            work(queue, lambda words: _say(console, words), lambda: bool(asked), until=moment),
        )
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if any(item.turn() is Turn.FAILED for item in queue.read().items):
        _say(console, "Some failed: `redistill queue list` says why.")
        raise typer.Exit(2)


@_queue.command("pause")
def pause() -> None:
    """Ask whoever works on the queue to pause what runs, and to end."""
    queue, console = RunQueue(), Console()
    if not queue.is_worked_on():
        _say(console, "Nobody works on the queue.")
        return
    queue.pause()
    _say(console, "Asked to pause. `redistill queue run` goes on.")


def _moment(until: str | None) -> str:
    if until is None:
        return ""
    moment = next_time(until, local_time())
    if moment is None:
        raise typer.BadParameter("--until is a time of day, such as 07:30.")
    return moment.isoformat()


def _until_in_words(until: str) -> str:
    if not until:
        return ""
    now = local_time()
    return f", until {in_words(datetime.fromisoformat(until), now)}"


def _text(item: Item, turn: Turn) -> str:
    """What stands beside its state, where that does not say all."""
    return _said(item, turn) if turn in {Turn.FAILED, Turn.RUNNING} else ""


def _said(item: Item, turn: Turn) -> str:
    return waits_for_room(RunFolder.open(item.run)) if turn is Turn.RUNNING else item.text


def _facts(queue: RunQueue, turns: list[tuple[Item, Turn]], until: str) -> dict[str, Any]:
    return {
        "items": [
            {"item": item.number, "run": str(item.run), "state": turn, "text": _said(item, turn)}
            for item, turn in turns
        ],
        "is_worked_on": queue.is_worked_on(),
        "until": until or None,
    }


def _say(console: Console, words: str) -> None:
    console.print(words, markup=False, highlight=False, soft_wrap=True)
