"""A manifest as a window needs it: counts and words in JSON, the examples in arrays.

A hundred thousand examples as Python objects would hold up a window for a second; as arrays they
are there at once.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from core.data.left_out import BY_THE_USER, left_out_of
from core.data.manifest import Example, Manifest, displayed
from core.data.manifest_words import describe
from core.data.number_ranges import NumberRanges
from core.data.pairs import CopyPair
from core.data.tags import names_in
from core.system.atomic import write_bytes, write_json

SUMMARY = "findings.json"
IMAGES = "images.npz"
TEXTS = "texts.json"
SPLITS = ("", "train", "val", "test")
MOST_LISTED = 2_000


@dataclass(frozen=True, slots=True)
class Sample:
    """A text to look at.

    Attributes:
        name: File and line.
        text: Its beginning, at most 20,000 characters.
        label: Its class; None for an unlabeled one.
        split: `train`, `val` or `test` of a labeled one.
    """

    name: str
    text: str
    label: str | None
    split: str | None


def write_findings(
    manifest: Manifest,
    folder: Path,
    *,
    texts: Sequence[Sample] = (),
    columns: Mapping[str, Any] | None = None,
    more: Mapping[str, Any] | None = None,
) -> None:
    """Write `findings.json`, `images.npz` and `texts.json` into `folder`.

    Args:
        manifest: What was found.
        folder: Where to write.
        texts: Some texts to look at.
        columns: Of tables of texts: `all` their names, and which is `text`, which `label`.
        more: What else the window shows: `pairs` and `choices`.

    Raises:
        OSError: As the file system says.
    """
    folder.mkdir(parents=True, exist_ok=True)
    write_bytes(folder / IMAGES, _packed(manifest))
    write_json(folder / TEXTS, [[t.name, t.text, t.label, t.split] for t in texts])
    known = {"columns": dict(columns or {}), "pairs": [], "choices": {}, **(more or {})}
    write_json(folder / SUMMARY, {**summary_of(manifest), **known})


def summary_of(manifest: Manifest) -> dict[str, Any]:
    """Everything but the list of examples; long lists are cut at 2,000, their length is told."""
    quarantined = [
        {"path": displayed(bad.path), "file": str(manifest.absolute(bad)), "reason": bad.reason}
        for bad in [q for q in manifest.quarantined if q.reason not in BY_THE_USER][:MOST_LISTED]
    ]
    return {
        "kind": manifest.modality.name,
        "task": manifest.task.name,
        "roots": list(manifest.roots),
        "notes": [displayed(note) for note in manifest.notes],
        "guesses": [
            {"what": displayed(g.what), "value": displayed(g.value), "setting": g.setting}
            for g in manifest.guesses
        ],
        "words": [displayed(line) for line in describe(manifest)],
        "num_unlabeled": manifest.num_unlabeled,
        "num_labeled": len(manifest.labeled),
        "num_pretraining": manifest.num_pretraining(),
        "num_pretraining_with_test": manifest.num_pretraining(include_test=True),
        "num_bytes": manifest.num_bytes,
        "splits": {name: len(manifest.labeled_split(name)) for name in SPLITS[1:]},
        # Of numbers ranges, so that they can be counted and looked through likewise.
        "classes": _classes(manifest),
        "quarantined": quarantined,
        "num_quarantined": len(manifest.quarantined) - len(left_out_of(manifest)),
        "corrections": [
            {"name": each.name, "given": each.given, "decision": each.decision, "new": each.new}
            for each in manifest.corrections[:MOST_LISTED]
        ],
        "num_corrections": len(manifest.corrections),
        "passed_over": dict(manifest.passed_over_why),
        "duplicates": [list(group) for group in manifest.duplicates[:MOST_LISTED]],
        "num_duplicates": manifest.num_copies,
        "leaks": [
            {"kind": leak.kind, "paths": list(leak.paths), "where": list(leak.where)}
            for leak in manifest.leaks[:MOST_LISTED]
        ],
        "num_leaks": len(manifest.leaks),
        "copy_pairs": [_pair(manifest, pair) for pair in manifest.pairs],
        "num_copy_pairs": manifest.num_pairs,
        "text_lengths": _text_lengths(manifest),
    }


def _pair(manifest: Manifest, pair: CopyPair) -> dict[str, Any]:
    """A pair with where both files are; that of a text in a table has its line behind a colon."""
    sides = {
        name: {
            "path": displayed(side.path),
            "file": str(manifest.place(side.root, side.path)),
            "split": side.split,
            "label": None if side.label is None else displayed(side.label),
        }
        for name, side in (("of", pair.of), ("copy", pair.copy))
    }
    return {"kind": pair.kind, **sides, "left_out": pair.is_left_out}


def _text_lengths(manifest: Manifest) -> list[int]:
    """Sizes of the labeled examples: the shortest, 99 quantiles, the longest; [] if all are alike.

    Only of a modality whose examples differ in length.
    """
    lengths = [example.size[0] for example in manifest.labeled]
    if manifest.modality.has_equal_lengths or not lengths:
        return []
    return [int(length) for length in np.percentile(lengths, np.arange(101))]


def _classes(manifest: Manifest) -> list[dict[str, Any]]:
    if manifest.task.is_number:
        return NumberRanges.of(manifest).counted(manifest)
    counts = manifest.class_counts()
    return [{"name": displayed(name), **each} for name, each in counts.items()]


def _first_of(names: Sequence[str] | None, index: Mapping[str, int]) -> int:
    """Index of the first class of an example; -1 of an unlabeled one, -2 where none applies."""
    if names is None:
        return -1
    return index[names[0]] if names else -2


def _packed(manifest: Manifest) -> bytes:
    """All examples, labeled ones first: names as UTF-8 in one block, with their ends."""
    import io

    examples: list[Example] = [*manifest.labeled, *manifest.unlabeled]
    class_index: Mapping[str, int] = {name: at for at, name in enumerate(manifest.classes)}
    tags_of: Callable[[str], tuple[str, ...]] = partial(names_in, task=manifest.task)
    if manifest.task.is_number:
        ranges = NumberRanges.of(manifest)
        class_index, tags_of = ranges.index, ranges.tags_of
    names = [example.path.encode("utf-8", "surrogateescape") for example in examples]
    tags = [None if example.label is None else tags_of(example.label) for example in examples]
    out = io.BytesIO()
    np.savez(
        out,
        names=np.frombuffer(b"".join(names), dtype=np.uint8),
        ends=np.cumsum([len(name) for name in names], dtype=np.int64),
        root=np.array([example.root for example in examples], dtype=np.int16),
        label=np.array([_first_of(each, class_index) for each in tags], np.int32),
        tags=np.array([class_index[name] for each in tags for name in each or ()], np.int32),
        tag_ends=np.cumsum([len(each or ()) for each in tags], dtype=np.int64),
        split=np.array([SPLITS.index(example.split or "") for example in examples], dtype=np.int8),
        width=np.array([example.size[0] for example in examples], dtype=np.int32),
        height=np.array([example.size[1] for example in examples], dtype=np.int32),
    )
    return out.getvalue()
