"""The user's own texts that an export is checked on."""

from core.data.manifest import Manifest
from core.errors import RunError
from core.export.examples import CheckExamples, candidates
from core.system.progress import ProgressReport
from core.text.data.read import Columns
from core.text.data.reread import texts_again


def texts_to_check(manifest: Manifest, columns: Columns, report: ProgressReport) -> CheckExamples:
    """The texts to check on, read again from the user's files.

    Args:
        manifest: The run's.
        columns: Of tables, as the run's recipe names them.
        report: Told (what, done, total).

    Raises:
        RunError: None of them can be read any more.
    """
    which, chosen = candidates(manifest)
    report("Reading texts", 0, 0)
    found, reason = texts_again(manifest, chosen, columns)
    if not found:
        raise RunError(
            "export-no-examples",
            nouns=manifest.modality.examples,
            count=len(chosen),
            which=which,
            first=chosen[0].path if chosen else "none",
            reason=reason or "the run has no texts",
        )
    texts = tuple(found.values())
    return CheckExamples(which, tuple(name for _, name in found), texts, texts)
