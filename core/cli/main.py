"""`redistill`: the command line."""

import inspect
import multiprocessing
import sys

import typer

from core.cli import (
    commands_compare,
    commands_data,
    commands_export,
    commands_labels,
    commands_map,
    commands_predict,
    commands_queue,
    commands_report,
    commands_run,
    commands_window,
)
from core.cli.in_words import in_words
from core.cli.terminal import Console, show_all_letters
from core.errors import RunError
from core.version import __version__

app = typer.Typer(
    name="redistill",
    help="Fit a pretrained transformer to your own images or texts: further pre-training, "
    "self-distillation, fine-tuning. Nothing leaves this machine.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
commands_run.register(app)
commands_compare.register(app)
commands_data.register(app)
commands_predict.register(app)
commands_labels.register(app)
commands_map.register(app)
commands_export.register(app)
commands_report.register(app)
commands_queue.register(app)
commands_window.register(app)


def _in_paragraphs(part: typer.Typer) -> None:
    """Have the help of commands flow: typer keeps the line ends of a docstring as they are."""
    for command in part.registered_commands:
        assert command.callback is not None
        text = inspect.getdoc(command.callback) or ""
        command.help = "\n\n".join(" ".join(each.split()) for each in text.split("\n\n"))
    for group in part.registered_groups:
        if group.typer_instance is not None:
            _in_paragraphs(group.typer_instance)


_in_paragraphs(app)


def _show_version(value: bool) -> None:
    if value:
        Console().print(f"redistill {__version__}")
        raise typer.Exit


@app.callback()
def _common(
    version: bool = typer.Option(
        False, "--version", callback=_show_version, is_eager=True, help="Show the version."
    ),
) -> None:
    del version


def _refuse_empty(arguments: list[str]) -> None:
    """Refuse an empty argument, which as a folder would be the one that the shell is in.

    Only what is to be classified (`--text ""`) may be empty.
    """
    for before, argument in zip(["", *arguments], arguments, strict=False):
        name, is_given, value = argument.partition("=")
        is_empty = not argument or (name.startswith("--") and is_given and not value)
        option = name or before
        if is_empty and option != "--text":
            raise RunError("argument-empty", at=option or "redistill")


def run() -> None:
    """Entry point: run the command; a failure is said in words, with exit code 2."""
    multiprocessing.freeze_support()
    show_all_letters()
    with in_words():
        _refuse_empty(sys.argv[1:])
        app()


if __name__ == "__main__":
    run()
