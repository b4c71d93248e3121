"""Where Redistill keeps the little that it can't compute again."""

import os
from pathlib import Path

import platformdirs


def data_folder() -> Path:
    """The user's data folder for Redistill; the variable REDISTILL_DATA overrides it."""
    override = os.environ.get("REDISTILL_DATA")
    if override:
        return Path(override).expanduser().absolute()
    return platformdirs.user_data_path("redistill", appauthor=False)
