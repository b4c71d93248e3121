"""One reading of a folder: what its folders say of the examples in them."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from core.data.folder_tree import Folder
from core.data.manifest import Guess, displayed
from core.data.splits import nfc

# Names that a note lists.
FEW_SHOWN: Final = 6
ReadingKind = Literal["unlabeled", "classes", "splits", "flat splits", "sets"]


@dataclass(frozen=True, slots=True)
class FolderSays:
    """What a folder says of the examples directly in it.

    Attributes:
        label: Their class; None where there is none.
        split: `train`, `val` or `test`; None where nothing tells.
        is_beside: Whether they lie beside what has labels, without being meant as unlabeled.
    """

    label: str | None = None
    split: str | None = None
    is_beside: bool = False


@dataclass
class Reading:
    """One reading of a folder.

    Attributes:
        kind: `splits` have classes in them (or the other way round), `flat splits` have none, and
            of `sets` each has its own.
        below: Where it starts, with a final slash, or empty.
        places: By path of a folder.
        splits: Names of folders that are splits, with which.
        notes: What was decided, in words.
        guesses: The same, one by one.
    """

    kind: ReadingKind
    below: str = ""
    places: dict[str, FolderSays] = field(default_factory=dict)
    splits: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    guesses: list[Guess] = field(default_factory=list)

    def guess(self, what: str, value: str) -> None:
        """Note down what a folder was taken for: naming another one says otherwise."""
        self.guesses.append(Guess(displayed(nfc(what)), value, "data.labeled"))

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of all classes, sorted."""
        return tuple(sorted({p.label for p in self.places.values() if p.label is not None}))

    def place(self, path: str) -> FolderSays:
        """That of the file at a path."""
        return self.places.get(path.rpartition("/")[0], FolderSays(is_beside=True))

    def counts(self, counts: Mapping[str, int]) -> Counter[tuple[str | None, str | None]]:
        """Examples by label and split, from their number by folder."""
        found: Counter[tuple[str | None, str | None]] = Counter()
        for path, count in counts.items():
            place = self.places.get(path, FolderSays(is_beside=True))
            if not place.is_beside:
                found[place.label, place.split] += count
        return found


def started(kind: ReadingKind, top: Folder, splits: dict[str, str]) -> Reading:
    """A reading of a folder, of which nothing is said yet but what lies directly in it."""
    below = f"{top.path}/" if top.path else ""
    return Reading(kind, below, {top.path: FolderSays(is_beside=True)}, splits)


def fill(reading: Reading, folder: Folder, place: FolderSays) -> None:
    """Say one thing of all that lies in a folder at any depth."""
    for each in folder.walk():
        reading.places[each.path] = place
