"""What a modality does with files: recognise them, scan them, show one of them.

Imports no training stack: the command line and the window ask before anything is trained.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from PIL import Image

from core.data.findings import Sample
from core.data.manifest import Example, Manifest
from core.recipe import DataRecipe
from core.system.progress import ProgressReport
from core.system.stopping import never


@dataclass(frozen=True, kw_only=True)
class ScanRequest:
    """What shall be scanned.

    Attributes:
        unlabeled: Folders, or files of unlabeled examples.
        labeled: A folder or table of labeled ones.
        data: How it is read and split; its own folders don't count here.
        seed: Which examples are held out.
        workers: Processes that read; chosen by the modality if None.
        report: Told (what, done, total); a total of 0 is unknown.
        stopped: Asked often whether to end.
    """

    unlabeled: Sequence[Path]
    labeled: Path | None
    data: DataRecipe
    seed: int
    workers: int | None = None
    report: ProgressReport | None = None
    stopped: Callable[[], bool] = never


@dataclass(frozen=True)
class Recognised:
    """What a folder or file is, quickly told.

    Attributes:
        is_labeled: Whether it says which class examples belong to.
        words: How it was read.
    """

    is_labeled: bool
    words: str


@dataclass(frozen=True)
class Details:
    """What a window shows of a scan beside its manifest.

    Attributes:
        samples: Some examples to read.
        columns: Of tables: `all` their names, which is the `text`, which the `label`.
    """

    samples: Sequence[Sample] = ()
    columns: Mapping[str, Any] = field(default_factory=dict)


class DataModality(ABC):
    """Reads the files of one kind of example; what is not abstract suits one example per file."""

    @abstractmethod
    def claims(self, path: Path) -> int:
        """How many examples of this kind a file or folder holds, about; the most decide."""

    @abstractmethod
    def recognise(self, path: Path, *, stopped: Callable[[], bool] = never) -> Recognised:
        """How a file or folder would be read, from names and first lines.

        Raises:
            RunError: There are no such examples in it.
            Stopped: `stopped()` became true.
        """

    def roles(self, path: Path, data: DataRecipe | None = None) -> tuple[list[Path], Path | None]:
        """What of a path is read as unlabeled, what as labeled, where nobody says which it is.

        A folder that looks labeled is both: what has no label in it is unlabeled then.

        Args:
            path: A folder or file.
            data: What is asked of tables, if anything.

        Raises:
            RunError: There are no such examples in it.
        """
        del data
        is_labeled = self.recognise(path).is_labeled
        return [path] if path.is_dir() else [], path if is_labeled else None

    @abstractmethod
    def scan(self, request: ScanRequest) -> Manifest:
        """Read everything once, and say what can be used.

        Raises:
            RunError: Nothing was given, or what can't be used.
            Stopped: `request.stopped()` became true.
        """

    def details(self, manifest: Manifest, request: ScanRequest) -> Details:
        """What a window shows beside the manifest of that request."""
        del manifest, request
        return Details()

    def picture(self, path: Path, side: int) -> Image.Image:
        """A small picture of an example, at most so many pixels wide and high; pixels only.

        Raises:
            ValueError: Why there is none, in words: always where examples are no pictures.
        """
        del path, side
        raise ValueError("it is not shown as a picture")

    def place(self, path: Path) -> tuple[Path, int]:
        """File and line of an example by its path in a manifest; line 0 is the whole file."""
        return path, 0

    def texts(self, places: Mapping[Path, set[int]], data: DataRecipe) -> dict[Any, str]:
        """The texts at lines of files, by (file, line); empty where examples are no texts."""
        del places, data
        return {}

    def texts_again(
        self, manifest: Manifest, chosen: Iterable[Example], data: DataRecipe
    ) -> tuple[dict[tuple[int, str], str], str]:
        """Texts of labeled examples by root and path, and why others are missing.

        A text that has changed since the scan counts as missing.
        """
        del manifest, chosen, data
        return {}, ""

    def to_label(
        self,
        manifest: Manifest,
        data: DataRecipe,
        *,
        most: int,
        seed: int,
        stopped: Callable[[], bool] = never,
    ) -> list[Example]:
        """Unlabeled examples that could be labeled: none is held out, or a copy of another.

        Args:
            manifest: Of a scan.
            data: How the files are read.
            most: At most so many; of more some are drawn.
            seed: Of the draw.
            stopped: Asked often.

        Raises:
            Stopped: `stopped()` became true.
        """
        del data, stopped
        labeled = {each.sha256 for each in manifest.labeled}
        found = [
            each
            for each in manifest.pretraining_examples()
            if each.label is None and each.sha256 not in labeled
        ]
        if len(found) <= most:
            return found
        return sorted(Random(seed).sample(found, most), key=lambda each: (each.root, each.path))

    def excerpt(self, path: Path, data: DataRecipe) -> str:
        """The beginning of the first example of a file, to know it by; empty if it is no text."""
        del path, data
        return ""
