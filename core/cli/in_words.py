"""Failures in words: what went wrong and what to do, never a traceback."""

import errno
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from core.cli.terminal import Console
from core.errors import RunError

# What the machine may refuse anywhere; others are ours to foresee.
_REFUSALS: Final = frozenset(
    {errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO, errno.EMFILE}
    | {getattr(errno, "EDQUOT", errno.ENOSPC)}
)


@contextmanager
def in_words() -> Iterator[None]:
    """Say a failure on standard error and leave the program with exit code 2."""
    try:
        yield
    except RunError as error:
        show_error(error)
        sys.exit(2)
    except OSError as error:
        if error.errno not in _REFUSALS:
            raise
        path = error.filename or "a file or folder"
        show_error(RunError("system-refused", path=path, reason=error.strerror))
        sys.exit(2)


def show_error(error: RunError) -> None:
    """Say on standard error what went wrong and what to do."""
    console = Console(stderr=True)
    console.print(f"[bold red]Error[/] ({error.id}): ", end="")
    console.print(error.what, markup=False, highlight=False, soft_wrap=True)
    console.print(error.action, markup=False, highlight=False, soft_wrap=True)
