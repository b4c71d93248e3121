"""What a manifest says, in words: one finding per line."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from core.data.left_out import BY_THE_USER, LEFT_OUT
from core.data.manifest import Manifest, counted, displayed

# Copies of one example that a line names.
_FEW = 6
# Classes that a line names, of those without examples in a split.
FEW_NAMES: Final = 10


def describe(manifest: Manifest) -> list[str]:
    """The scan in words, one finding per line."""
    return [*manifest.notes, *_treatments(manifest), *_problems(manifest)]


def _treatments(manifest: Manifest) -> list[str]:
    notes: Counter[str] = Counter()
    details: dict[str, set[str]] = {}
    for example in (*manifest.unlabeled, *manifest.labeled):
        for note in example.note.split(", ") if example.note else ():
            # What is in brackets differs from file to file: told where it is one thing.
            what, _, detail = note.partition(" (")
            notes[what] += 1
            details.setdefault(what, set()).add(detail)
    return [
        f"{counted(count, manifest.modality.example)}: {note}"
        + (f" ({detail}" if len(details[note]) == 1 and (detail := min(details[note])) else "")
        for note, count in sorted(notes.items(), key=lambda item: (-item[1], item[0]))
    ]


def _problems(manifest: Manifest) -> list[str]:
    lines = []
    if manifest.duplicates:
        copy = manifest.modality.copied
        copies = manifest.num_copies
        lines.append(
            f"{counted(copies, copy)} {'is an exact copy' if copies == 1 else 'are copies'} "
            f"of another (first: {' = '.join(_few(manifest.duplicates[0]))})"
        )
    for kind, words in (("splits", "in more than one split"), ("labels", "with two labels")):
        found = [leak for leak in manifest.leaks if leak.kind == kind]
        if found:
            places = zip(found[0].paths, found[0].where, strict=True)
            first = ", ".join(_few([f"{path} ({where})" for path, where in places]))
            lines.append(
                f"{counted(len(found), manifest.modality.example)} {words} (first: {first})"
            )
    lines += _known_from_training(manifest)
    # What corrections leave out stands in the notes.
    left_out = sum(bad.reason == LEFT_OUT for bad in manifest.quarantined)
    if left_out:
        lines.append(f"{counted(left_out, manifest.modality.copied)} {LEFT_OUT}")
    unusable = [bad for bad in manifest.quarantined if bad.reason not in BY_THE_USER]
    if unusable:
        bad = manifest.modality.copied
        first_bad = unusable[0]
        lines.append(
            f"{counted(len(unusable), bad)} can't be used "
            f"(first: {displayed(first_bad.path)}: {first_bad.reason})"
        )
    if manifest.passed_over:
        why = ", ".join(f"{count:,} {reason}" for reason, count in manifest.passed_over_why.items())
        lines.append(f"{counted(manifest.passed_over, 'file')} passed over ({why})")
    return lines


def _known_from_training(manifest: Manifest) -> list[str]:
    """How much of what is held out has a copy among the training examples."""
    known = Counter(
        split
        for leak in manifest.leaks
        if leak.kind == "splits" and "train" in leak.where
        for split in leak.where
    )
    noun = manifest.modality.example
    words = [
        f"{known[split]:,} of {counted(len(manifest.labeled_split(split)), f'{split} {noun}')}"
        for split in ("test", "val")
        if known[split]
    ]
    if not words:
        return []
    has = "has a copy" if sum(known[split] for split in ("test", "val")) == 1 else "have copies"
    are_gone = any(pair.is_left_out and pair.copy.split == "train" for pair in manifest.pairs)
    so = "left out of training" if are_gone else "scores on them are too good"
    return [f"{' and '.join(words)} {has} in train: {so}"]


def _few(names: Sequence[str]) -> list[str]:
    """The first names of many, for a line that can be read."""
    return [*names[:_FEW], *(["…"] if len(names) > _FEW else [])]
