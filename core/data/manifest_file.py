r"""The manifest as a file: JSON lines, a header first, then one line per entry.

Lines are ASCII; a name that is not UTF-8 is written with its surrogates escaped (`\udcff`) and
comes back the same. Roots are kept as given, so a run folder that moved to another machine can
still be read.
"""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import astuple, dataclass, field, fields
from pathlib import Path
from typing import IO, Any

from core.data.decision import Correction
from core.data.manifest import Example, Guess, Leak, Manifest, Quarantined, TextFile
from core.data.manifest_rows import EXAMPLE_ROW, QUARANTINED_ROW, TEXTS_ROW
from core.data.pairs import CopyPair
from core.data.places import is_sealed, seal
from core.errors import RunError
from core.recipe.modality import AUTO, modalities, modality_named
from core.recipe.tasks import task_named
from core.system.atomic import write_atomically
from core.system.inside import stays_inside

# 3: an example may have several labels. 4: its label is a number.
MANIFEST_FORMAT = 4
_SEVERAL_LABELS = 3
_SINGLE_LABEL = 2
# What says nothing of copies can be read by the first versions too.
_WITHOUT_COPIES = 1
_HASHES_OF_A_LINE = 500
_KIND = "redistill-manifest"
# Where the two numbers of an example's size stand in its line.
_FIELDS = tuple(each.name for each in fields(Example))
_SIZE_AT = _FIELDS.index("size")


def write_manifest(manifest: Manifest, path: Path) -> None:
    """Write `manifest` to `path`, whole or not at all."""

    def write(file: IO[bytes]) -> None:
        for line in _lines(manifest):
            file.write(json.dumps(line, separators=(",", ":")).encode("ascii") + b"\n")

    write_atomically(path, write)


def read_manifest(path: Path) -> Manifest:
    """Read a manifest that `write_manifest` wrote.

    Raises:
        RunError: `manifest-damaged` (missing, cut short, edited), `manifest-newer`.
    """
    try:
        with path.open(encoding="ascii") as file:
            return _parse(file, path)
    except (OSError, ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        raise RunError("manifest-damaged", path=path, reason=error) from error


def _lines(manifest: Manifest) -> Iterator[Any]:
    yield {
        "kind": _KIND,
        "format": _format_of(manifest),
        "roots": manifest.roots,
        "classes": manifest.classes,
        "passed_over": manifest.passed_over,
        "passed_over_why": dict(manifest.passed_over_why),
        "notes": manifest.notes,
        "example": manifest.modality.file_name,
        "unlisted_copies": manifest.unlisted_copies,
        # Optional: programs that don't know them read on.
        "guesses": [astuple(guess) for guess in manifest.guesses],
        "num_pairs": manifest.num_pairs,
        "cuts_lines": manifest.cuts_lines,
        **({} if manifest.task.is_single else {"task": manifest.task_name}),
        **({"groups": manifest.groups} if manifest.groups else {}),
        # Likewise: the labels in the lines are the corrected ones.
        **(
            {"corrections": [astuple(each)[:4] for each in manifest.corrections]}
            if manifest.corrections
            else {}
        ),
        **_sealed(manifest),
        "counts": {
            EXAMPLE_ROW: len(manifest.unlabeled) + len(manifest.labeled),
            QUARANTINED_ROW: len(manifest.quarantined),
            "duplicates": len(manifest.duplicates),
            "leak": len(manifest.leaks),
            TEXTS_ROW: len(manifest.corpora),
            "pair": len(manifest.pairs),
            "left_out": len(manifest.left_out),
            "left_out_texts": -(-len(manifest.left_out_texts) // _HASHES_OF_A_LINE),
        },
    }
    for example in (*manifest.unlabeled, *manifest.labeled):
        yield [EXAMPLE_ROW, *_flat(example)]
    for file in manifest.corpora:
        yield [TEXTS_ROW, *astuple(file)]
    for bad in manifest.quarantined:
        yield [QUARANTINED_ROW, *astuple(bad)]
    for group in manifest.duplicates:
        yield ["duplicates", *group]
    for leak in manifest.leaks:
        # Optional: programs that don't know the last one read on.
        yield ["leak", leak.kind, leak.paths, leak.where, *([leak.shown] if leak.shown else [])]
    for pair in manifest.pairs:
        yield ["pair", *pair.to_list()]
    for place in sorted(manifest.left_out):
        yield ["left_out", *place]
    hashes = sorted(manifest.left_out_texts)
    for start in range(0, len(hashes), _HASHES_OF_A_LINE):
        yield ["left_out_texts", *hashes[start : start + _HASHES_OF_A_LINE]]


def _format_of(manifest: Manifest) -> int:
    if not manifest.task.is_single:
        return _SEVERAL_LABELS if manifest.task.is_multi else MANIFEST_FORMAT
    return _SINGLE_LABEL if _has_copies(manifest) else _WITHOUT_COPIES


def _has_copies(manifest: Manifest) -> bool:
    """Whether an older version would train on other examples, or not know some of the lines."""
    return bool(
        manifest.pairs or manifest.left_out or manifest.left_out_texts or manifest.cuts_lines
    )


def _sealed(manifest: Manifest) -> dict[str, str]:
    entries: list[Example | Quarantined] = [*manifest.unlabeled, *manifest.labeled]
    entries += manifest.quarantined
    outside = [entry.path for entry in entries if not stays_inside(entry.path)]
    found = seal(manifest.roots, outside) if manifest.is_own else ""
    return {"seal": found} if found else {}


def _flat(example: Example) -> list[Any]:
    values = astuple(example)
    place = _SIZE_AT
    return [*values[:place], *values[place], *values[place + 1 :]]


def _example(values: list[Any]) -> Example:
    named = dict(zip(_FIELDS, _folded(values), strict=True))
    return Example(**named)


def _folded(values: list[Any]) -> list[Any]:
    place = _SIZE_AT
    return [*values[:place], (values[place], values[place + 1]), *values[place + 2 :]]


def read_header(line: str | bytes, path: Path) -> dict[str, Any]:
    """What the first line of a manifest says.

    Raises:
        ValueError: It is no manifest.
        RunError: `manifest-newer`.
    """
    header = json.loads(line or "null")
    if not isinstance(header, dict) or header.get("kind") != _KIND:
        raise ValueError("it is not a manifest of Redistill")
    if header["format"] > MANIFEST_FORMAT:
        raise RunError("manifest-newer", path=path, found=header["format"], known=MANIFEST_FORMAT)
    return header


def _parse(file: IO[str], path: Path) -> Manifest:
    header = read_header(file.readline(), path)
    examples: list[Example] = []
    quarantined: list[Quarantined] = []
    duplicates: list[tuple[str, ...]] = []
    leaks: list[Leak] = []
    corpora: list[TextFile] = []
    copies = _Copies()
    found: Counter[str] = Counter()
    for line in file:
        kind, *values = json.loads(line)
        found[kind] += 1
        if kind == EXAMPLE_ROW:
            examples.append(_example(values))
        elif kind == QUARANTINED_ROW:
            quarantined.append(Quarantined(*values))
        elif kind == "duplicates":
            duplicates.append(tuple(values))
        elif kind == "leak":
            leaks.append(Leak(values[0], *map(tuple, values[1:4])))
        elif kind == TEXTS_ROW:
            corpora.append(TextFile(*values))
        else:
            copies.add(kind, values)
    if found != Counter(header["counts"]):
        raise ValueError("it is cut short")
    return Manifest(
        roots=tuple(header["roots"]),
        unlabeled=tuple(example for example in examples if example.label is None),
        labeled=tuple(example for example in examples if example.label is not None),
        classes=tuple(header["classes"]),
        quarantined=tuple(quarantined),
        passed_over=header["passed_over"],
        passed_over_why=header["passed_over_why"],
        duplicates=tuple(duplicates),
        leaks=tuple(leaks),
        notes=tuple(header["notes"]),
        kind=_kind_of(header),
        corpora=tuple(corpora),
        unlisted_copies=int(header.get("unlisted_copies", 0)),
        guesses=tuple(Guess(*map(str, guess)) for guess in header.get("guesses", ())),
        pairs=tuple(copies.pairs),
        num_pairs=int(header.get("num_pairs", 0)),
        left_out=frozenset(copies.left_out),
        left_out_texts=frozenset(copies.left_out_texts),
        cuts_lines=bool(header.get("cuts_lines", False)),
        groups=_groups(header, sum(example.label is not None for example in examples)),
        corrections=tuple(Correction(*each) for each in header.get("corrections", ())),
        task_name=task_named(header.get("task")).name,
        is_own=is_sealed(header["roots"], header.get("seal")),
    )


@dataclass
class _Copies:
    """What the lines of a manifest say of copies."""

    pairs: list[CopyPair] = field(default_factory=list)
    left_out: set[tuple[int, str]] = field(default_factory=set)
    left_out_texts: set[int] = field(default_factory=set)

    def add(self, kind: str, values: list[Any]) -> None:
        if kind == "pair":
            self.pairs.append(CopyPair.from_list(values))
        elif kind == "left_out":
            self.left_out.add((int(values[0]), str(values[1])))
        elif kind == "left_out_texts":
            self.left_out_texts.update(map(int, values))
        else:
            raise ValueError(f"unknown entry {kind!r}")


def _groups(header: dict[str, Any], num_labeled: int) -> tuple[int | None, ...]:
    groups = tuple(header.get("groups", ()))
    if groups and (
        len(groups) != num_labeled
        or not all(each is None or isinstance(each, int) for each in groups)
    ):
        raise ValueError("its groups are not those of its examples")
    return groups


def _kind_of(header: dict[str, Any]) -> str:
    """The modality's name; manifests of older versions are all of images and don't say it."""
    known = {modality.file_name: modality.name for modality in modalities().values()}
    named = header.get("example")
    return modality_named(AUTO).name if named is None else known[str(named)]
