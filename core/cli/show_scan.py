"""What `redistill scan` says of a manifest: for people, and as JSON."""

from dataclasses import asdict
from typing import Any

from rich.table import Table
from rich.text import Text

from core.cli.terminal import Console
from core.data.doubts import doubts_in
from core.data.manifest import Manifest, displayed
from core.data.manifest_words import FEW_NAMES, describe
from core.data.number_ranges import NumberRanges
from core.data.pairs import CopyPair, PairSide
from core.data.splits import SPLIT_ORDER

# Of more classes only the largest and the smallest are shown.
_MOST_SHOWN = 20
_SHOWN_OF_MANY = 8


def scan_facts(manifest: Manifest) -> dict[str, Any]:
    """Ready for JSON: kind, classes, unlabeled, quarantined, passed_over, notes, guesses, leaks."""
    return {
        "kind": manifest.kind,
        "classes": {displayed(name): each for name, each in manifest.class_counts().items()},
        "unlabeled": manifest.num_unlabeled,
        "quarantined": [
            {"file": displayed(bad.path), "reason": displayed(bad.reason)}
            for bad in manifest.quarantined
        ],
        "passed_over": dict(manifest.passed_over_why),
        "notes": [displayed(line) for line in describe(manifest)],
        "guesses": [
            {"what": displayed(g.what), "value": displayed(g.value), "setting": g.setting}
            for g in manifest.guesses
        ],
        "leaks": [_leak(pair) for pair in manifest.pairs],
        "num_leaks": manifest.num_pairs,
    }


def _leak(pair: CopyPair) -> dict[str, Any]:
    sides = pair.of, pair.copy
    return {
        "kind": pair.kind,
        "of": displayed(pair.of.path),
        "copy": displayed(pair.copy.path),
        "splits": [side.split for side in sides],
        "labels": [None if side.label is None else displayed(side.label) for side in sides],
        "left_out": pair.is_left_out,
    }


def show_scan(console: Console, manifest: Manifest, *, details: bool) -> None:
    """Print the classes, what was found, what was guessed; with `details` every bad file."""
    if manifest.task.is_number:
        _show_numbers(console, manifest)
    elif manifest.classes:
        _show_classes(console, manifest)
    for line in describe(manifest):
        _say(console, line)
    for guess in manifest.guesses:
        _say(console, guess.words)
    if doubts := doubts_in(map(asdict, manifest.guesses)):
        what = ", ".join(str(guess["what"]) for guess in doubts)
        _say(console, f"look at these before you train: {what}")
    if details:
        for bad in manifest.quarantined:
            _say(console, f"quarantined: {bad.path}: {bad.reason}")
        for group in manifest.duplicates:
            _say(console, f"identical: {' = '.join(group)}")
        for pair in manifest.pairs:
            words = "nearly identical" if pair.kind == "near" else "identical"
            _say(console, f"{words}: {_side(pair.copy)} = {_side(pair.of)}")


def _side(side: PairSide) -> str:
    return f"{side.path} ({side.split or 'unlabeled'})"


def _say(console: Console, line: str) -> None:
    console.print(displayed(line), markup=False, highlight=False, soft_wrap=True)


def _show_numbers(console: Console, manifest: Manifest) -> None:
    """How many examples there are of which numbers."""
    table = Table(box=None, pad_edge=False)
    table.add_column("number")
    for split in SPLIT_ORDER:
        table.add_column(split, justify="right")
    for each in NumberRanges.of(manifest).counted(manifest):
        table.add_row(each["name"], *(f"{each[split]:,}" for split in SPLIT_ORDER))
    console.print(table, markup=False, highlight=False)


def _show_classes(console: Console, manifest: Manifest) -> None:
    counts = manifest.class_counts()
    names = sorted(counts, key=lambda name: -sum(counts[name].values()))
    shown = sorted(counts) if len(names) <= _MOST_SHOWN else names[:_SHOWN_OF_MANY]
    table = Table(box=None, pad_edge=False)
    table.add_column(f"{len(names):,} classes" if len(names) > 1 else "class", no_wrap=False)
    for split in SPLIT_ORDER:
        table.add_column(split, justify="right")

    def add(name: str) -> None:
        numbers = (f"{counts[name][split]:,}" for split in SPLIT_ORDER)
        table.add_row(_plain(name), *numbers)

    for name in shown:
        add(name)
    if len(names) > _MOST_SHOWN:
        table.add_row(f"… {len(names) - 2 * _SHOWN_OF_MANY:,} more …")
        for name in names[-_SHOWN_OF_MANY:]:
            add(name)
    console.print(table, markup=False, highlight=False)
    for split in ("train", "test"):
        without = sorted(name for name in counts if not counts[name][split])
        # Without any there is nothing to compare; the notes say why.
        if without and len(without) < len(counts):
            names_shown = ", ".join(map(displayed, without[:FEW_NAMES]))
            more = f" and {len(without) - FEW_NAMES:,} more" if len(without) > FEW_NAMES else ""
            _say(console, f"without {split} {manifest.modality.examples}: {names_shown}{more}")


def _plain(name: str) -> Text:
    """A name as it is, on one line: square brackets are no markup."""
    return Text(" ".join(displayed(name).split()))
