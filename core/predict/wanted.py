"""What is asked of a prediction into files, who is told on the way, and what came of it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.system.stopping import never

Row = dict[str, Any]


def _unheard(words: str) -> None:
    del words


@dataclass(frozen=True)
class Wanted:
    """What is asked for.

    Attributes:
        table: CSV to write: path, label, probability, problem.
        embeddings: Parquet to write: the same and `embedding`, a list of D float32; or `.npy`.
        sort_into: Folder for copies, in a folder for each class.
        unknown: How often the candidates of an example are to hold its true class; then the files
            have `is_unknown` (several candidates, or none) and `candidates`, too.
        device: Where to compute; where the recipe says, or what is best here, by default.
        watch: Whether to wait for new files until it is stopped.
        parts: Folder for what was predicted so far, which then stays; beside the first of the above
            by default.
        keeps_vectors: Whether to keep representations for a later call, too.
    """

    table: Path | None = None
    embeddings: Path | None = None
    sort_into: Path | None = None
    unknown: float | None = None
    device: str | None = None
    watch: bool = False
    parts: Path | None = None
    keeps_vectors: bool = False

    @property
    def keeps_embeddings(self) -> bool:
        """Whether representations are kept."""
        return self.keeps_vectors or self.embeddings is not None

    @property
    def is_continued(self) -> bool:
        """Whether a later call goes on with what comes, so that what was predicted is kept."""
        return self.watch or self.sort_into is not None or self.parts is not None

    @property
    def targets(self) -> list[Path]:
        """What is written."""
        return [p for p in (self.table, self.embeddings, self.sort_into) if p is not None]

    @property
    def parts_folder(self) -> Path:
        """Where rows are kept on the way."""
        if self.parts is not None:
            return self.parts
        first = self.targets[0].absolute()
        return first.with_name(f"{first.name}.parts")


@dataclass(frozen=True)
class Listeners:
    """Who is told what on the way.

    Attributes:
        report: How many of how many examples are done, those of earlier calls among them.
        tell: In words what else happens: files that can't be read, an earlier call.
        found: Rows as they are found, those of earlier calls first; None for nobody.
        stopped: Whether to end early; what was found is kept.
    """

    report: Callable[[int, int], None]
    tell: Callable[[str], None] = _unheard
    found: Callable[[list[Row]], None] | None = None
    stopped: Callable[[], bool] = never


@dataclass(frozen=True)
class Written:
    """How many examples were looked at in all, and how many of them can't be read.

    Attributes:
        is_whole: Whether all of them were; False after a stop.
        num_copies: Copies that were made by this call.
        num_not_copied: Copies that could not be made.
        where: Where and how precisely the classifier answered, in words.
    """

    num_images: int
    num_unreadable: int
    is_whole: bool = True
    num_copies: int = 0
    num_not_copied: int = 0
    where: str = field(default="", compare=False)
