"""What the data page says: of one modality, and of all while there is nothing yet."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.errors import RunError
from core.language import _
from core.recipe.modality import Modality
from gui.words.modality import any_examples
from gui.words.numbers import bytes_in_words

INVITATION = _(
    "Drop folders anywhere on this page. They are only read: nothing is ever written into them, "
    "and nothing leaves this machine."
)
ALL_TEST = _("There is no {example} to pre-train on: all of them are test {examples}.")
TABLES = _(
    "Tables and texts (*.csv *.tsv *.json *.jsonl *.parquet *.xlsx *.xls *.ods *.txt *.md);;"
    "Archives (*.zip *.tar *.tar.gz *.tgz);;All (*)"
)
# Notes of the scan that the boxes of the reading show as well.
_SHOWN = ("data.text_column", "data.path_column", "(data.encoding)", "columns are separated by")
# Of notes about single files: a folder may have thousands.
_NOTES = 3


@dataclass(frozen=True)
class ZoneWords:
    """What a drop zone says of itself."""

    title: str
    invitation: str
    icon_name: str


def zone_words(modality: Modality | None) -> tuple[ZoneWords, ZoneWords]:
    """What the zones for unlabeled and labeled examples say; None: nothing is there yet."""
    if modality is None:
        examples = any_examples()
        return (
            ZoneWords(
                _("Unlabeled {examples}").format(examples=examples),
                _("Thousands, of your domain, in any layout."),
                "image",
            ),
            ZoneWords(
                _("Labeled {examples}").format(examples=examples),
                _("Few are enough: one folder per class, train/val/test, or a table."),
                "labels",
            ),
        )
    return (
        ZoneWords(
            _("Unlabeled {examples}").format(examples=modality.examples),
            modality.invitation,
            modality.icon,
        ),
        ZoneWords(
            _("Labeled {examples}").format(examples=modality.examples),
            modality.labeled_invitation,
            "labels",
        ),
    )


def asked_words(examples: str, *, is_labeled: bool) -> tuple[str, str]:
    """Titles of the dialogs that ask for a folder and for a file."""
    folder, file = (
        (_("Choose a folder of labeled {examples}"), _("Choose a file with labeled {examples}"))
        if is_labeled
        else (
            _("Choose a folder of unlabeled {examples}"),
            _("Choose a file with unlabeled {examples}"),
        )
    )
    return folder.format(examples=examples), file.format(examples=examples)


def summary_words(summary: dict[str, Any]) -> str:
    """What was found, in a few sentences."""
    notes, size = summary["notes"], bytes_in_words(summary["num_bytes"])
    # What there is comes first, whatever is in its words.
    files = [note for note in notes[1:] if ": " in note]
    counts = ". ".join([*(note for note in notes if note not in files), size]) + "."
    said = [f"{note}." for note in files if not any(shown in note for shown in _SHOWN)]
    more = (
        [_("… and {number:,} more; see Decisions.").format(number=len(said) - _NOTES)]
        if len(said) > _NOTES
        else []
    )
    return "\n".join([counts, *said[:_NOTES], *more])


def length_words(lengths: list[int]) -> str:
    """How long the labeled texts are, from their 101 quantiles; nothing of other examples."""
    if not lengths:
        return ""
    half, longest = lengths[50], lengths[-1]
    return _(
        "Half of the labeled texts have up to {half:,} letters, the longest {longest:,}."
    ).format(half=half, longest=longest)


def one_modality(found: Mapping[str, Modality]) -> Modality:
    """What all paths hold, by path.

    Raises:
        RunError: `kinds-mixed`: a run learns from one modality.
    """
    (first, modality), *others = found.items()
    for other, its in others:
        if its is not modality:
            raise RunError(
                "kinds-mixed",
                first=first,
                examples=modality.examples,
                other=other,
                other_examples=its.examples,
            )
    return modality
