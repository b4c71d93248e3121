"""Commands that start, watch and end runs."""

import json
import signal
from pathlib import Path
from types import FrameType
from typing import Annotated, Any

import typer

from core.api.asking import new_run
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
    RecipeFile,
    Settings,
    Unlabeled,
)
from core.cli.options_to_recipe import recipe_from_options
from core.cli.results_table import results_table
from core.cli.show import RunView, duration
from core.cli.terminal import Console
from core.errors.pasteable import as_argument
from core.readers.chance import against_chance
from core.readers.harm import harm_so_far
from core.readers.lead import verdict_of
from core.readers.outcome import read_outcome
from core.recipe import Recipe
from core.run.event_log import last_events
from core.run.events import Outcome, Progress, RaceMoved, RunEnded, StepDone
from core.run.files import RACE, RESULTS
from core.run.folder import RunFolder, RunState
from core.run.launch import TrainerProcess, send_command
from core.run.moved import as_it_lies
from core.run.room import waits_for_room

RunArgument = Annotated[Path, typer.Argument(metavar="RUN", help="The run folder.")]
Processes = Annotated[
    int,
    typer.Option("--processes", min=1, max=1024, help="Train with N processes on this machine."),
]


def register(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command("run")(run_command)
    app.command("resume")(resume)
    app.command("status")(status)
    app.command("pause")(pause)
    app.command("stop")(stop)
    app.command("demo")(demo)


def run_command(
    recipe: RecipeFile = None,
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
    """Further pre-train, self-distill and fine-tune; the result is a run folder."""
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
    train(new_run(asked, out), processes)


def resume(run: RunArgument, processes: Processes = 1) -> None:
    """Continue a paused, stopped, failed or interrupted run from its last checkpoint."""
    folder = RunFolder.open(run)
    if folder.status().state is RunState.FINISHED:
        Console().print(f"{run} is finished already; its results:", markup=False)
        show_results(folder, Console())
        return
    train(folder, processes)


def status(
    run: RunArgument,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Say what a run is doing."""
    folder = RunFolder.open(run)
    facts = _facts(folder)
    console = Console()
    if as_json:
        console.print_json(json.dumps(facts))
        return
    console.print(
        f"{run}: {facts['state']}. {facts['text']}", markup=False, highlight=False, soft_wrap=True
    )
    if facts["stage"] is not None:
        done = f"{facts['stage']}: step {facts['step']:,} of {facts['num_steps']:,}"
        console.print(done, markup=False, highlight=False)
    if facts["race"] is not None and facts["state"] != RunState.FINISHED:
        console.print(f"Race: {facts['race']}", markup=False, highlight=False, soft_wrap=True)
    if facts["part"] is not None and facts["state"] != RunState.FINISHED:
        of = f" of {facts['part_total']:,}" if facts["part_total"] else ""
        what = facts["part"]
        part = f"{what[:1].upper()}{what[1:]}: {facts['part_done']:,}{of}"
        if facts["state"] == RunState.RUNNING:
            part += f"; {duration(facts['part_left_s'])} left"
        console.print(f"{part}.", markup=False, highlight=False)
    if facts["harm"]:
        console.print(facts["harm"], markup=False, highlight=False, soft_wrap=True)
    if facts["waits"]:
        console.print(facts["waits"], markup=False, highlight=False, soft_wrap=True)
    elif facts["state"] == RunState.RUNNING and facts["stage"] is not None:
        left = f"Stage: {duration(facts['stage_left_s'])} left; "
        console.print(left + f"run: {duration(facts['run_left_s'])} left.")
    if folder.results_file.exists():
        _print_table(folder, console)


def pause(run: RunArgument) -> None:
    """Ask a training run to save a checkpoint and end; the GPU is freed."""
    send_command(RunFolder.open(run), "pause")
    Console().print(
        f"Asked to pause. `redistill resume {as_argument(run)}` continues it.", markup=False
    )


def stop(run: RunArgument) -> None:
    """Ask a training run to end for good, keeping the encoder trained so far."""
    send_command(RunFolder.open(run), "stop")
    Console().print(f"Asked to stop. What was trained is kept in {run}.", markup=False)


def demo(
    out: Annotated[Path, typer.Option(help="The run folder to make.")] = Path("redistill-demo"),
    text: Annotated[
        bool, typer.Option("--text", help="On texts: the documentation of installed packages.")
    ] = False,
) -> None:
    """Run everything on real data of this machine: offline, a few minutes on two CPU cores.

    The data are 1,797 handwritten digits, or with --text paragraphs of documentation.
    """
    from core.demo.demo import write_demo

    console = Console()
    run = RunFolder.create(out, Recipe())
    recipe, wrote = write_demo(run.path, "text" if text else "images")
    run.start_over(recipe)
    console.print(wrote, markup=False, highlight=False, soft_wrap=True)
    train(run, 1)


def train(run: RunFolder, processes: int) -> None:
    """Run a trainer on a run folder and show it; exit code 2 when it fails."""
    console = Console()
    console.print(f"Run folder: {run.path}", markup=False, highlight=False, soft_wrap=True)
    trainer = TrainerProcess(run, processes)

    def ask(number: int, frame: FrameType | None) -> None:
        # Ctrl-C reaches the trainer too (same terminal); SIGTERM is meant for it as well.
        del frame
        if number == signal.SIGTERM or processes > 1:
            trainer.process.send_signal(number)
        console.print("Finishing the step and saving; once more to leave at once.")

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        with RunView(console, lambda: _results_so_far(run)) as view:
            ended = view.follow(trainer.events())
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    _show_end(run, ended, console)


def _show_end(run: RunFolder, ended: RunEnded, console: Console) -> None:
    if ended.outcome is Outcome.FAILED:
        errors = Console(stderr=True)
        errors.print("[bold red]The run failed.[/]")
        errors.print(ended.text, markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(2)
    if ended.outcome is Outcome.FINISHED:
        show_results(run, console)
        return
    if results := _results_so_far(run):
        console.print(results_table(results))
    console.print(ended.text, markup=False, highlight=False, soft_wrap=True)


def show_results(run: RunFolder, console: Console) -> None:
    """The arms side by side, the verdict, and where everything is."""
    results = _print_table(run, console)
    chance = against_chance(read_outcome(run)) if results["arms"] else ""
    for words in (verdict_of(results), chance, results.get("calibration", {}).get("words")):
        if words:
            console.print(words, markup=False, highlight=False, soft_wrap=True)
    console.print(f"Results: {run.results_file}", markup=False, highlight=False, soft_wrap=True)


def _results_so_far(run: RunFolder) -> dict[str, Any] | None:
    if not run.results_file.exists():
        return None
    results = run.read_json(RESULTS)
    return results if results["arms"] else None


def _print_table(run: RunFolder, console: Console) -> dict[str, Any]:
    results = run.read_json(RESULTS)
    if results["arms"]:
        console.print(results_table(results))
    return results


def _facts(run: RunFolder) -> dict[str, Any]:
    """What is known of a run, ready for JSON."""
    now = run.status()
    events = last_events(run.events_file)
    known = [e for e in events if isinstance(e, StepDone | Progress)]
    # Once there is a winner the rest of the run is like any other.
    is_racing = not (run.path / RACE).exists()
    moved = [e for e in events if isinstance(e, RaceMoved) and is_racing]
    last = known[-1] if known and isinstance(known[-1], StepDone) else None
    part = known[-1] if known and isinstance(known[-1], Progress) else None
    return {
        "state": str(now.state),
        "text": as_it_lies(now.text, run.path),
        "error_id": now.error_id,
        "pid": now.pid,
        "stage": last.stage if last else None,
        "step": last.step if last else None,
        "num_steps": last.num_steps if last else None,
        "losses": last.losses if last else None,
        "stage_left_s": last.stage_left_s if last else None,
        "run_left_s": last.run_left_s if last else None,
        "race": moved[-1].words if moved else None,
        "part": part.what if part else None,
        "part_done": part.done if part else None,
        "part_total": part.total if part else None,
        "part_left_s": part.left_s if part else None,
        "harm": harm_so_far(run),
        "waits": waits_for_room(run) or None,
    }
