"""Models of signals: one that is drawn at random, or a folder."""

from typing import Any

from core.errors import RunError
from tests.signals.about import MODALITY

NAME = "tiny-signals"


class SignalHub:
    small_files = ("config.json",)

    def repository_of(self, name: str) -> str:
        return name

    def check(self, name: str, *, offline: bool) -> dict[str, Any]:
        del offline
        if name != NAME:
            raise RunError("architecture-unknown", path=name)
        return {
            "examples": MODALITY.name,
            "name": name,
            "repo": "",
            "parameters": 4_000,
            "origin": "drawn at random",
            "licence": "none",
            "on_disk": True,
            "download_bytes": 0,
        }


HUB = SignalHub()
