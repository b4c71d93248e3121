import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.errors import RunError
from core.images.data.scan import recognise, scan
from tests.core.images.data.pictures import put

ROWS = [("images/a.png", "cat"), ("images/b.png", "dog"), ("images/é.png", "cat")]


@pytest.fixture
def folder(tmp_path):
    for seed, (path, _) in enumerate(ROWS):
        put(tmp_path / path, seed)
    return tmp_path


def labels_of(manifest):
    return [(image.path, image.label) for image in manifest.labeled]


def csv(separator=",", head=("path", "label")):
    lines = [head] if head else []
    return "".join(separator.join(row) + "\n" for row in (*lines, *ROWS))


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("labels.csv", csv().encode()),
        ("labels.csv", csv().encode("utf-8-sig")),
        ("labels.csv", csv().encode("utf-16")),
        ("labels.csv", csv().encode("cp1252")),
        ("labels.csv", csv(";").replace("\n", "\r\n").encode()),
        ("labels.csv", csv(head=None).encode()),
        ("labels.csv", csv().replace("/", "\\").encode()),
        ("labels.tsv", csv("\t", ("Image Path", "Category")).encode()),
        ("x.jsonl", "\n".join(json.dumps({"file_name": p, "class": c}) for p, c in ROWS).encode()),
    ],
)
def test_that_tables_are_read_however_they_are_written(folder, name, data):
    (folder / name).write_bytes(data)
    by_table = scan([], folder / name, test_fraction=0)
    assert labels_of(by_table) == sorted(ROWS)
    assert scan([], folder, test_fraction=0).labeled == by_table.labeled
    assert recognise(folder).kind == recognise(folder / name).kind == "table"
    assert f"3 images in 2 classes, labels in {name}: 3 train" in by_table.notes[0]


def test_that_parquet_and_its_split_column_are_read(folder):
    splits = ["train", "train", "Test"]
    paths, labels = [path for path, _ in ROWS], [3, 4, 3]
    pq.write_table(
        pa.table({"image": paths, "target": labels, "split": splits}), folder / "labels.parquet"
    )
    manifest = scan([folder], folder)
    assert manifest.classes == ("3", "4")
    assert [image.split for image in manifest.labeled] == ["train", "train", "test"]
    assert manifest.notes[0] == "3 images in 2 classes, labels in labels.parquet: 2 train, 1 test"
    assert len(manifest.pretraining_examples()) == 2


def test_that_bad_rows_are_named_with_their_line(folder):
    put(folder / "images" / "c.png", 9)
    (folder / "labels.csv").write_text(
        "path,label,split\n"
        "images/a.png,cat,train\n"
        "images/b.png\n"
        "images/c.png,,train\n"
        "images/missing.png,dog,train\n"
        "https://somewhere/x.png,dog,train\n"
        "images/b.png,dog,weekly\n"
        "images/b.png,dog,train\n"
        "images/a.png,dog,train\n",
        encoding="utf-8",
    )
    manifest = scan([], folder, test_fraction=0)
    # Nobody knows which of its two labels a.png has; c.png has none.
    assert labels_of(manifest) == [("images/b.png", "dog")]
    assert [image.path for image in manifest.unlabeled] == ["images/c.png"]
    assert {(bad.path, bad.reason) for bad in manifest.quarantined} == {
        ("labels.csv", "line 3: 1 of 3 columns"),
        ("images/missing.png", "not there (line 5 of labels.csv)"),
        ("labels.csv", "line 6: an address on the network, not a file"),
        ("labels.csv", "line 7: unknown split 'weekly'"),
        ("images/a.png", "it has several labels (cat, dog), lines 2, 9 in labels.csv"),
    }


def test_that_absolute_paths_and_paths_elsewhere_are_found(folder, tmp_path_factory):
    other = put(tmp_path_factory.mktemp("other") / "far.png", 7)
    inside = folder / "images" / "a.png"
    (folder / "labels.csv").write_text(f"path,label\n{inside},cat\n{other},dog\n", encoding="utf-8")
    manifest = scan([folder], folder / "labels.csv", test_fraction=0)
    assert labels_of(manifest) == [(other.as_posix(), "dog"), ("images/a.png", "cat")]
    assert [manifest.absolute(image) for image in manifest.labeled] == [other, inside]
    assert len(manifest.unlabeled) == 2


def test_that_files_in_another_folder_than_named_are_found_by_name(folder):
    (folder / "labels.csv").write_text("path,label\na.png,cat\nwrong/b.png,dog\n", encoding="utf-8")
    manifest = scan([], folder, test_fraction=0)
    assert labels_of(manifest) == [("images/a.png", "cat"), ("images/b.png", "dog")]
    assert "2 files of labels.csv found by name in another folder than it says" in manifest.notes


def test_that_one_table_per_split_is_read_together(folder):
    (folder / "train.csv").write_text("path,label\nimages/a.png,cat\nimages/b.png,dog\n")
    (folder / "test.csv").write_text("path,label\nimages/é.png,cat\n", encoding="utf-8")
    manifest = scan([], folder)
    assert [image.split for image in manifest.labeled] == ["train", "train", "test"]
    (folder / "test.csv").rename(folder / "more.csv")
    with pytest.raises(RunError) as error:
        scan([], folder)
    assert error.value.id == "tables-several"


@pytest.mark.parametrize(
    ("name", "data", "error_id"),
    [
        ("x.csv", b"name,age\na,1\n", "table-columns"),
        ("x.csv", b"path,label\nno.png,cat\n", "table-no-files"),
        ("x.csv", b"path,label\n", "table-no-files"),
        ("x.csv", b"", "table-columns"),
        ("x.csv", b"\x00\x01\x02", "table-unreadable"),
        ("x.jsonl", b"{broken\n", "table-columns"),
        ("x.parquet", b"PAR1 no", "table-unreadable"),
    ],
)
def test_that_a_useless_table_is_refused_in_words(folder, name, data, error_id):
    (folder / name).write_bytes(data)
    with pytest.raises(RunError) as error:
        scan([], folder / name)
    assert error.value.id == error_id


def test_that_pictures_inside_a_table_are_named_where_others_lie_beside(folder):
    data = (folder / "images/a.png").read_bytes()
    cells = [{"bytes": data, "path": "a.png"}, {"bytes": data, "path": None}]
    pq.write_table(pa.table({"image": cells, "label": [0, 1]}), folder / "train.parquet")
    with pytest.raises(RunError) as error:
        scan([], folder / "train.parquet")
    assert error.value.id == "table-unreadable"
    assert "its column image holds pictures" in error.value.what
    assert any("column image holds pictures" in note for note in scan([folder], None).notes)
