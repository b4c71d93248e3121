"""What a window is told of texts: what a folder is, its columns, a few texts of each kind."""

import io
import json
from pathlib import Path

import pytest

from core.processes.scan import answer
from core.system.json_lines import MessageWriter
from core.text.data.examples import sampled_texts
from core.text.data.read import Columns
from core.text.data.recognise import columns_found, columns_in, recognise_texts
from core.text.data.scan import scan_texts


def scanned(unlabeled: list[Path], labeled: Path | None):
    return scan_texts(
        unlabeled, labeled, columns=Columns(), val_fraction=0.0, test_fraction=0.25, seed=0
    )


def write_table(file: Path, rows: list[dict[str, object]]) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return file


def test_that_layouts_of_texts_are_told_apart(tmp_path: Path) -> None:
    for label in ("sports", "music"):
        for number in range(3):
            file = tmp_path / "classes" / label / f"{number}.txt"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(f"a text about {label} number {number}", encoding="utf-8")
            (tmp_path / f"{label}{number}.md").write_text("no class here", encoding="utf-8")
    found = recognise_texts(tmp_path / "classes")
    assert (found.is_labeled, found.words) == (True, "6 text files in 2 classes")
    assert not recognise_texts(tmp_path).is_labeled
    table = write_table(tmp_path / "t" / "train.jsonl", [{"sentence": "so it is", "label": "x"}])
    assert recognise_texts(table.parent).words == "1 table of texts, labels in column label"
    assert columns_in(table) == ("sentence", "label")
    assert columns_found(table, Columns()) == ("sentence", "label")
    assert columns_found(table, Columns(text="label")) == ("label", None)


def test_that_few_texts_of_each_class_and_file_are_kept(tmp_path: Path) -> None:
    rows = [{"text": f"text number {n} of many", "label": f"l{n % 2}"} for n in range(600)]
    labeled = write_table(tmp_path / "labeled" / "all.jsonl", rows)
    corpus = write_table(tmp_path / "big.jsonl", [{"text": f"plain {n}"} for n in range(400)])
    manifest = scanned([corpus], labeled.parent)
    found = sampled_texts(manifest, Columns())
    kinds = [(each.label, each.split) for each in found]
    assert kinds.count(("l0", "train")) == 100
    assert kinds.count((None, None)) == 50
    first = next(each for each in found if each.label is None)
    assert (first.name, first.text) == ("big.jsonl:1", "plain 0")


@pytest.mark.parametrize("kind", ["text", "images"])
def test_that_the_helper_says_what_was_dropped(tmp_path: Path, kind: str) -> None:
    if kind == "text":
        (tmp_path / "data.csv").write_text("body,label\nso it is,a\n", encoding="utf-8")
    else:
        (tmp_path / "data.csv").write_text("path,label\n1.png,a\n", encoding="utf-8")
    request = {"recognise": [str(tmp_path / "data.csv")]}
    (found,) = answer(request, MessageWriter(io.StringIO()))["found"]
    assert found.get("kind", "images") == kind
