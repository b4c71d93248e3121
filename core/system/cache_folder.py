"""Where Redistill keeps what it can compute again: results of scans, downloads."""

import os
from pathlib import Path

import platformdirs


def cache_folder() -> Path:
    """The user's cache folder for Redistill; the variable REDISTILL_CACHE overrides it."""
    override = os.environ.get("REDISTILL_CACHE")
    if override:
        return Path(override).expanduser().absolute()
    return platformdirs.user_cache_path("redistill", appauthor=False)
