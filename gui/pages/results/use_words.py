"""What the tab says of how far it is, and of what was written."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core.recipe.modality import Modality
from gui.pages.results.batch import Batch
from gui.words.numbers import duration


def progress(batch: Batch, modality: Modality, *, is_watching: bool) -> tuple[str, int, int]:
    """How far it is in words, and in numbers for a bar (0 of 0 where nothing moves).

    Args:
        batch: At work.
        modality: Of the examples.
        is_watching: Whether new files are waited for.
    """
    done, total = batch.at
    if is_watching and done >= total:
        return f"{modality.counted(done)} classified. Waiting for new ones.", 0, 1
    left = batch.left_s
    words = f"{done:,} of {modality.counted(total)}"
    return words + (f", {duration(left)} left" if left is not None else ""), done, max(total, 1)


def ending(message: Mapping[str, Any], modality: Modality, targets: Mapping[str, Path]) -> str:
    """How it ended.

    Args:
        message: The last one of the process.
        modality: Of the examples.
        targets: What was to be written.
    """
    number = modality.counted(message["num_examples"])
    if not message["is_whole"]:
        return f"Paused after {number}. It goes on from there, later too."
    words = [f"{number} classified on {message['where']}."]
    if message["num_unreadable"]:
        words.append(f"{message['num_unreadable']:,} of them can't be read.")
    files = [str(targets[kind]) for kind in ("table", "embeddings") if kind in targets]
    if files:
        words.append(f"Written to {' and '.join(files)}.")
    if "sort_into" in targets:
        words.append(f"{message['num_copies']:,} copied to {targets['sort_into']}.")
    if message["num_not_copied"]:
        words.append(
            f"{message['num_not_copied']:,} could not be copied; copy them sorted once more to "
            "try again."
        )
    return " ".join(words)
