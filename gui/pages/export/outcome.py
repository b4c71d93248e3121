"""What has been exported already, and how closely it agrees with the trained model."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.export.target import PARITY
from core.language import _


@dataclass(frozen=True)
class Exported:
    """One export on disk.

    Attributes:
        folder: Where it is.
        words: What its check found.
        is_equal: Whether every checked image got the same answer.
        arm: Whose classifier it is; None for an encoder, or where it isn't told.
    """

    folder: Path
    words: str
    is_equal: bool
    arm: str | None = None


def exported_in(folder: Path) -> Exported | None:
    """The export in a folder; None if there is none that was checked."""
    try:
        parity = json.loads((folder / PARITY).read_text(encoding="utf-8"))
        arm = parity.get("arm")
        return Exported(folder, *in_words(parity), arm if arm is None else str(arm))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def in_words(parity: dict[str, Any]) -> tuple[str, bool]:
    """The parity report as a sentence, and whether all answers are the same."""
    count, largest = int(parity["num_examples"]), float(parity["max_abs_difference"])
    # As English has it, which the report is written in.
    english = parity["noun"] + "s"
    examples = _(english)
    labels = parity.get("labels_agreement")
    agreement = parity.get("top1_agreement") if labels is None else labels
    number = _("largest difference {largest:.1e}").format(largest=largest)
    if agreement is None:
        words = _("Checked on {count:,} {examples}: {number}.")
        return words.format(count=count, examples=examples, number=number), True
    same = round(float(agreement) * count)
    words = (
        _("Checked on {count:,} {examples}: the same class on {same:,} of them, {number}.")
        if labels is None
        else _("Checked on {count:,} {examples}: the same labels on {same:,} of them, {number}.")
    )
    words = words.format(count=count, examples=examples, same=same, number=number)
    return words, same == count
