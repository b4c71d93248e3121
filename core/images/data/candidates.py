"""Files a scan will check, with what folders and tables say about them."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from core.data.left_out import LEFT_OUT, LeftOut
from core.data.manifest import Guess, Leak, counted, displayed
from core.data.number_labels import number_of_folder
from core.data.tags import join_tags
from core.images.data.layout import Layout
from core.images.data.name_words import class_words
from core.images.data.walk import FoundFile, Listing
from core.language import _
from core.recipe.modality import AUTO
from core.recipe.tasks import MULTI, REGRESSION, SINGLE


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file to check: its label, split and group are None where nothing tells them."""

    file: FoundFile
    label: str | None = None
    split: str | None = None
    group: str | None = None


@dataclass
class Candidates:
    """What one root has to offer.

    Attributes:
        labeled: Files with a label.
        unlabeled: Files without.
        refused: (path, reason) of what can't be used before it is even read.
        left_out: Paths of files that are not used at all, since nobody knows their label.
        notes: What was decided, in words.
        conflicts: Rows of a table that give one file several labels.
        task: Whether an example has one label or several: a name in `core.recipe.tasks`.
        guesses: What was found out of all tables together.
    """

    labeled: list[Candidate] = field(default_factory=list)
    unlabeled: list[Candidate] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    left_out: set[str] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)
    conflicts: list[Leak] = field(default_factory=list)
    task: str = SINGLE
    guesses: list[Guess] = field(default_factory=list)

    def leave_out(self, folder: Path, left_out: LeftOut) -> None:
        """Refuse what the user has left out of a root."""
        if not left_out:
            return
        for candidates in (self.unlabeled, self.labeled):
            paths = [candidate.file.path for candidate in candidates]
            gone = {path for path in paths if left_out.has(folder, path)}
            self.refused.extend((path, LEFT_OUT) for path in sorted(gone))
            candidates[:] = [each for each in candidates if each.file.path not in gone]


def from_unlabeled(listing: Listing, layout: Layout) -> Candidates:
    """All files of a folder, without labels; those of its test folder are marked as such."""
    found = Candidates()
    for file in listing.files:
        split = layout.place(file.path).split
        found.unlabeled.append(Candidate(file, None, "test" if split == "test" else None))
    if layout.reading.splits:
        found.notes.extend(layout.reading.notes)
    if not layout.is_labeled:
        # Those of a test folder have no class in their names.
        paths = (each.file.path for each in found.unlabeled if each.split != "test")
        found.notes.extend(filter(None, [class_words(paths)]))
    return found


def from_folders(listing: Listing, layout: Layout, task: str = SINGLE) -> Candidates:
    """Files of class folders (in splits or not), and unlabeled ones beside them.

    Args:
        listing: Of the folder.
        layout: What its folders say.
        task: As asked for; a folder says one label, whatever it is.

    Raises:
        RunError: `labels-no-numbers`.
    """
    found = Candidates(task=SINGLE if task == AUTO else task)
    beside: Counter[str] = Counter()
    for file in listing.files:
        place = layout.place(file.path)
        if place.label is not None:
            label = join_tags([place.label]) if found.task == MULTI else place.label
            if found.task == REGRESSION:
                label = number_of_folder(place.label, layout.folder)
            found.labeled.append(Candidate(file, label, place.split))
        elif place.is_beside:
            beside["/".join(file.path.split("/")[:-1])] += 1
        else:
            found.unlabeled.append(Candidate(file, None, place.split))
    if found.unlabeled:
        found.notes.append(
            _("{num_images} beside them without label").format(
                num_images=counted(len(found.unlabeled), "image")
            )
        )
    if beside:
        count, first = sum(beside.values()), min(beside)
        found.notes.append(
            _(
                "{num_images} outside of the class folders (in {first}): not used as labeled images"
            ).format(
                num_images=counted(count, "image"), first=displayed(first) or _("the folder itself")
            )
        )
    if layout.below:
        found.notes.append(
            _("read from {below}, where the class folders are").format(
                below=displayed(layout.below)
            )
        )
    found.notes.extend(layout.reading.notes)
    return found
