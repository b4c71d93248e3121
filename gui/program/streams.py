"""Standard streams where there are none: a windowed executable, or one started with them closed."""

import os
import sys
from pathlib import Path


def never_without_streams() -> None:
    """Let what is printed go nowhere where there is nowhere; libraries that print must not fail."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115
