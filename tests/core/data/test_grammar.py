"""Random layouts with their true reading: splits, classes, tables and encodings, as real files.

The scan finds what was meant, or refuses; it never finds anything else.
"""

import json
import shutil
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.data.modality import ScanRequest
from core.errors import RunError
from core.modalities import data_of
from core.recipe import DataRecipe, modality_named
from tests.core.images.data.pictures import put

# Of languages that the encodings can write: classes, and words for texts.
WORDS = {
    "latin": (["gut", "schlecht", "mäßig"], "Das Gerät läuft seit Wochen, größer wäre schöner"),
    "english": (["good", "bad", "so so"], "it works as it should for some weeks now"),
    "chinese": (["好", "差", "一般"], "这台机器已经运行了几个星期一切正常没有问题"),
    "japanese": (["良い", "悪い", "ふつう"], "この機械は数週間問題なく動いていますとても静かです"),
}
ENCODINGS = {
    "latin": ["utf-8", "utf-8-sig", "utf-16", "cp1252"],
    "english": ["utf-8", "utf-8-sig", "utf-16", "ascii"],
    "chinese": ["utf-8", "utf-16", "gb18030"],
    "japanese": ["utf-8", "utf-8-sig", "shift_jis"],
}
SPLITS = [
    {},
    {"train": "train", "test": "test"},
    {"Training": "train", "Validation": "val", "Testing": "test"},
    {"trn": "train", "dev": "val", "tst": "test"},
]
FORMATS = [("csv", ","), ("csv", ";"), ("csv", "|"), ("tsv", "\t"), ("jsonl", ""), ("json", "")]
NAMES = {
    "images": [("path", "label"), ("file_name", "class"), ("image_id", "diagnosis")],
    "text": [("text", "label"), ("sentence", "category"), ("review", "sentiment")],
}


# Class, folder of the split, number, text.
Example = tuple[str, str, int, str]


@dataclass
class Layout:
    """Files to be written, and what they mean.

    Attributes:
        kind: `images` or `text`.
        files: Bytes by path; of a picture its seed.
        true: Number of examples by class and split; a split of None is drawn by us.
    """

    kind: str
    files: dict[str, bytes | int] = field(default_factory=dict)
    true: Counter[tuple[str, str | None]] = field(default_factory=Counter)

    def write(self, folder: Path) -> None:
        """Write them."""
        for name, data in self.files.items():
            file = folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(data, int):
                put(file, data)
            else:
                file.write_bytes(data)


def table(rows: list[dict[str, Any]], suffix: str, separator: str, encoding: str) -> bytes:
    """Rows as a file."""
    if suffix == "jsonl":
        lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    elif suffix == "json":
        lines = json.dumps(rows, ensure_ascii=False)
    else:
        quoted = [
            [f'"{cell}"' if separator in cell else cell for cell in row.values()] for row in rows
        ]
        lines = "\n".join(separator.join(cells) for cells in [list(rows[0]), *quoted]) + "\n"
    return lines.encode(encoding)


def in_folders(layout: Layout, wrapping: str, examples: list[Example], encoding: str) -> None:
    """A folder for each split with one for each class."""
    for label, name, number, text in examples:
        file = f"{wrapping}{name}/{label}/{number}" if name else f"{wrapping}{label}/{number}"
        if layout.kind == "images":
            layout.files[f"{file}.png"] = number
        else:
            layout.files[f"{file}.txt"] = text.encode(encoding)


def rows_of(
    layout: Layout, wrapping: str, examples: list[Example], names: tuple[str, str], where: str
) -> dict[str, list[dict[str, Any]]]:
    """Rows by the name of their table; pictures are written beside them."""
    tables: dict[str, list[dict[str, Any]]] = {}
    for label, name, number, text in examples:
        cell = text
        if layout.kind == "images":
            cell = f"pictures/{number}.png"
            layout.files[f"{wrapping}{cell}"] = number
        row = {names[0]: cell, names[1]: label}
        if where == "a column":
            row["split"] = name
        tables.setdefault(name if where == "a table each" else "labels", []).append(row)
    return tables


@st.composite
def layouts(draw: Any, kind: str) -> Layout:
    """Class folders, or a table for all, one per split, or one with a column of splits."""
    language = draw(st.sampled_from(list(WORDS)))
    classes, words = WORDS[language]
    splits = draw(st.sampled_from(SPLITS))
    wrapping = draw(st.sampled_from(["", "my data/"]))
    found = Layout(kind)
    examples: list[Example] = []
    for label in classes[: draw(st.integers(2, 3))]:
        for name, split in (splits or {"": None}).items():
            for _ in range(draw(st.integers(3, 4))):
                number = len(examples)
                text = f"{words} {number} {words[number % 7 :]}"
                examples.append((label, name, number, text))
                found.true[label, split] += 1
    ways = ["folders", "a table each", "a column"] if splits else ["folders", "one table"]
    where = draw(st.sampled_from(ways))
    encoding = draw(st.sampled_from(ENCODINGS[language]))
    if where == "folders":
        in_folders(found, wrapping, examples, encoding)
        return found
    suffix, separator = draw(st.sampled_from(FORMATS))
    names = draw(st.sampled_from(NAMES[kind]))
    for name, rows in rows_of(found, wrapping, examples, names, where).items():
        found.files[f"{wrapping}{name}.{suffix}"] = table(rows, suffix, separator, encoding)
    return found


def check(layout: Layout, cache: Path) -> None:
    """Scan it and compare."""
    folder = Path(tempfile.mkdtemp(dir=cache))
    try:
        layout.write(folder)
        part = data_of(modality_named(layout.kind))
        data = DataRecipe()
        try:
            unlabeled, labeled = part.roles(folder, data)
            request = ScanRequest(
                unlabeled=unlabeled, labeled=labeled, data=data, seed=0, workers=1
            )
            manifest = part.scan(request)
        except RunError:
            return
        if not manifest.labeled and any("not used" in note for note in manifest.notes):
            return  # refused, with the reason
        read = Counter((example.label, example.split) for example in manifest.labeled)
        if all(split is None for _, split in layout.true):
            # The test split is drawn by us.
            read = Counter((example.label, None) for example in manifest.labeled)
        assert read == layout.true, (sorted(layout.files), manifest.notes)
    finally:
        shutil.rmtree(folder)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where layouts are written."""
    return tmp_path_factory.mktemp("layouts")


@given(layouts("text"))
@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_that_layouts_of_texts_are_read_as_meant_or_refused(cache: Path, layout: Layout) -> None:
    check(layout, cache)


@given(layouts("images"))
@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_that_layouts_of_images_are_read_as_meant_or_refused(cache: Path, layout: Layout) -> None:
    check(layout, cache)
