"""What the tab says of how far it is, and of what was written."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core.language import _
from core.recipe.modality import Modality
from gui.pages.results.batch import Batch
from gui.words.numbers import duration
from gui.words.sentences import all_of


def progress(batch: Batch, modality: Modality, *, is_watching: bool) -> tuple[str, int, int]:
    """How far it is in words, and in numbers for a bar (0 of 0 where nothing moves).

    Args:
        batch: At work.
        modality: Of the examples.
        is_watching: Whether new files are waited for.
    """
    done, total = batch.at
    if is_watching and done >= total:
        return (
            _("{count} classified. Waiting for new ones.").format(count=modality.counted(done)),
            0,
            1,
        )
    left = batch.left_s
    words = _("{done:,} of {count}").format(done=done, count=modality.counted(total))
    return (
        words + (_(", {time} left").format(time=duration(left)) if left is not None else ""),
        done,
        max(total, 1),
    )


def ending(message: Mapping[str, Any], modality: Modality, targets: Mapping[str, Path]) -> str:
    """How it ended.

    Args:
        message: The last one of the process.
        modality: Of the examples.
        targets: What was to be written.
    """
    number = modality.counted(message["num_examples"])
    if not message["is_whole"]:
        return _("Paused after {number}. It goes on from there, later too.").format(number=number)
    words = [_("{number} classified on {where}.").format(number=number, where=message["where"])]
    if message["num_unreadable"]:
        words.append(
            _("{num_unreadable:,} of them can't be read.").format(
                num_unreadable=message["num_unreadable"]
            )
        )
    files = [str(targets[kind]) for kind in ("table", "embeddings") if kind in targets]
    if files:
        words.append(_("Written to {files}.").format(files=all_of(files)))
    if "sort_into" in targets:
        words.append(
            _("{num_copies:,} copied to {sort_into}.").format(
                num_copies=message["num_copies"], sort_into=targets["sort_into"]
            )
        )
    if message["num_not_copied"]:
        words.append(
            _(
                "{num_not_copied:,} could not be copied; copy them sorted once more to try again."
            ).format(num_not_copied=message["num_not_copied"])
        )
    return " ".join(words)
