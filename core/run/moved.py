"""Runs that lie elsewhere than where they were trained."""

import re
from pathlib import Path
from typing import Final

from core.errors.pasteable import as_argument

_RESUME: Final = re.compile(r"`redistill resume [^`]+`")


def as_it_lies(text: str, run: Path) -> str:
    """What a run says of itself, with the command that continues it where it lies now."""
    return _RESUME.sub(lambda _: f"`redistill resume {as_argument(run)}`", text)
