"""Texts that the user leaves out: neither labeled, nor pre-trained on, nor counted."""

import json
from pathlib import Path

from core.text.data.documents import documents_of
from core.text.data.read import Columns
from core.text.data.scan import scan_texts


def write(file: Path, rows: list[dict[str, str]]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def test_that_texts_left_out_are_in_no_part_of_a_run(tmp_path: Path) -> None:
    rows = [{"text": f"labeled text {n} here", "label": "ab"[n % 2]} for n in range(8)]
    write(tmp_path / "l" / "train.jsonl", rows)
    write(tmp_path / "u" / "more.jsonl", [{"text": f"unlabeled text {n} here"} for n in range(4)])
    manifest = scan_texts(
        [tmp_path / "u"],
        tmp_path / "l",
        columns=Columns(),
        val_fraction=0,
        test_fraction=0.25,
        seed=0,
        left_out=("train.jsonl:2", str(tmp_path / "u" / "more.jsonl:3"), "train.jsonl:99"),
    )
    assert len(manifest.labeled) == 7
    assert manifest.num_unlabeled == 3
    assert [bad.path for bad in manifest.quarantined] == ["train.jsonl:2", "more.jsonl:3"]
    assert "1 name in data.left_out not found (first: train.jsonl:99)" in manifest.notes
    texts = [each.text for each in documents_of(manifest, Columns(), include_test=True)]
    assert len(texts) == 10
    assert "labeled text 1 here" not in texts
    assert "unlabeled text 2 here" not in texts


def test_that_one_side_of_a_conflict_decides_once_the_other_is_gone(tmp_path: Path) -> None:
    rows = [{"text": f"labeled text {n} here", "label": "ab"[n % 2]} for n in range(8)]
    write(tmp_path / "train.jsonl", [*rows, {"text": "labeled text 0 here", "label": "b"}])

    def labels(*left_out: str) -> list[str | None]:
        how = {"columns": Columns(), "val_fraction": 0, "test_fraction": 0, "seed": 0}
        manifest = scan_texts([], tmp_path, left_out=left_out, **how)
        return sorted(text.label or "" for text in manifest.labeled)

    assert labels() == ["a"] * 3 + ["b"] * 4
    assert labels("train.jsonl:9") == ["a"] * 4 + ["b"] * 4
    assert labels("train.jsonl:1") == ["a"] * 3 + ["b"] * 5
