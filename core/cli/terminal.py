"""The terminal as we print to it."""

from rich import console


class Console(console.Console):
    """A console that shows names as they are: `a:b:c` is a class, and no code of a picture.

    Args:
        stderr: Whether it is the one beside the answers.
    """

    def __init__(self, *, stderr: bool = False) -> None:
        super().__init__(stderr=stderr, emoji=False)
