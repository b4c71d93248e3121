"""Failures in words: what went wrong and what to do, never a traceback."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from core.cli.terminal import Console
from core.errors import RunError


@contextmanager
def in_words() -> Iterator[None]:
    """Say a failure on standard error and leave the program with exit code 2."""
    try:
        yield
    except RunError as error:
        show_error(error)
        sys.exit(2)


def show_error(error: RunError) -> None:
    """Say on standard error what went wrong and what to do."""
    console = Console(stderr=True)
    console.print(f"[bold red]Error[/] ({error.id}): ", end="")
    console.print(error.what, markup=False, highlight=False, soft_wrap=True)
    console.print(error.action, markup=False, highlight=False, soft_wrap=True)
