"""Texts of a manifest, read again from the user's files."""

from collections.abc import Iterable
from dataclasses import replace

from core.data.manifest import ImageFile, Manifest
from core.data.text.read import Columns
from core.data.text.scan import texts_of


def texts_again(
    manifest: Manifest, chosen: Iterable[ImageFile], columns: Columns
) -> tuple[dict[tuple[int, str], str], str]:
    """Some texts by root and name, and why others are missing; empty when none is.

    Files hold other texts than they did, or are gone: what was read before that is kept.

    Args:
        manifest: Has the folders.
        chosen: Entries of it.
        columns: Of tables, as the run's recipe names them.
    """
    entries = tuple(chosen)
    wanted = {(entry.root, entry.path) for entry in entries}
    found: dict[tuple[int, str], str] = {}
    if not wanted:
        return found, ""
    try:
        for root, name, text in texts_of(replace(manifest, unlabeled=(), labeled=entries), columns):
            if (root, name) in wanted:
                found[root, name] = text
            if len(found) == len(wanted):
                return found, ""
    except (OSError, KeyError, ValueError) as error:
        return found, str(getattr(error, "strerror", None) or error.args[0])
    return found, "the files hold other texts now"
