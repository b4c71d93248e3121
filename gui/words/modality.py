"""What examples are called: nouns of one modality, or of all while nothing is chosen."""

from core.data.manifest_file import read_header
from core.errors import RunError
from core.language import _
from core.recipe.modality import AUTO, Modality, modalities, modality_named
from core.recipe.tasks import SINGLE, TASKS, Task, task_named
from core.run.files import MANIFEST
from core.run.folder import RunFolder
from gui.words.sentences import any_of


def modality_of(run: RunFolder | None) -> Modality:
    """What a run learns from; images where that can't be read."""
    try:
        return modality_named(AUTO) if run is None else run.recipe().modality
    except RunError:
        return modality_named(AUTO)


def task_of(run: RunFolder | None) -> Task:
    """What is asked of a run's classifiers; single classes while nobody knows."""
    if run is None:
        return TASKS[SINGLE]
    path = run.path / MANIFEST
    try:
        with path.open("rb") as file:
            return task_named(read_header(file.readline(), path).get("task"))
    except (OSError, ValueError, KeyError, RunError):
        return TASKS[SINGLE]


def any_examples() -> str:
    """`images or texts`."""
    return any_of([modality.examples for modality in modalities().values()])


def file_filter(modality: Modality) -> str:
    """For a dialog of files: `Images (*.png *.jpg);;All files (*)`."""
    patterns = " ".join(f"*{suffix}" for suffix in modality.suffixes)
    own = modality.words("{Examples} ({patterns});;", patterns=patterns) if patterns else ""
    return own + _("All files (*)")
