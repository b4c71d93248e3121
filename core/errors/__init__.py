"""Every failure that a user can meet: a catalogue of id, cause and what to do.

Code raises `RunError("some-id", key=value, ...)`; the words live in the catalogue, one file
per area, so that they can be reviewed, translated and tested in one place. Anything that is
not a `RunError` is a bug.
"""

from core.errors import data, exports, models, queues, recipes, reports, runs, texts, uses
from core.errors.entry import Entry
from core.errors.pasteable import Words
from core.errors.signed_links import without_signatures

__all__ = ["CATALOGUE", "Entry", "RunError"]

_WORDS = Words()

CATALOGUE: dict[str, Entry] = {
    **data.ENTRIES,
    **exports.ENTRIES,
    **models.ENTRIES,
    **queues.ENTRIES,
    **recipes.ENTRIES,
    **reports.ENTRIES,
    **runs.ENTRIES,
    **texts.ENTRIES,
    **uses.ENTRIES,
}


class RunError(Exception):
    """An expected failure, in words for the user.

    Attributes:
        id: Key into `CATALOGUE`.
        what: What is wrong and where, one or two sentences.
        action: What the user can do about it.
        details: The values that were put into the words.
    """

    def __init__(self, error_id: str, /, **details: object) -> None:
        entry = CATALOGUE[error_id]
        self.id = error_id
        self.details = details
        # A library's own words may quote the signed address that it was sent to.
        self.what = without_signatures(_WORDS.fill(entry.what, details))
        self.action = _WORDS.fill(entry.action, details)
        super().__init__(f"{self.what} {self.action}")
