"""Examples to be compared side by side: copies across splits, several labels of one, and the like.

A pair has the kind of its `CopyPair` or `Leak`, whatever kinds there are, or `unlabeled`: an
unlabeled copy of a test example.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from core.data.manifest import Example, Leak, Manifest, Quarantined, TextFile, displayed
from core.data.pairs import CopyPair, PairSide
from core.data.tables.splits import UNLABELED

_MOST: Final = 500
_MOST_OF_A_GROUP: Final = 20

Found = Example | Quarantined | TextFile


@dataclass(frozen=True, slots=True)
class Side:
    """One of two.

    Attributes:
        name: As `data.left_out` takes it.
        path: Its file, with the line of a text in one; absolute.
        what: Its split, or its label, or both: what tells it from the other one.
    """

    name: str
    path: str
    what: str


@dataclass(frozen=True, slots=True)
class Pair:
    """Two examples of which one may have to go.

    Attributes:
        kind: Why they are compared.
        sides: The two.
        is_left_out: Whether the second is kept out of training without anybody's doing.
    """

    kind: str
    sides: tuple[Side, Side]
    is_left_out: bool = False


def pairs_of(manifest: Manifest) -> list[Pair]:
    """At most 500 pairs, each group of copies as its first one beside each that differs."""
    names = _Names(manifest)
    found = [_of_copy(pair, names) for pair in manifest.pairs[:_MOST]]
    known = {_paths(pair) for pair in found}
    for leak in (*manifest.leaks, *_unlabeled_copies(manifest, names)):
        if len(found) >= _MOST:
            break
        pairs = list(_of_leak(leak, names))
        # Copies with two labels are a question of their own.
        found += [pair for pair in pairs if leak.kind == "labels" or _paths(pair) not in known]
    return found[:_MOST]


def _paths(pair: Pair) -> frozenset[str]:
    return frozenset(side.path for side in pair.sides)


def _of_copy(pair: CopyPair, names: "_Names") -> Pair:
    sides = (names.side_of_copy(pair.of), names.side_of_copy(pair.copy))
    return Pair(pair.kind, sides, pair.is_left_out)


def _of_leak(leak: Leak, names: "_Names") -> Iterator[Pair]:
    """A test example first, if there is one: what lies elsewhere is compared with it."""
    where = list(leak.where)
    first = where.index("test") if "test" in where else 0
    sides = [names.side(leak, at) for at in range(len(leak.paths))]
    others = [
        at
        for at in range(len(sides))
        if at != first and (where[at] != where[first] or len(set(where)) == 1)
    ]
    for at in others[:_MOST_OF_A_GROUP]:
        yield Pair(leak.kind, (sides[first], sides[at]))


def _unlabeled_copies(manifest: Manifest, names: "_Names") -> Iterator[Leak]:
    for group in manifest.duplicates:
        splits = [names.split(name) for name in group]
        tests = [name for name, split in zip(group, splits, strict=True) if split == "test"]
        others = [n for n, split in zip(group, splits, strict=True) if split == UNLABELED]
        if tests and others:
            paths = (tests[0], *others)
            # No split of ours: only for `Pair`.
            where = ("test", *[UNLABELED] * len(others))
            yield Leak(UNLABELED, paths, where)  # type: ignore[arg-type]


@dataclass
class _Names:
    """Finds what the names in leaks and groups of copies stand for."""

    manifest: Manifest
    _sides: dict[str, Side] = field(default_factory=dict)

    @cached_property
    def _examples(self) -> dict[str, Found]:
        found: dict[str, Found] = {}
        manifest = self.manifest
        listed: list[Found] = [*manifest.labeled, *manifest.unlabeled, *manifest.quarantined]
        for example in listed:
            self._add(found, example)
        return found

    @cached_property
    def _corpora(self) -> dict[str, Found]:
        found: dict[str, Found] = {}
        for corpus in self.manifest.corpora:
            self._add(found, corpus)
        return found

    def _add(self, found: dict[str, Found], example: Found) -> None:
        """By both ways in which modalities name it."""
        found.setdefault(displayed(example.path), example)
        if len(self.manifest.roots) > 1:
            found.setdefault(displayed(self.manifest.absolute(example).as_posix()), example)

    def _find(self, name: str) -> tuple[Found | None, str]:
        """What has that name, and the line in its file (`:12`) if that isn't part of its path."""
        if (example := self._examples.get(name)) is not None:
            return example, ""
        file, colon, line = name.rpartition(":")
        if colon and line.isdigit() and (corpus := self._corpora.get(file)) is not None:
            return corpus, f":{line}"
        return self._corpora.get(name), ""

    def split(self, name: str) -> str:
        """The split of a copy; `unlabeled` where it is pre-trained on."""
        example, _ = self._find(name)
        if example is None or isinstance(example, Quarantined):
            return ""
        return example.split or UNLABELED

    def side_of_copy(self, side: PairSide) -> Side:
        """One of a pair of copies."""
        path = str(self.manifest.place(side.root, side.path))
        shown = side.path if len(self.manifest.roots) == 1 else path
        label = displayed(side.label) if side.label is not None else None
        what = ", ".join(filter(None, (label, side.split or (UNLABELED if not label else None))))
        return Side(displayed(shown), path, what)

    def side(self, leak: Leak, at: int) -> Side:
        """One entry of a leak."""
        name = leak.paths[at]
        example, line = self._find(leak.shown[at] if leak.shown else name)
        label = example.label if isinstance(example, Example) else None
        words = [leak.where[at]]
        if leak.kind != "labels" and label is not None:
            words.insert(0, displayed(label))
        if isinstance(example, Example) and leak.kind == "labels" and example.split:
            words.append(example.split)
        what = ", ".join(dict.fromkeys(filter(None, words)))
        if example is None:
            return Side(name, "", what)
        path = str(self.manifest.absolute(example)) + line
        is_named = not leak.shown and len(self.manifest.roots) > 1
        return Side(displayed(path) if is_named else name, path, what)


def as_json(pairs: Iterable[Pair], texts: Mapping[str, str]) -> list[dict[str, object]]:
    """Ready for JSON.

    Args:
        pairs: What was found.
        texts: By the path of a side, for examples that are texts.
    """
    return [
        {
            "kind": pair.kind,
            "left_out": pair.is_left_out,
            "sides": [
                {
                    "name": side.name,
                    "file": displayed(side.path),
                    "what": side.what,
                    "text": texts.get(side.path, ""),
                }
                for side in pair.sides
            ],
        }
        for pair in pairs
    ]
