"""What finding pretrained models leaves to a modality."""

from typing import Any, Protocol


class HubModality(Protocol):
    """Finds and checks pretrained models of one kind.

    Attributes:
        small_files: Beside the weights, what loading a model from the hub needs, where it exists.
    """

    small_files: tuple[str, ...]

    def repository_of(self, name: str) -> str:
        """The repository on the hub where a model of that name lies.

        Raises:
            RunError: The name means nothing.
        """
        ...

    def check(self, name: str, *, offline: bool) -> dict[str, Any]:
        """What a model is, whether it is here, and how much there is to download.

        Nothing large is downloaded. At least `examples` (the modality's name), `name`, `repo`,
        `parameters`, `origin`, `licence`, `on_disk` and `download_bytes`, and what the modality's
        `shape` wants.

        Raises:
            RunError: It can't be used, or can't be had.
        """
        ...
