"""`redistill predict` into files: progress, Ctrl-C, and what came of it in words."""

import contextlib
import signal
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import typer

from core.cli.part_progress import PartProgress
from core.cli.terminal import Console
from core.data.manifest import counted
from core.modalities import predict_of
from core.run.folder import RunFolder

if TYPE_CHECKING:
    from core.predict.wanted import Wanted, Written

_INTERRUPTED = 130


class Asked:
    """Whether somebody asked to end; the second time ends at once."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self.is_asked = False

    @contextlib.contextmanager
    def listening(self) -> Iterator[None]:
        """Listen to Ctrl-C, and to a polite kill."""
        numbers = (signal.SIGINT, signal.SIGTERM)
        before = {number: signal.signal(number, self._on_signal) for number in numbers}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        del frame
        if self.is_asked:
            signal.signal(number, signal.SIG_DFL)
            raise KeyboardInterrupt
        self.is_asked = True
        self._console.print("Keeping what was found; once more to leave at once.")


def write_predictions(run: RunFolder, paths: list[Path], arm: str | None, wanted: "Wanted") -> None:
    """Write what was asked for, and say what came of it.

    Exit codes: 0 when all is written, 1 when copies are missing, 130 when it was interrupted.
    """
    from core.predict.files import predict_files
    from core.predict.predict import classifier_folder
    from core.predict.wanted import Listeners

    console, errors = Console(), Console(stderr=True)
    asked = Asked(errors)
    bars = PartProgress(errors) if errors.is_terminal else None

    def report(done: int, total: int) -> None:
        if bars is not None:
            bars.advance("Classifying", done, total)

    if wanted.watch:
        shown = " and ".join(map(str, paths))
        _say(errors, f"Watching {shown}: what comes is classified. Ctrl-C ends it.")
    with asked.listening(), bars or contextlib.nullcontext():
        written = predict_files(
            run,
            classifier_folder(run, arm),
            paths,
            wanted,
            modality=predict_of(run.recipe().modality),
            listeners=Listeners(
                report, lambda words: _say(errors, words), stopped=lambda: asked.is_asked
            ),
        )
    _say(console, _in_words(written, wanted, run.recipe().modality.example))
    if written.where:
        console.print(
            f"Computed on {written.where}.",
            style="dim",
            markup=False,
            highlight=False,
            soft_wrap=True,
        )
    if not written.is_whole and not wanted.watch:
        _say(console, "It was interrupted: the same command goes on from here.")
        raise typer.Exit(_INTERRUPTED)
    if written.num_not_copied:
        raise typer.Exit(1)


def _in_words(written: "Written", wanted: "Wanted", example: str) -> str:
    files = [wanted.table, wanted.embeddings if written.is_whole else None, wanted.sort_into]
    names = " and ".join(str(path) for path in files if path is not None)
    text = f"{counted(written.num_images, example)} in {names}."
    if written.num_unreadable:
        text += f" {written.num_unreadable:,} of them can't be read; the files say why."
    if wanted.sort_into is not None:
        text += f" {counted(written.num_copies, 'copy', 'copies')} made."
    if written.num_not_copied:
        text += (
            f" {counted(written.num_not_copied, 'copy', 'copies')} could not be made: the same "
            "command tries them again."
        )
    return text


def _say(console: Console, words: str) -> None:
    console.print(words, markup=False, highlight=False, soft_wrap=True)
