"""The demo's texts: paragraphs of scientific packages' docstrings, labelled by package."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.demo.docstrings import Package, docstrings_of, is_held_out, likeness, modules_of
from core.errors import RunError
from core.system.atomic import write_text
from core.system.resources import RESOURCES

PACKAGES = (
    Package("networkx", "networkx", "BSD-3-Clause"),
    Package("numpy", "numpy", "BSD-3-Clause"),
    Package("scipy", "scipy", "BSD-3-Clause"),
    Package("sklearn", "scikit-learn", "BSD-3-Clause"),
    Package("sympy", "sympy", "BSD-3-Clause"),
    Package("torch", "torch", "BSD-3-Clause"),
)
# Written when the application is packaged, because sources are not in the package.
BUNDLED = RESOURCES / "demo-texts"
LABELED_PER_CLASS = 16
# They set how sure a classifier is, and choose the one that is offered.
VALIDATION_PER_CLASS = 10
TEST_PER_CLASS = 60
UNLABELED_PER_CLASS = 400
_LEAST_WORDS = 12
# A text that names its package would be its own label.
_GIVEN_AWAY = re.compile(
    r"networkx|\bnx\b|numpy|\bnp\b|ndarray|scipy|sklearn|scikit|sympy|torch", re.IGNORECASE
)


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of a module's documentation."""

    module: str
    text: str


def write_docstrings(
    folder: Path, seed: int = 0, *, report: Callable[[int, int], None] | None = None
) -> int:
    """Write the texts: most unlabeled, few labeled, some of other modules held out for testing.

    Makes `unlabeled.jsonl`, `labeled/train.jsonl`, `labeled/val.jsonl` and `labeled/test.jsonl`. No
    module gives texts to both training and testing, and no text stands in two places; the modules
    tested on are those that the starter was not pre-trained on.

    Args:
        folder: Where to write; made if missing.
        seed: Which texts are labeled.
        report: Told (packages read, packages in all).

    Returns:
        How many texts were written.

    Raises:
        RunError: The packages' sources are not on this machine.
    """
    if BUNDLED.is_dir():
        return _copy_bundled(folder)
    pools = {}
    for done, package in enumerate(PACKAGES):
        if report is not None:
            report(done, len(PACKAGES))
        pools[package.name] = paragraphs_of(package)
    ambiguous = _in_two_places(pools)
    generator = np.random.default_rng(seed)
    parts: dict[str, list[dict[str, str]]] = {
        name: [] for name in ("train", "val", "test", "unlabeled")
    }
    for name, pool in pools.items():
        own = [each for each in pool if likeness(each.text) not in ambiguous]
        seen = [each.text for each in own if not is_held_out(each.module)]
        held_out = [each.text for each in own if is_held_out(each.module)]
        if len(seen) < 2 * LABELED_PER_CLASS or len(held_out) < LABELED_PER_CLASS:
            raise RunError("no-docstrings", package=name)
        order = generator.permutation(len(seen)).tolist()
        mixed = [seen[place] for place in order]
        unlabeled = LABELED_PER_CLASS + VALIDATION_PER_CLASS
        rows = {
            "train": mixed[:LABELED_PER_CLASS],
            "val": mixed[LABELED_PER_CLASS:unlabeled],
            "unlabeled": mixed[unlabeled : unlabeled + UNLABELED_PER_CLASS],
            "test": held_out[:TEST_PER_CLASS],
        }
        for part, texts in rows.items():
            parts[part] += [{"text": text, "label": name} for text in texts]
    for part in ("train", "val", "test"):
        _write(folder / "labeled" / f"{part}.jsonl", parts[part])
    _write(folder / "unlabeled.jsonl", [{"text": row["text"]} for row in parts["unlabeled"]])
    return sum(map(len, parts.values()))


def paragraphs_of(package: Package) -> list[Paragraph]:
    """Enough paragraphs of a package that do not name it, in an order that never changes.

    Reading stops when there are enough: large packages have thousands of modules.
    """
    labeled = LABELED_PER_CLASS + VALIDATION_PER_CLASS
    wanted = {True: TEST_PER_CLASS, False: labeled + UNLABELED_PER_CLASS}
    found: list[Paragraph] = []
    for module, file in modules_of(package):
        if wanted[is_held_out(module)] <= 0:
            continue
        fresh = list(_told(module, file))
        found += fresh
        wanted[is_held_out(module)] -= len(fresh)
        if max(wanted.values()) <= 0:
            break
    return found


def _told(module: str, file: Path) -> Iterator[Paragraph]:
    for docstring in docstrings_of(module, file):
        for text in docstring.paragraphs:
            if len(text.split()) >= _LEAST_WORDS and not _GIVEN_AWAY.search(text):
                yield Paragraph(module, text)


def _in_two_places(pools: dict[str, list[Paragraph]]) -> set[str]:
    """What occurs twice, be it in two packages, two modules or one."""
    seen: set[str] = set()
    twice: set[str] = set()
    for pool in pools.values():
        for paragraph in pool:
            key = likeness(paragraph.text)
            (twice if key in seen else seen).add(key)
    return twice


def _copy_bundled(folder: Path) -> int:
    count = 0
    for file in sorted(BUNDLED.rglob("*.jsonl")):
        text = file.read_text(encoding="utf-8")
        count += text.count("\n")
        place = folder / file.relative_to(BUNDLED)
        place.parent.mkdir(parents=True, exist_ok=True)
        write_text(place, text)
    return count


def _write(file: Path, rows: list[dict[str, str]]) -> None:
    lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    file.parent.mkdir(parents=True, exist_ok=True)
    write_text(file, "".join(lines))
