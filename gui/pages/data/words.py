"""What the data page says: of images, of texts, and of both while there is nothing yet."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.errors import RunError
from gui.words.modality import Kind
from gui.words.numbers import bytes_in_words

TABLES = "Tables and texts (*.csv *.tsv *.jsonl *.parquet *.txt *.md);;Zip files (*.zip);;All (*)"
# Notes of the scan that the two boxes of columns show as well.
_COLUMNS = "data.text_column"
# Of notes about single files: a folder may have thousands.
_NOTES = 3


@dataclass(frozen=True)
class ZoneWords:
    """What a drop zone says of itself."""

    title: str
    invitation: str
    icon_name: str


_ZONES: dict[Kind | None, tuple[ZoneWords, ZoneWords]] = {
    None: (
        ZoneWords(
            "Unlabeled images or texts", "Thousands, of your domain, in any layout.", "image"
        ),
        ZoneWords(
            "Labeled images or texts",
            "Few are enough: one folder per class, train/val/test, or a table.",
            "labels",
        ),
    ),
    "images": (
        ZoneWords("Unlabeled images", "Thousands, of your domain, in any layout.", "image"),
        ZoneWords(
            "Labeled images",
            "Few are enough: one folder per class, train/val/test folders, or a table.",
            "labels",
        ),
    ),
    "text": (
        ZoneWords("Unlabeled texts", "As many as you have: files, folders, tables.", "text"),
        ZoneWords(
            "Labeled texts",
            "Few are enough: tables with a label column, train/dev/test files, or class folders.",
            "labels",
        ),
    ),
}


def zone_words(kind: Kind | None) -> tuple[ZoneWords, ZoneWords]:
    """What the zones for unlabeled and labeled examples say; None: nothing is there yet."""
    return _ZONES[kind]


def summary_words(summary: dict[str, Any]) -> str:
    """What was found, in a few sentences."""
    notes, size = summary["notes"], bytes_in_words(summary["num_bytes"])
    if summary["kind"] == "images":
        return ". ".join([*notes, size]) + "."
    files = [note for note in notes if ": " in note]
    counts = ". ".join([*(note for note in notes if note not in files), size]) + "."
    said = [f"{note}." for note in files if _COLUMNS not in note]
    more = [f"… and {len(said) - _NOTES:,} more; see Decisions."] if len(said) > _NOTES else []
    return "\n".join([counts, *said[:_NOTES], *more])


def length_words(lengths: list[int]) -> str:
    """How long the labeled texts are, from their 101 quantiles; nothing of images."""
    if not lengths:
        return ""
    half, longest = lengths[50], lengths[-1]
    return f"Half of the labeled texts have up to {half:,} letters, the longest {longest:,}."


def one_kind(kinds: Mapping[str, Kind]) -> Kind:
    """What all paths hold.

    Raises:
        RunError: `kinds-mixed`: a run learns from images or from texts.
    """
    images, texts = ([p for p, found in kinds.items() if found == k] for k in ("images", "text"))
    if images and texts:
        raise RunError("kinds-mixed", images=images[0], texts=texts[0])
    return "text" if texts else "images"
