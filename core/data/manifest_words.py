"""What a manifest says, in words: one finding per line."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from core.data.left_out import BY_THE_USER, LEFT_OUT
from core.data.manifest import Manifest, counted, displayed
from core.language import _

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
        copies = manifest.num_copies
        words = _("{num_copies} are copies of another (first: {first})")
        if copies == 1:
            words = _("{num_copies} is an exact copy of another (first: {first})")
        first = " = ".join(_few(manifest.duplicates[0]))
        number = counted(copies, manifest.modality.copied)
        lines.append(words.format(num_copies=number, first=first))
    for kind, words in (
        ("splits", _("{number} in more than one split (first: {first})")),
        ("labels", _("{number} with two labels (first: {first})")),
    ):
        found = [leak for leak in manifest.leaks if leak.kind == kind]
        if found:
            places = zip(found[0].paths, found[0].where, strict=True)
            first = ", ".join(_few([f"{path} ({where})" for path, where in places]))
            number = counted(len(found), manifest.modality.example)
            lines.append(words.format(number=number, first=first))
    lines += _known_from_training(manifest)
    # What corrections leave out stands in the notes.
    left_out = sum(bad.reason == LEFT_OUT for bad in manifest.quarantined)
    if left_out:
        number = counted(left_out, manifest.modality.copied)
        lines.append(_("{number} left out by you (data.left_out)").format(number=number))
    unusable = [bad for bad in manifest.quarantined if bad.reason not in BY_THE_USER]
    if unusable:
        number = counted(len(unusable), manifest.modality.copied)
        words = _("{number} can't be used (first: {path}: {reason})")
        path, reason = displayed(unusable[0].path), unusable[0].reason
        lines.append(words.format(number=number, path=path, reason=reason))
    if manifest.passed_over:
        why = ", ".join(f"{count:,} {reason}" for reason, count in manifest.passed_over_why.items())
        number = counted(manifest.passed_over, "file")
        lines.append(_("{number} passed over ({why})").format(number=number, why=why))
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
    parts = [
        _("{number:,} of {held_out}").format(
            number=known[split],
            held_out=counted(len(manifest.labeled_split(split)), f"{split} {noun}"),
        )
        for split in ("test", "val")
        if known[split]
    ]
    if not parts:
        return []
    are_gone = any(pair.is_left_out and pair.copy.split == "train" for pair in manifest.pairs)
    so = _("left out of training") if are_gone else _("scores on them are too good")
    words = _("{held_out} have copies in train: {so}")
    if sum(known[split] for split in ("test", "val")) == 1:
        words = _("{held_out} has a copy in train: {so}")
    both = _("{first} and {second}").format(first=parts[0], second=parts[-1])
    return [words.format(held_out=both if len(parts) > 1 else parts[0], so=so)]


def _few(names: Sequence[str]) -> list[str]:
    """The first names of many, for a line that can be read."""
    return [*names[:_FEW], *(["…"] if len(names) > _FEW else [])]
