"""What the data page says: of one modality, and of all while there is nothing yet."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.errors import RunError
from core.language import _, language
from core.language.again import again
from core.language.choice import ENGLISH
from core.recipe.modality import Modality, modality_named
from core.recipe.tasks import SINGLE
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
_IN_SPLITS = {
    "train": _("{number:,} for training"),
    "val": _("{number:,} for validation"),
    "test": _("{number:,} for testing"),
}
# Of the recipe: for who writes one. Here there are boxes.
_KEY = re.compile(r" \((?:data|model|finetune)\.\w+\)")
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
    size = bytes_in_words(summary["num_bytes"])
    counts, files = _counts_and_notes(summary)
    more = (
        [_("… and {number:,} more; see Decisions.").format(number=len(files) - _NOTES)]
        if len(files) > _NOTES
        else []
    )
    return "\n".join([". ".join([*counts, size]) + ".", *files[:_NOTES], *more])


def more_words(summary: dict[str, Any]) -> str:
    """The notes for which there was no room in the summary."""
    return "\n".join(_counts_and_notes(summary)[1][_NOTES:])


def _counts_and_notes(summary: dict[str, Any]) -> tuple[list[str], list[str]]:
    """What there is, whatever is in its words; and notes about files, without recipe keys."""
    notes = summary["notes"]
    files = [note for note in notes[1:] if ": " in note]
    said = [note for note in files if not any(shown in note for shown in _SHOWN)]
    counts = [_KEY.sub("", note) for note in notes if note not in files]
    if language() != ENGLISH:
        # The scan, which runs keep, says it in English.
        counts = _counts(summary)
    return counts, [f"{_KEY.sub('', again(note))}." for note in said]


def _counts(summary: dict[str, Any]) -> list[str]:
    """How many there are, from the numbers."""
    modality, splits = modality_named(summary["kind"]), summary["splits"]
    parts = ", ".join(
        words.format(number=splits[name]) for name, words in _IN_SPLITS.items() if splits[name]
    )
    labeled, unlabeled = summary["num_labeled"], summary["num_unlabeled"]
    classes = len(summary["classes"])
    with_labels = (
        _("{count} in {number} classes: {splits}")
        if summary["task"] == SINGLE
        else _("{count} with labels: {splits}")
    )
    return [
        words.format(count=modality.counted(number), number=classes, splits=parts)
        for number, words in ((labeled, with_labels), (unlabeled, _("{count} without labels")))
        if number
    ]


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
