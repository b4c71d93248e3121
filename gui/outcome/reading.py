"""What the page reads in a thread: the answers of a classifier, the curves of a run."""

import subprocess
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from core.data.labeled_rows import LabeledRows
from core.errors import RunError
from core.language import _
from core.readers.answers import Answers, read_answers, read_test_rows
from core.readers.curves import RunCurves, curves_of, read_curves
from core.readers.history import History
from core.recipe.modality import Modality
from core.run.files import EVENTS
from core.run.folder import RunFolder
from core.system import process_names
from core.system.own_process import child_environment, module_command
from gui.words.modality import modality_of

_LOOKED_FOR = 20
# A thread shares the interpreter with the window; what takes long is read by another process.
_LONG_BYTES = 1 << 21


@dataclass(frozen=True, eq=False)
class Found:
    """Answers of one classifier.

    Attributes:
        answers: What was said of each example.
        missing: Why they can't be shown, in words; empty when they can.
    """

    answers: Answers
    missing: str


def when_written(run: RunFolder) -> tuple[Path, int] | None:
    """Which results a run has: its folder and when they were written; None while there are none."""
    try:
        return run.path, run.results_file.stat().st_mtime_ns
    except OSError:
        return None


def find_answers(run: RunFolder, images: LabeledRows | None, arm: str, seed: int) -> Found:
    """Read answers, and look whether the examples are still there.

    Args:
        run: The run.
        images: Those of an earlier answer; None to read them.
        arm: Of the classifier.
        seed: Of the classifier.

    Raises:
        RunError: Files are missing or damaged.
    """
    answers = read_answers(run, images or read_test_rows(run), arm, seed)
    return Found(answers, _missing(answers, modality_of(run)))


def _missing(answers: Answers, modality: Modality) -> str:
    """A few tell: they were moved together, or their drive is not there."""
    step = max(1, len(answers) // _LOOKED_FOR)
    paths = (answers.path(index) for index in range(0, len(answers), step))
    gone = [path for path in paths if not path.exists()]
    if not gone:
        return ""
    return _(
        "Test {examples} are no longer where they were ({gone}). Connect their drive "
        "or put them back to see them; the numbers are still valid."
    ).format(examples=modality.examples, gone=gone[0])


def find_curves(run: Path) -> RunCurves:
    """Read the curves of a run, however long it was.

    Raises:
        RunError: Its log can't be read.
    """
    file = run / EVENTS
    try:
        if not file.exists() or file.stat().st_size < _LONG_BYTES:
            return read_curves(run)
        return curves_of(run, _read_elsewhere(run))
    except (OSError, ValueError, KeyError) as error:
        reason = getattr(error, "strerror", None) or error
        raise RunError("run-damaged", file=file.name, path=run, reason=reason) from error


def _read_elsewhere(run: Path) -> History:
    with TemporaryDirectory() as folder:
        out = Path(folder, "history.npz")
        with subprocess.Popen(
            module_command(process_names.HISTORY, str(run), str(out)),
            # Open until it ends: the helper stops when its input does, also with this process.
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=child_environment(),
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        ) as process:
            process.wait()
        return History.load(out)
