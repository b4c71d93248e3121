"""Pairs to be looked at: what the window is told of copies and conflicts, of both modalities."""

import io
import json
from pathlib import Path
from typing import Any

import pytest

from core.processes.scan import answer
from core.system.json_lines import MessageWriter
from tests.core.images.data.pictures import put


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDISTILL_CACHE", str(tmp_path / "cache"))


def found(out: Path, **asked: Any) -> dict[str, Any]:
    request = {"unlabeled": [], "labeled": None, "seed": 0, "out": str(out), **asked}
    answer(request, MessageWriter(io.StringIO()))
    summary: dict[str, Any] = json.loads((out / "findings.json").read_text(encoding="utf-8"))
    return summary


def told(summary: dict[str, Any]) -> list[tuple[str, list[tuple[str, str]]]]:
    return [
        (pair["kind"], [(side["name"], side["what"]) for side in pair["sides"]])
        for pair in summary["pairs"]
    ]


def test_that_a_copy_in_training_stands_beside_the_test_image(tmp_path: Path) -> None:
    folder = tmp_path / "set"
    for n, below in enumerate(("train/cat", "train/dog", "test/cat", "test/dog")):
        put(folder / below / "a.png", n)
        put(folder / below / "b.png", n + 10)
    put(folder / "train" / "cat" / "copy.png", 2)
    put(folder / "train" / "dog" / "other.png", 10)
    put(tmp_path / "more" / "again.png", 3)
    summary = found(tmp_path / "out", labeled=str(folder), unlabeled=[str(tmp_path / "more")])
    test, train = str(folder / "test/cat/a.png"), str(folder / "train/cat/copy.png")
    one, two = str(folder / "train/cat/b.png"), str(folder / "train/dog/other.png")
    dog, again = str(folder / "test/dog/a.png"), str(tmp_path / "more" / "again.png")
    assert told(summary) == [
        ("exact", [(dog, "dog, test"), (again, "unlabeled")]),
        ("exact", [(test, "cat, test"), (train, "cat, train")]),
        ("labels", [(one, "cat, train"), (two, "dog, train")]),
    ]
    assert [side["file"] for side in summary["pairs"][1]["sides"]] == [test, train]
    assert summary["pairs"][1]["left_out"]
    left_out = found(tmp_path / "out", labeled=str(folder), left_out=[train, two])
    assert told(left_out) == []
    assert left_out["num_quarantined"] == 0


def test_that_rows_with_two_labels_show_their_image(tmp_path: Path) -> None:
    for n in range(5):
        put(tmp_path / "set" / f"{n}.png", n)
    rows = ["0.png,cat", "0.png,dog", "1.png,cat", "2.png,dog", "3.png,cat", "4.png,dog"]
    (tmp_path / "set" / "labels.csv").write_text("\n".join(["file,label", *rows]))
    summary = found(tmp_path / "out", labeled=str(tmp_path / "set"))
    assert told(summary) == [("labels", [("labels.csv:2", "cat"), ("labels.csv:3", "dog")])]
    files = {side["file"] for side in summary["pairs"][0]["sides"]}
    assert files == {str(tmp_path / "set" / "0.png")}
    assert summary["choices"]["columns"] == ["file", "label"]


def test_that_texts_of_pairs_can_be_read(tmp_path: Path) -> None:
    (tmp_path / "train.csv").write_text(
        "text,label\nso it is here,a\nso it is here,b\none more here,a\nand the last one,b\n"
    )
    (tmp_path / "test.csv").write_text("text,label\none more here,a\nsomething new now,b\n")
    summary = found(tmp_path / "out", kind="text", labeled=str(tmp_path))
    assert told(summary) == [
        ("exact", [("test.csv:2", "a, test"), ("train.csv:4", "a, train")]),
        ("labels", [("train.csv:2", "a"), ("train.csv:3", "b")]),
    ]
    assert [side["text"] for side in summary["pairs"][0]["sides"]] == ["one more here"] * 2
    assert [side["text"] for side in summary["pairs"][1]["sides"]] == ["so it is here"] * 2


def test_that_an_unlabeled_copy_of_a_test_text_is_shown(tmp_path: Path) -> None:
    for name in ("train", "test"):
        rows = [f"{name} text number {n},{'ab'[n % 2]}" for n in range(4)]
        (tmp_path / f"{name}.csv").write_text("\n".join(["text,label", *rows]))
    (tmp_path / "u").mkdir()
    lines = [json.dumps({"text": text}) for text in ("quite new words", "test text number 1")]
    (tmp_path / "u" / "more.jsonl").write_text("\n".join(lines))
    (tmp_path / "l").mkdir()
    for name in ("train.csv", "test.csv"):
        (tmp_path / name).rename(tmp_path / "l" / name)
    asked = {"labeled": str(tmp_path / "l"), "unlabeled": [str(tmp_path / "u")]}
    (pair,) = found(tmp_path / "out", kind="text", **asked)["pairs"]
    assert pair["kind"] == "exact"
    assert [side["text"] for side in pair["sides"]] == ["test text number 1"] * 2
    assert pair["sides"][1]["name"] == str(tmp_path / "u" / "more.jsonl:2")
    gone = found(tmp_path / "out", kind="text", left_out=[pair["sides"][1]["name"]], **asked)
    assert gone["pairs"] == []
    assert gone["num_unlabeled"] == 1
