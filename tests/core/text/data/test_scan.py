"""Texts on disk: encodings, columns, bad lines, copies, leaks, splits, tokens."""

import json
from pathlib import Path

import numpy as np
import pytest

from core.data.manifest import Manifest
from core.data.manifest_words import describe
from core.errors import RunError
from core.text.data.columns import find_columns
from core.text.data.decode import encoding_of
from core.text.data.documents import documents_of
from core.text.data.read import Columns
from core.text.data.scan import is_text, scan_texts
from core.text.data.token_files import Document, write_token_files
from core.text.data.token_index import TokenIndex, write_token_index
from core.text.data.token_rows import TokenRows
from core.text.data.tokens import Frame, Tokens

SHARED = [above / "shared" / "data" for above in Path(__file__).resolve().parents]


def scanned(labeled: Path | None, *unlabeled: Path, **more) -> Manifest:
    asked = {"columns": Columns(), "val_fraction": 0.0, "test_fraction": 0.2, "seed": 1, **more}
    return scan_texts(list(unlabeled), labeled, **asked)


def texts_of(manifest: Manifest) -> list[str]:
    return [each.text for each in documents_of(manifest, Columns(), include_test=True)]


def write_rows(file: Path, rows: list[tuple[str, str]]) -> None:
    lines = [json.dumps({"text": text, "label": label}) for text, label in rows]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("cp1252", "cp1252"),
        ("latin-1", "cp1252"),
    ],
)
def test_that_encodings_are_told_apart(tmp_path: Path, written: str, found: str) -> None:
    file = tmp_path / "a.txt"
    text = "Über die Größe naïver Bäume, and some plain words after it."
    file.write_bytes(text.encode(written))
    assert encoding_of(file) == found
    manifest = scanned(None, tmp_path)
    assert texts_of(manifest) == [text]
    said = [note for note in manifest.notes if "read as" in note]
    assert len(said) == (found != "utf-8")


def test_that_columns_are_found_by_name_then_by_length() -> None:
    rows = [{"id": "7", "Category": "x", "remark": "a long text of words", "n": 3}]
    assert find_columns(rows, None, None) == ("remark", "Category")
    assert find_columns([{"text": "a", "abstract": "bbb"}], None, None) == ("text", None)
    assert find_columns(rows, "id", "n") == ("id", "n")
    with pytest.raises(KeyError, match="no column titel"):
        find_columns(rows, "titel", None)


@pytest.mark.parametrize("suffix", [".jsonl", ".csv", ".tsv", ".parquet"])
def test_that_tables_of_every_kind_give_the_same_texts(tmp_path: Path, suffix: str) -> None:
    import csv

    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = [("first, with comma", "a"), ("second\nline", "b")]
    file = tmp_path / f"train{suffix}"
    if suffix == ".jsonl":
        write_rows(file, rows)
    elif suffix == ".parquet":
        pq.write_table(pa.table({"text": [r[0] for r in rows], "label": ["a", "b"]}), file)
    else:
        with file.open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out, delimiter="\t" if suffix == ".tsv" else ",")
            writer.writerows([("text", "label"), *rows])
    manifest = scanned(file, test_fraction=0.0)
    assert texts_of(manifest) == [text for text, _ in rows]
    assert [text.label for text in manifest.labeled] == ["a", "b"]


def test_that_bad_lines_are_quarantined_with_their_number(tmp_path: Path) -> None:
    good = json.dumps({"text": "fine", "label": "a"})
    lines = [good, "{broken", json.dumps({"text": " ", "label": "a"}), json.dumps({"label": "x"})]
    (tmp_path / "train.jsonl").write_text("\n".join(lines), encoding="utf-8")
    manifest = scanned(tmp_path, test_fraction=0.0)
    assert [bad.path for bad in manifest.quarantined] == [f"train.jsonl:{n}" for n in (2, 3, 4)]
    assert [text.path for text in manifest.labeled] == ["train.jsonl:1"]


def test_that_files_side_by_side_are_splits_and_leaks_are_named(tmp_path: Path) -> None:
    write_rows(tmp_path / "train.jsonl", [("The  Same\ttext", "a"), ("another", "b")])
    write_rows(tmp_path / "dev.jsonl", [("held out", "a")])
    write_rows(tmp_path / "test.jsonl", [("the same text", "a")])
    manifest = scanned(tmp_path)
    assert [len(manifest.labeled_split(name)) for name in ("train", "val", "test")] == [2, 1, 1]
    (leak,) = manifest.leaks
    assert set(leak.paths) == {"train.jsonl:1", "test.jsonl:1"}
    # What is in the test set stays out of pre-training, whatever its spacing.
    kept = {text.path for text in manifest.pretraining_examples()}
    assert kept == {"train.jsonl:2", "dev.jsonl:1"}


def test_that_class_folders_are_labels_and_a_test_split_is_held_out(tmp_path: Path) -> None:
    for label in ("news", "sport"):
        (tmp_path / label).mkdir()
        for number in range(5):
            (tmp_path / label / f"{number}.txt").write_text(f"{label} {number}", encoding="utf-8")
    manifest = scanned(tmp_path)
    assert manifest.classes == ("news", "sport")
    assert [len(manifest.labeled_split(name)) for name in ("train", "test")] == [8, 2]
    assert is_text(tmp_path)
    # The majority decides.
    (tmp_path / "picture.png").touch()
    assert is_text(tmp_path)
    for number in range(10):
        (tmp_path / f"{number} of many.png").touch()
    assert not is_text(tmp_path)


def test_that_a_folder_without_texts_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RunError) as refused:
        scanned(None, tmp_path)
    assert refused.value.id == "no-texts"
    (tmp_path / "a.txt").write_text("  \n", encoding="utf-8")
    with pytest.raises(RunError) as refused:
        scanned(None, tmp_path)
    assert refused.value.id == "no-usable-texts"


def test_that_acl_arc_leaks_as_its_readme_says() -> None:
    folder = next((data / "acl-arc" for data in SHARED if (data / "acl-arc").is_dir()), None)
    if folder is None:
        pytest.skip("the shared data sets are not on this machine")
    words = describe(scanned(folder))
    leaks = "52 of 139 test texts and 43 of 114 val texts have copies in train"
    assert any(line.startswith(leaks) for line in words)
    assert any("train.noleak.jsonl: passed over" in line for line in words)


def test_that_long_texts_become_sequences_that_never_cross(tmp_path: Path) -> None:
    def by_words(texts: list[str]) -> list[Tokens]:
        return [
            Tokens([int(word) for word in text.split()], list(range(len(text.split()))))
            for text in texts
        ]

    documents = [
        Document("20 21", 1, is_pretrained_on=True, name="b"),
        Document("30 31 32 33", 2, is_pretrained_on=False, name="c"),
        Document("10 11 12 13 14", 3, is_pretrained_on=True),
    ]
    frame = Frame((1,), (2,), 5)
    write_token_files(tmp_path, documents, tokenize=by_words, frame=frame, file_characters=15)
    assert len(list(tmp_path.glob("*.arrow"))) == 2
    write_token_index(tmp_path)
    index, rows = TokenIndex.read(tmp_path), TokenRows(tmp_path)
    ids, starts = rows.rows(np.arange(len(rows.lengths)))
    assert [ids[k].tolist() for k in index.pretraining] == [
        [1, 20, 21, 2],
        [1, 10, 11, 12, 2],
        [1, 13, 14, 2],
    ]
    assert ids[index.labeled["c"]].tolist() == [1, 30, 31, 32, 2]
    assert index.cut == 1
    assert starts[3].tolist() == [0, 1, 2, 3, 4]
    assert rows.lengths.tolist() == index.lengths.tolist() == [len(row) for row in ids]


def test_that_a_variant_of_a_split_is_passed_over_and_named(tmp_path: Path) -> None:
    write_rows(tmp_path / "train.jsonl", [("one", "a"), ("two", "b")])
    write_rows(tmp_path / "train.noleak.jsonl", [("one", "a")])
    write_rows(tmp_path / "test.jsonl", [("three", "a")])
    manifest = scanned(tmp_path)
    assert [text.path for text in manifest.labeled] == [
        "test.jsonl:1",
        "train.jsonl:1",
        "train.jsonl:2",
    ]
    assert any("train.noleak.jsonl" in note for note in manifest.notes)
    words = "\n".join(describe(scanned(tmp_path / "train.jsonl", tmp_path / "test.jsonl")))
    assert "picture" not in words
