"""The user's own texts that an export is checked on."""

from dataclasses import replace

from core.data.manifest import Manifest
from core.data.text.read import Columns
from core.data.text.scan import texts_of
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
    wanted = {(text.root, text.path) for text in chosen}
    found: dict[str, str] = {}
    reason = "the files hold other texts now" if chosen else "the run has no texts"
    try:
        for root, name, text in texts_of(
            replace(manifest, unlabeled=(), labeled=tuple(chosen)), columns
        ):
            if (root, name) in wanted:
                report("Reading texts", len(found), len(wanted))
                found[name] = text
            if len(found) == len(wanted):
                break
    except (OSError, KeyError, ValueError) as error:
        reason = str(getattr(error, "strerror", None) or error.args[0])
    if not found:
        raise RunError(
            "export-no-examples",
            noun=manifest.noun,
            count=len(chosen),
            which=which,
            first=chosen[0].path if chosen else "none",
            reason=reason,
        )
    texts = tuple(found.values())
    return CheckExamples(which, tuple(found), texts, texts)
