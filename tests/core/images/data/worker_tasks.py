"""What worker processes are asked to do in tests; a module of its own, as they import it."""

import os
import sys


def die_if_asked(item: str) -> str:
    """End this process at once, as a crash in a decoder does."""
    if item == "die":
        os._exit(139)
    return item


def modules_here(_: int) -> list[str]:
    """Names of all modules loaded in this process."""
    return list(sys.modules)


def say_pid(_: int) -> int:
    """Of this process."""
    return os.getpid()
