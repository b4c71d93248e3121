"""Texts of a manifest, read again from the user's files."""

from collections.abc import Iterable
from pathlib import Path

from core.data.manifest import Example, Manifest
from core.language import _
from core.text.data.examples import place_of_reference
from core.text.data.read import UNREADABLE, Columns, message_of, read_texts


def texts_again(
    manifest: Manifest, chosen: Iterable[Example], columns: Columns
) -> tuple[dict[tuple[int, str], str], str]:
    """Some texts by root and name, and why others are missing; empty when none is.

    Files hold other texts than they did, or are gone: what was read before that is kept.

    Args:
        manifest: Has the folders.
        chosen: Labeled entries of it.
        columns: Of tables, as the run's recipe names them.
    """
    files: dict[Path, dict[int, Example]] = {}
    for entry in chosen:
        name, line = place_of_reference("", entry.path)
        file = manifest.place(entry.root, str(name))
        files.setdefault(file, {})[line] = entry
    found: dict[tuple[int, str], str] = {}
    reason = ""
    for file, lines in files.items():
        try:
            reason = _read(file, dict(lines), columns, found) or reason
        except (OSError, *UNREADABLE) as error:
            reason = message_of(error)
    return found, reason


def _read(
    file: Path,
    lines: dict[int, Example],
    columns: Columns,
    found: dict[tuple[int, str], str],
) -> str:
    """Add one file's texts to `found`; why some are missing."""
    quiet = (lambda *_: None, lambda _: None)
    for text in read_texts(file, columns, *quiet, is_corpus=any(lines)):
        entry = lines.pop(text.line, None)
        if entry is not None:
            found[entry.root, entry.path] = text.text
        if not lines:
            return ""
    return _("the files hold other texts now")
