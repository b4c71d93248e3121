"""A report for support: log, recipe, environment; paths and names of the user's data left out.

Three nets, one behind the other: the names that the run itself knows (folders, classes, files, the
run), whatever looks like a path, and whatever looks like a file of data.
"""

import io
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path

from core.doctor.user_names import UserNames, names_of
from core.errors import RunError
from core.run.files import ENVIRONMENT, LOG, RECIPE, RUN, STATE, TRAINER_OUTPUT
from core.run.folder import RunFolder
from core.system.atomic import write_bytes

_MOST_BYTES = 2_000_000
_RUN_FILES = (
    RECIPE,
    ENVIRONMENT,
    STATE,
    RUN,
    LOG,
    TRAINER_OUTPUT,
)
_START = r"(?:[A-Za-z]:[\\/]|\\\\|/)"
# In this order: the program's own files, which help; quoted paths; others, which may go on after a
# space, so that nobody knows where they end on their line.
_PATHS = re.compile(
    rf"""(?P<open>["']?)(?P<ours>{_START}[^\s"']+\.py\b)|(?P<quote>["']){_START}.*?(?P=quote)|(?<![\w<.]){_START}\S.*"""
)


def write_problem_report(target: Path, run: RunFolder | None, others: Sequence[Path] = ()) -> None:
    """Write a zip file with what helps to find a fault.

    Args:
        target: The file to write.
        run: The run it is about, if any.
        others: Further text files, such as the window's log.

    Raises:
        RunError: `file-not-writable`.
    """
    files = [run.path / name for name in _RUN_FILES] if run is not None else []
    names = names_of(run) if run is not None else UserNames()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in [*files, *others]:
            text = _end_of(file)
            if text is not None:
                archive.writestr(file.name, names.left_out(without_paths(text)))
    try:
        write_bytes(target, out.getvalue())
    except OSError as error:
        reason = error.strerror or str(error)
        raise RunError("file-not-writable", path=target, reason=reason) from error


def without_paths(text: str) -> str:
    """The text with every path left out but those of program files, which are shortened."""

    def left(match: re.Match[str]) -> str:
        ours = match.group("ours")
        if ours is not None:
            return f"{match.group('open')}…/" + "/".join(re.split(r"[\\/]", ours)[-3:])
        quote = match.group("quote") or ""
        return f"{quote}<path>{quote}"

    return _PATHS.sub(left, text)


def _end_of(file: Path) -> str | None:
    try:
        with file.open("rb") as opened:
            opened.seek(max(0, opened.seek(0, 2) - _MOST_BYTES))
            return opened.read().decode("utf-8", errors="replace")
    except OSError:
        return None
