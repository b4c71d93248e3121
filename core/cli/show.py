"""How a run looks in a terminal: progress while it trains, a table when it is done."""

import time
from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import Any, Self

from rich.console import Console, RenderableType
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
)

from core.cli.results_table import results_table
from core.readers.chance import level_words
from core.recipe.tasks import SINGLE, TASKS, metric_named
from core.run.events import (
    ChanceLevel,
    CheckpointSaved,
    Event,
    Noticed,
    PreviewSaved,
    ProbeDone,
    RaceMoved,
    RunEnded,
    RunStarted,
    StageDone,
    StageResumed,
    StageStarted,
    StepDone,
    Validated,
    Working,
)
from core.run.events import Progress as PartProgress

# Seconds between progress lines where there is no terminal to draw a bar in.
_LINE_EVERY_S = 20.0
# Notices of what is well.
_CALM = frozenset({"data", "frozen", "features-left-aside", "race-planned", "race-time"})


def duration(seconds: float | None) -> str:
    """A time left in words, such as `1 h 05 min`; `?` while it is unknown."""
    if seconds is None:
        return "?"
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} min"


class _Bars(Progress):
    """Progress bars below a table that may change."""

    above: RenderableType | None = None

    def get_renderables(self) -> Iterable[RenderableType]:
        """The table, then the bars."""
        if self.above is not None:
            yield self.above
        yield from super().get_renderables()


class RunView:
    """Shows the events of a run as they come; use it in a `with` statement.

    In a terminal there is a bar per stage; elsewhere (a log file, a pipe) a line now and then.

    Args:
        console: Where.
        results: Reads the results there are so far, to be shown after each fine-tuning; None
            while there are none.
    """

    def __init__(
        self, console: Console, results: Callable[[], dict[str, Any] | None] = lambda: None
    ) -> None:
        self._console = console
        self._results = results
        self._bars = _Bars(
            TextColumn("{task.description}"),
            BarColumn(bar_width=12),
            MofNCompleteColumn(),
            TextColumn("{task.fields[facts]}"),
            console=console,
            disable=not console.is_terminal,
        )
        self._tasks: dict[str, TaskID] = {}
        self._stages: list[str] = []
        self._chance: set[str] = set()
        # When a line of a stage was last written: several devices work on several at once.
        self._last_lines: dict[str, float] = {}

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
                self._stages = event.stages
                processes = f", {event.num_processes} processes" if event.num_processes > 1 else ""
                self._say(f"Training on {event.device}{processes}, {event.precision}.")
            case PartProgress():
                self._advance(event.what, event.done, event.total, "")
            case StageStarted() | StageResumed():
                step = event.step if isinstance(event, StageResumed) else 0
                self._advance(self._title(event.stage), step, event.num_steps, "")
            case StepDone():
                title = self._title(event.stage)
                self._advance(title, event.step, event.num_steps, _facts(event))
            case ProbeDone() | Validated() | ChanceLevel():
                self._say_look(event)
            case RaceMoved():
                self._say(event.words)
            case Noticed():
                self._notice(event)
            case StageDone() if "-finetune-" in event.stage:
                self._show_results()
            case StageDone() | CheckpointSaved() | PreviewSaved() | Working() | RunEnded():
                pass

    def _say_look(self, event: ProbeDone | Validated | ChanceLevel) -> None:
        if not isinstance(event, ChanceLevel):
            self._say(_probe_line(event))
        elif event.of not in self._chance:  # the same for every stage: said once
            self._chance.add(event.of)
            stage = event.stage.partition("-")[2]
            self._say(f"  {stage}: for comparison, {level_words(event)}")

    def _notice(self, event: Noticed) -> None:
        if event.id in _CALM:
            self._say(event.text)
        else:
            self._say(f"Note: {event.text}", style="yellow")

    def _title(self, stage: str) -> str:
        if stage not in self._stages:
            return stage
        number = self._stages.index(stage) + 1
        return f"{number}/{len(self._stages)} {stage.partition('-')[2]}"

    def _show_results(self) -> None:
        results = self._results()
        if results is None or not results.get("interim"):
            return
        if self._console.is_terminal:
            self._bars.above = results_table(results)
            self._bars.refresh()
        else:
            self._say(results["verdict"])

    def _advance(self, title: str, done: int, total: int, facts: str) -> None:
        if self._console.is_terminal:
            if title not in self._tasks:
                self._tasks[title] = self._bars.add_task(title, total=total or None, facts="")
            # While files are still being found, nobody knows how many there are.
            self._bars.update(self._tasks[title], completed=done, total=total or None, facts=facts)
            return
        now = time.monotonic()
        is_due = now - self._last_lines.get(title, float("-inf")) > _LINE_EVERY_S
        if is_due or done == total:
            self._last_lines[title] = now
            of = f" of {total:,}" if total else ""
            self._say(f"{title}: {done:,}{of} {facts}".rstrip())

    def _say(self, text: str, style: str | None = None) -> None:
        self._bars.console.print(text, style=style, markup=False, highlight=False, soft_wrap=True)


def _facts(event: StepDone) -> str:
    parts = [f"{name} {value:.4f}" for name, value in event.losses.items() if name != "loss"]
    losses = " ".join(parts) or f"loss {event.losses.get('loss', float('nan')):.4f}"
    left = f"{duration(event.stage_left_s)} left, run {duration(event.run_left_s)}"
    return f"{losses}, {event.images_per_s:.0f} examples/s, {left}"


def _probe_line(event: ProbeDone | Validated) -> str:
    if isinstance(event, Validated):
        right = f"{event.accuracy:.1%} of {event.num_examples:,} validation examples are right"
        if event.metric != TASKS[SINGLE].metric.key:
            name = metric_named(event.metric).words
            right = f"{name} {event.accuracy:.1%} on {event.num_examples:,} validation examples"
        return f"  {event.stage.partition('-')[2]} step {event.step}: {right}"
    scores = [
        f"{name} {value:.1%}"
        for name, value in (("kNN", event.knn), ("linear probe", event.linear))
        if value is not None
    ]
    if event.rank is not None:
        scores.append(f"effective rank {event.rank:.1f} (RankMe, a hint)")
    scores.append(f"distance from the initial weights {event.distance_from_initial:.2f}")
    best = " (best so far)" if event.is_best and event.linear is not None else ""
    below = ", clearly below its start" if event.has_fallen else ""
    return f"  {event.stage.partition('-')[2]} step {event.step}: {', '.join(scores)}{best}{below}"
