"""What predictions leave to a modality: opening a classifier, and reading what it shall look at."""

from abc import ABC, abstractmethod
from collections.abc import Generator, Iterator, Mapping, Sequence
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
        self,
        files: Sequence[Path],
        *,
        embeddings: bool = False,
        begun: Mapping[Path, int] | None = None,
    ) -> Generator[Prediction, None, None]:
        """Classify what is in files, in their order; what can't be read is named.

        Each file has at least one prediction, in an order that is the same each time.

        Args:
            files: As the user gave them; folders were looked through before.
            embeddings: Whether to add the representations.
            begun: How many of the predictions of a file, the first ones, are not wanted, where a
                file holds several.
        """

    def of_texts(self, texts: Sequence[str], *, embeddings: bool = False) -> Iterator[Prediction]:
        """Classify texts as they are; none where the modality does not take texts.

        Args:
            texts: The texts.
            embeddings: Whether to add the representations.
        """
        del embeddings
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
    """

    takes_texts: bool = False

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

    def num_in(self, file: Path, data: DataRecipe) -> int:
        """How many predictions a file will have, about; 1 where a file is an example.

        Args:
            file: One of `files_in`.
            data: How examples were read in training.
        """
        del file, data
        return 1
