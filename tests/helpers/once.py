"""What takes long to make and is only read: made once for all processes that run tests."""

import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from filelock import FileLock

from tests.helpers.environment import HOME

Made = TypeVar("Made")


def once(name: str, make: Callable[[Path], Made]) -> Made:
    """What `make` makes of a folder that is not there yet; the same for whoever asks again.

    Args:
        name: Of the folder.
        make: Called in the first process that asks, while the others wait. If it fails, the next
            that asks tries in another folder.
    """
    shared = Path(os.environ[HOME]) / "shared"
    shared.mkdir(exist_ok=True)
    known = shared / f"{name}.pickle"
    with FileLock(shared / f"{name}.lock"):
        if known.exists():
            found: Made = pickle.loads(known.read_bytes())
            return found
        tries = len(list(shared.glob(f"{name}-*")))
        folder = shared / f"{name}-{tries}"
        folder.mkdir()
        made = make(folder)
        known.write_bytes(pickle.dumps(made))
        return made
