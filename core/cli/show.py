"""How a run looks in a terminal: progress while it trains, a table when it is done."""

from collections.abc import Iterator
from types import TracebackType
from typing import Any, Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table

from core.events import (
    CheckpointSaved,
    Event,
    Noticed,
    ProbeDone,
    RunEnded,
    RunStarted,
    StageDone,
    StageResumed,
    StageStarted,
    StepDone,
)
from core.events import Progress as PartProgress

ARM_NAMES = {
    "base": "base (fine-tuning alone)",
    "further": "further pre-trained",
    "distilled": "self-distilled",
}


def duration(seconds: float | None) -> str:
    """A time left in words, such as `1 h 05 min`; a dash while it is unknown."""
    if seconds is None:
        return "–"
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} min"


class RunView:
    """Shows the events of a run as they come; use it in a `with` statement."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._bars = Progress(
            TextColumn("{task.description:<34}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[facts]}"),
            console=console,
        )
        self._task: TaskID | None = None
        self._shown: str | None = None
        self._total_stages: list[str] = []

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bars.stop()

    def follow(self, events: Iterator[Event]) -> RunEnded:
        """Show all events; returns the last one."""
        for event in events:
            if isinstance(event, RunEnded):
                return event
            self.show(event)
        raise AssertionError("the events of a trainer always end with RunEnded")

    def show(self, event: Event) -> None:
        """Show one event."""
        match event:
            case RunStarted():
                self._total_stages = event.stages
                processes = f" × {event.num_processes}" if event.num_processes > 1 else ""
                self._say(f"Training on {event.device}{processes}, {event.precision}.")
            case PartProgress():
                self._advance(f"{event.stage}: {event.what}", event.done, event.total, "")
            case StageStarted() | StageResumed():
                step = event.step if isinstance(event, StageResumed) else 0
                self._advance(self._title(event.stage), step, event.num_steps, "")
            case StepDone():
                self._advance(self._title(event.stage), event.step, event.num_steps, _facts(event))
            case ProbeDone():
                self._say(_probe_line(event))
            case Noticed():
                self._say(f"Note: {event.text}", style="yellow")
            case StageDone() | CheckpointSaved() | RunEnded():
                pass

    def _title(self, stage: str) -> str:
        if stage not in self._total_stages:
            return stage
        number = self._total_stages.index(stage) + 1
        return f"[{number}/{len(self._total_stages)}] {stage.partition('-')[2]}"

    def _advance(self, title: str, done: int, total: int, facts: str) -> None:
        if self._shown != title:
            self._task = self._bars.add_task("", total=total, facts="")
            self._shown = title
        assert self._task is not None
        escaped = title.replace("[", "\\[")
        self._bars.update(self._task, description=escaped, completed=done, total=total, facts=facts)

    def _say(self, text: str, style: str | None = None) -> None:
        self._bars.console.print(text, style=style, markup=False, highlight=False)


def _facts(event: StepDone) -> str:
    parts = " ".join(
        f"{name} {value:.4f}" for name, value in event.losses.items() if name != "loss"
    )
    losses = parts or f"loss {event.losses.get('loss', float('nan')):.4f}"
    return (
        f"{losses}  {event.images_per_s:.0f} images/s  "
        f"stage {duration(event.stage_left_s)}, run {duration(event.run_left_s)} left"
    )


def _probe_line(event: ProbeDone) -> str:
    scores = [
        f"{name} {value:.1%}"
        for name, value in (("kNN", event.knn), ("linear probe", event.linear))
        if value is not None
    ]
    scores.append(f"distance from the initial weights {event.distance_from_initial:.2f}")
    best = " (best so far)" if event.is_best and event.linear is not None else ""
    return f"  {event.stage.partition('-')[2]} step {event.step}: {', '.join(scores)}{best}"


def results_table(results: dict[str, Any]) -> Table:
    """The arms of `results.json`, side by side."""
    table = Table(title=f"{results['data']['test_images']:,} test images")
    table.add_column("Encoder")
    for column in ("Accuracy", "95 % interval", "Balanced accuracy", "Macro-F1", "Seeds"):
        table.add_column(column, justify="right")
    for arm, values in results["arms"].items():
        low, high = values["intervals"]["accuracy"]
        table.add_row(
            ARM_NAMES.get(arm, arm),
            f"{values['accuracy']:.1%}",
            f"{100 * low:.1f} – {100 * high:.1f}",
            f"{values['balanced_accuracy']:.1%}",
            f"{values['macro_f1']:.1%}",
            str(len(values["seeds"])),
        )
    return table
