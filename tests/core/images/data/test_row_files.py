"""A file belongs to the row that names it, and to no other."""

import csv
import json
import unicodedata

import pytest

from core.data.tables.columns import Columns
from core.errors import RunError
from core.images.data.scan import scan
from tests.core.images.data.pictures import put


def write(file, rows, head=("path", "label")):
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", newline="", encoding="utf-8") as out:
        csv.writer(out).writerows([head, *rows])


def labels(folder, **more):
    manifest = scan([folder], folder, test_fraction=0, **more)
    return {image.path: image.label for image in manifest.labeled}, manifest


def test_that_a_file_named_by_one_row_is_never_given_to_another(tmp_path):
    rows = [(f"{kind}/{n}.png", kind) for kind in ("cats", "dogs") for n in range(8)]
    gone = {"cats/1.png", "cats/3.png", "cats/5.png"}
    for seed, (path, _) in enumerate(rows):
        if path not in gone:
            put(tmp_path / path, seed)
    write(tmp_path / "labels.csv", rows)
    found, manifest = labels(tmp_path)
    assert found == {path: kind for path, kind in rows if path not in gone}
    assert {bad.path for bad in manifest.quarantined} == gone


def test_that_a_file_that_no_row_names_is_not_taken_for_a_missing_one(tmp_path):
    for seed, path in enumerate(("cats/0.png", "cats/2.png", "dogs/1.png", "dogs/0.png")):
        put(tmp_path / path, seed)
    rows = [("cats/0.png", "cat"), ("cats/1.png", "cat"), ("cats/2.png", "cat")]
    write(tmp_path / "labels.csv", [*rows, ("dogs/0.png", "dog")])
    found, manifest = labels(tmp_path)
    assert set(found) == {"cats/0.png", "cats/2.png", "dogs/0.png"}
    assert [bad.path for bad in manifest.quarantined] == ["cats/1.png"]


@pytest.mark.parametrize("start", ["C:\\data\\pets\\", "/home/someone/pets/", "pets/"])
def test_that_paths_of_another_machine_match_by_their_common_end(tmp_path, start):
    rows = []
    slash = "\\" if "\\" in start else "/"
    for seed, kind in enumerate(("cats", "dogs")):
        for n in range(6):
            put(tmp_path / kind / f"{n}.png", 10 * seed + n)
            rows.append((f"{start}{kind}{slash}{n}.png", kind))
    write(tmp_path / "labels.csv", rows)
    found, manifest = labels(tmp_path)
    assert found == {f"{kind}/{n}.png": kind for kind in ("cats", "dogs") for n in range(6)}
    assert any("12 files of labels.csv found by name" in note for note in manifest.notes)


def test_that_suffix_and_case_are_forgiven_where_one_file_fits(tmp_path):
    for n in range(4):
        put(tmp_path / "train" / f"{n:08x}.jpg", n)
        put(tmp_path / "train" / f"IMG_{n}.JPG", 10 + n)
    rows = [(f"{n:08x}", "ab"[n % 2]) for n in range(4)]
    rows += [(f"img_{n}.jpg", "ab"[n % 2]) for n in range(4)]
    write(tmp_path / "labels.csv", rows, ("id", "breed"))
    found, manifest = labels(tmp_path)
    assert len(found) == 8
    assert found["train/IMG_1.JPG"] == "b"
    assert any("8 files of labels.csv found with another suffix" in n for n in manifest.notes)


def test_that_two_files_that_fit_are_none(tmp_path):
    put(tmp_path / "a" / "1.png")
    put(tmp_path / "b" / "1.jpg", 1)
    put(tmp_path / "2.png", 2)
    write(tmp_path / "labels.csv", [("1", "x"), ("2.png", "y")])
    found, manifest = labels(tmp_path)
    assert found == {"2.png": "y"}
    assert "2 files have its name" in manifest.quarantined[0].reason


def test_that_two_rows_that_may_mean_one_file_get_none(tmp_path):
    put(tmp_path / "1.png")
    put(tmp_path / "2.png", 1)
    write(tmp_path / "labels.csv", [("x/1.png", "x"), ("y/1.png", "y"), ("2.png", "y")])
    found, manifest = labels(tmp_path)
    assert found == {"2.png": "y"}
    assert len(manifest.quarantined) == 2


def test_that_accents_are_compared_in_one_spelling(tmp_path):
    rows = []
    for n in range(4):
        put(tmp_path / "table" / unicodedata.normalize("NFD", f"Bär_{n}.png"), n)
        rows.append((unicodedata.normalize("NFC", f"Bär_{n}.png"), "ab"[n % 2]))
    write(tmp_path / "table" / "labels.csv", rows)
    found, _ = labels(tmp_path / "table")
    assert len(found) == 4
    for seed, (split, form) in enumerate((("train", "NFD"), ("test", "NFC"))):
        for n, kind in enumerate(("café", "Käse")):
            name = unicodedata.normalize(form, kind)
            put(tmp_path / "folders" / split / name / "1.png", 10 * seed + n)
    manifest = scan([], tmp_path / "folders")
    assert manifest.classes == ("Käse", "café")


def test_that_several_labels_of_one_image_are_counted_and_left_out(tmp_path):
    rows = []
    for n in range(6):
        put(tmp_path / f"{n}.png", n)
        rows += [(f"{n}.png", "car"), (f"{n}.png", "car" if n < 4 else "bus")]
    write(tmp_path / "annotations.csv", rows, ("filename", "class"))
    found, manifest = labels(tmp_path)
    assert found == {f"{n}.png": "car" for n in range(4)}
    assert not manifest.unlabeled
    assert any("2 images of annotations.csv left out" in note for note in manifest.notes)
    assert "several labels (car, bus), lines 10, 11" in manifest.quarantined[0].reason


def test_that_a_table_of_boxes_with_many_classes_each_is_refused_with_their_number(tmp_path):
    rows = []
    for n in range(3):
        put(tmp_path / f"{n}.png", n)
        rows += [(f"{n}.png", "car"), (f"{n}.png", "bus")]
    write(tmp_path / "annotations.csv", rows, ("filename", "class"))
    with pytest.raises(RunError) as refused:
        scan([], tmp_path)
    assert refused.value.id == "table-conflicts"
    assert "Each of the 3 images" in refused.value.what


def test_that_a_kaggle_folder_is_read(tmp_path):
    rows = []
    for n in range(8):
        put(tmp_path / "train_images" / f"{1000 + n}.jpg", n)
        rows.append((f"{1000 + n}.jpg", n % 2))
    put(tmp_path / "test_images" / "2000.jpg", 50)
    write(tmp_path / "train.csv", rows, ("image_id", "label"))
    write(tmp_path / "sample_submission.csv", [("2000.jpg", 4)], ("image_id", "label"))
    found, manifest = labels(tmp_path)
    assert len(found) == 8
    assert manifest.classes == ("0", "1")
    assert [(image.path, image.split) for image in manifest.unlabeled] == [
        ("test_images/2000.jpg", "test")
    ]
    assert "sample_submission.csv: not used: it is a sample submission" in manifest.notes


def test_that_a_table_in_each_split_is_read(tmp_path):
    for seed, split in enumerate(("train", "validation", "test")):
        for n in range(4):
            put(tmp_path / split / f"{n}.png", 10 * seed + n)
        lines = [json.dumps({"file_name": f"{n}.png", "label": "ab"[n % 2]}) for n in range(4)]
        (tmp_path / split / "metadata.jsonl").write_text("\n".join(lines))
    found, manifest = labels(tmp_path)
    assert set(found.values()) == {"a", "b"}
    assert [len(manifest.labeled_split(name)) for name in ("train", "val", "test")] == [4, 4, 4]


def test_that_tables_in_a_folder_of_their_own_are_read(tmp_path):
    for n in range(6):
        put(tmp_path / "images" / f"{n}.png", n)
    write(tmp_path / "csv" / "train.csv", [(f"{n}.png", "ab"[n % 2]) for n in range(4)])
    write(tmp_path / "csv" / "test.csv", [(f"{n}.png", "ab"[n % 2]) for n in (4, 5)])
    _, manifest = labels(tmp_path)
    assert [len(manifest.labeled_split(name)) for name in ("train", "test")] == [4, 2]
    assert "labels in csv/test.csv and csv/train.csv" in manifest.notes[0]
    # Two folders with such tables: none is taken.
    write(tmp_path / "old" / "labels.csv", [(f"{n}.png", "c") for n in range(6)])
    assert scan([tmp_path], None).classes == ()


@pytest.mark.parametrize("start", ["https://a.example.org/b/", "gs://bucket/", "s3://b/images/"])
def test_that_addresses_stand_for_files_of_their_names(tmp_path, start):
    for n in range(4):
        put(tmp_path / "images" / f"a {n}.png", n)
    rows = [(f"{start}a%20{n}.png?X-Signature=secret", "ab"[n % 2]) for n in range(6)]
    write(tmp_path / "labels.csv", rows, ("image_url", "label"))
    found, manifest = labels(tmp_path)
    assert found == {f"images/a {n}.png": "ab"[n % 2] for n in range(4)}
    assert {bad.reason for bad in manifest.quarantined} == {
        f"line {line}: an address on the network, not a file" for line in (6, 7)
    }
    assert "secret" not in str(manifest)


def test_that_plain_lists_of_images_and_classes_are_read(tmp_path):
    for n in range(8):
        put(tmp_path / "images" / f"a {n}.jpg", n)
    for split, numbers in (("train", range(6)), ("val", (6, 7))):
        rows = "".join(f"images/a {n}.jpg {n % 2}\n" for n in numbers)
        (tmp_path / "meta").mkdir(exist_ok=True)
        (tmp_path / "meta" / f"{split}.txt").write_text(rows)
    (tmp_path / "notes.txt").write_text("a.jpg is a picture")
    found, manifest = labels(tmp_path)
    assert len(found) == 8
    assert [len(manifest.labeled_split(name)) for name in ("train", "val")] == [6, 2]
    assert "1 text file among the images passed over (notes.txt)" in manifest.notes
    (tmp_path / "meta" / "val.txt").write_text("images/a 6.jpg 0 12 40\n" * 3)
    assert len(labels(tmp_path)[0]) == 6


def test_that_one_column_per_class_is_read(tmp_path):
    for seed, split in enumerate(("train", "valid")):
        rows = []
        for n in range(4):
            put(tmp_path / split / f"{n}.jpg", 10 * seed + n)
            rows.append((f"{n}.jpg", " 1" if n % 2 else " 0", " 0" if n % 2 else " 1"))
        rows[0] = ("0.jpg", 1, 1)
        write(tmp_path / split / "_classes.csv", rows, ("filename", " cat", " dog"))
    found, manifest = labels(tmp_path)
    assert found["train/1.jpg"] == "cat"
    assert found["valid/2.jpg"] == "dog"
    assert "train/0.jpg" not in found
    assert any("several labels (cat, dog)" in bad.reason for bad in manifest.quarantined)


def test_that_tables_that_are_not_read_are_named_with_what_is_missing(tmp_path):
    for seed, path in enumerate(("cat/1.png", "cat/2.png", "dog/1.png", "dog/2.png")):
        put(tmp_path / path, seed)
    write(tmp_path / "ages.csv", [("cat/1.png", "3"), ("dog/1.png", "4")], ("path", "age"))
    write(tmp_path / "notes.csv", [("x", "y")], ("who", "what"))
    write(tmp_path / "others.csv", [("9.png", "cat")])
    (tmp_path / "boxes.json").write_text('{"images": [],\n"annotations": []}')
    (tmp_path / "cat" / "1.json").write_text("{}")
    found, manifest = labels(tmp_path)
    assert len(found) == 4
    said = "\n".join(manifest.notes)
    assert "ages.csv: not used: no column for the label among path, age" in said
    assert "notes.csv: not used: no column for the path and the label among who, what" in said
    assert "others.csv: not used: none of the files it names is here (first: 9.png)" in said
    assert "boxes.json: not used: it is in COCO format" in said
    assert "1 JSON file beside an image of the same name: not used" in said
    asked = Columns(label="age")
    by_age, _ = labels(tmp_path, columns=asked)
    assert by_age == {"cat/1.png": "3", "dog/1.png": "4"}


def test_that_columns_and_encoding_can_be_named(tmp_path):
    for n in range(4):
        put(tmp_path / f"{n}.png", n)
    rows = [(f"{n}", "好差"[n % 2], ("fit", "train", "test", "train")[n]) for n in range(4)]
    text = "nr,mark,part\n" + "".join(",".join(row) + "\n" for row in rows)
    (tmp_path / "table.csv").write_bytes(text.encode("gb18030"))
    asked = Columns(path="nr", label="mark", split="part", encoding="gb18030")
    manifest = scan([], tmp_path / "table.csv", test_fraction=0, columns=asked)
    assert [(i.path, i.label, i.split) for i in manifest.labeled] == [
        ("1.png", "差", "train"),
        ("2.png", "好", "test"),
        ("3.png", "差", "train"),
    ]
    assert manifest.quarantined[0].reason == "line 2: unknown split 'fit'"
    with pytest.raises(RunError, match=r"data\.path_column"):
        scan([], tmp_path / "table.csv", columns=Columns(path="name", encoding="gb18030"))


def test_that_is_valid_is_a_split_and_numbered_folds_are_said_to_be_unused(tmp_path):
    for n in range(4):
        put(tmp_path / f"{n}.png", n)
    rows = [(f"{n}.png", "ab"[n % 2], n >= 2, n) for n in range(4)]
    write(tmp_path / "table.csv", rows, ("path", "label", "is_valid", "fold"))
    _, manifest = labels(tmp_path)
    assert [image.split for image in manifest.labeled] == ["train", "train", "val", "val"]
    assert any("column fold is not used as a split" in note for note in manifest.notes)


def test_that_images_without_a_label_are_unlabeled_and_counted(tmp_path):
    for n in range(6):
        put(tmp_path / f"{n}.png", n)
    write(tmp_path / "t.csv", [(f"{n}.png", n % 2 if n < 4 else -1) for n in range(6)])
    found, manifest = labels(tmp_path)
    assert set(found.values()) == {"0", "1"}
    assert len(manifest.unlabeled) == 2
    assert "2 images of t.csv without a label" in manifest.notes


def test_that_scores_of_images_are_refused_before_anything_is_decoded(tmp_path):
    for n in range(24):
        put(tmp_path / f"{n}.png", n)
    write(tmp_path / "t.csv", [(f"{n}.png", n / 7) for n in range(24)])
    with pytest.raises(RunError) as refused:
        scan([], tmp_path, columns=Columns(task="single-label"))
    assert refused.value.id == "labels-are-numbers"
