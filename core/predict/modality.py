"""What predictions leave to a modality: opening a classifier, and reading what it shall look at."""

from abc import ABC, abstractmethod
from collections.abc import Generator, Iterator, Sequence
from pathlib import Path

from core.predict.deciding import Deciding
from core.predict.placing import Place
from core.predict.prediction import Prediction
from core.recipe import DataRecipe


class OpenedClassifier(ABC):
    """A classifier in memory, ready to be asked again and again."""

    @property
    @abstractmethod
    def feature_dim(self) -> int:
        """Width of a representation."""

    @property
    def where(self) -> str:
        """Where and how precisely it answers, in words; it may change while it does."""
        return ""

    @abstractmethod
    def of_files(
        self, files: Sequence[Path], *, embeddings: bool = False
    ) -> Generator[Prediction, None, None]:
        """Classify what is in files, in their order; what can't be read is named.

        Args:
            files: As the user gave them; folders were looked through before.
            embeddings: Whether to add the representations.
        """

    def of_texts(self, texts: Sequence[str]) -> Iterator[Prediction]:
        """Classify texts as they are; none where the modality does not take texts."""
        assert not texts, "this modality does not take texts"
        return iter(())

    def deciding(self, path: Path, text: str) -> Deciding | None:
        """What each part of one example does to its answer; None where nothing can be hidden.

        Raises:
            OSError, ValueError: The file can't be read.
        """
        del path, text
        return None

    @abstractmethod
    def of_one(self, path: Path, text: str) -> tuple[Prediction, str]:
        """Classify one file, or a text itself; and what was read of it, to be shown."""


class PredictModality(ABC):
    """How examples of one kind are classified one by one.

    Attributes:
        takes_texts: Whether a text itself can be classified.
        takes_folders: Whether folders are looked through, and results written piece by piece.
    """

    takes_texts: bool = False
    takes_folders: bool = True

    @abstractmethod
    def open(self, folder: Path, data: DataRecipe, place: Place) -> OpenedClassifier:
        """Open the classifier in the folder of a stage.

        Args:
            folder: Of the stage.
            data: How examples were read in training.
            place: Where it shall answer, if there is room.

        Raises:
            RunError: Its files are damaged.
        """

    @abstractmethod
    def files_in(self, paths: Sequence[Path]) -> list[Path]:
        """The files to classify among files and below folders, in a fixed order.

        Raises:
            RunError: A folder can't be read.
        """
