"""An example that was tried, and what became of it."""

from dataclasses import dataclass
from pathlib import Path

from gui.words.numbers import percent

_LETTERS = 40


@dataclass
class Attempt:
    """An image, a text file, or a text itself."""

    path: Path | None
    probabilities: list[tuple[str, float]]
    problem: str = ""
    is_answered: bool = False
    text: str = ""

    @property
    def name(self) -> str:
        """The name of its file, or its first letters."""
        if self.path is not None:
            return self.path.name
        start = " ".join(self.text.split())
        return f"“{start[:_LETTERS]}{'…' if len(start) > _LETTERS else ''}”"

    @property
    def words(self) -> str:
        """As it stands in the list."""
        if not self.is_answered:
            return f"{self.name}: …"
        if self.problem:
            return f"{self.name}: {self.problem}"
        name, share = self.probabilities[0]
        return f"{self.name}: {name}, {percent(share, 0)}"

    def is_asked_by(self, path: str, text: str) -> bool:
        """Whether an answer to this path, or else to this text, is about it."""
        if self.path is not None:
            return str(self.path) == path
        return not path and self.text.startswith(text)
