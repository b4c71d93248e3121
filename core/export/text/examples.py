"""The user's own texts that an export is checked on."""

from pathlib import Path

from core.data.manifest import Manifest
from core.data.text.examples import place_of_reference, texts_at
from core.data.text.read import Columns
from core.errors import RunError
from core.export.examples import CheckExamples, Report, candidates


def texts_to_check(manifest: Manifest, columns: Columns, report: Report) -> CheckExamples:
    """The texts to check on, read again from the user's files.

    Args:
        manifest: The run's.
        columns: Of tables, as the run's recipe names them.
        report: Told (what, done, total).

    Raises:
        RunError: None of them can be read any more.
    """
    which, chosen = candidates(manifest)
    report("Reading texts", 0, len(chosen))
    places = {
        text.path: place_of_reference(manifest.roots[text.root], text.path) for text in chosen
    }
    wanted: dict[Path, set[int]] = {}
    for file, line in places.values():
        wanted.setdefault(file, set()).add(line)
    known = texts_at(wanted, columns)
    found = {name: known[place] for name, place in places.items() if place in known}
    if not found:
        raise RunError(
            "export-no-examples",
            noun=manifest.noun,
            count=len(chosen),
            which=which,
            first=chosen[0].path if chosen else "none",
            reason="the files hold other texts now" if chosen else "the run has no texts",
        )
    texts = tuple(found.values())
    return CheckExamples(which, tuple(found), texts, texts)
