"""Folders of texts as people have them: splits, classes, files without a suffix, odd pictures."""

from pathlib import Path

import pytest

from core.data.manifest import Manifest
from core.data.modality import ScanRequest
from core.errors import RunError
from core.modalities import data_of, modality_of_path
from core.recipe import DataRecipe, modality_named


def put(file: Path, words: str | bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(words if isinstance(words, bytes) else words.encode())


def table(file: Path, count: int) -> None:
    rows = (f"{file.stem} says sentence number {i},{'ab'[i % 2]}\n" for i in range(count))
    put(file, "text,label\n" + "".join(rows))


def scanned(folder: Path) -> Manifest:
    data = data_of(modality_of_path(folder))
    unlabeled, labeled = data.roles(folder)
    return data.scan(ScanRequest(unlabeled=unlabeled, labeled=labeled, data=DataRecipe(), seed=0))


def sizes(manifest: Manifest) -> tuple[int, ...]:
    return tuple(len(manifest.labeled_split(name)) for name in ("train", "val", "test"))


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("reviews_train.csv", "reviews_test.csv", (16, 0, 8)),
        ("train.csv", "eval.csv", (16, 0, 8)),
        ("training.csv", "testing.csv", (16, 0, 8)),
        ("twitter_training.csv", "twitter_validation.csv", (12, 8, 4)),
        ("train-00000-of-00001.csv", "test-00000-of-00001.csv", (16, 0, 8)),
        ("movies.csv", "movies_test.csv", (16, 0, 8)),
        ("train/part1.csv", "test/part1.csv", (16, 0, 8)),
    ],
)
def test_that_tables_are_of_the_split_they_are_named_for(tmp_path, first, second, expected) -> None:
    table(tmp_path / first, 16)
    table(tmp_path / second, 8)
    assert sizes(scanned(tmp_path)) == expected


def test_that_a_table_named_as_unlabeled_has_no_labels(tmp_path) -> None:
    table(tmp_path / "train.csv", 16)
    table(tmp_path / "test.csv", 8)
    table(tmp_path / "unsup.csv", 4)
    manifest = scanned(tmp_path)
    assert (sizes(manifest), manifest.num_unlabeled) == ((16, 0, 8), 4)


@pytest.mark.parametrize("names", [("dev", "ops", "sales"), ("train", "bus", "car")])
def test_that_classes_named_like_splits_stay_classes(tmp_path, names) -> None:
    for name in names:
        for number in range(5):
            put(tmp_path / name / f"{number}.txt", f"about {name} number {number}")
    manifest = scanned(tmp_path)
    assert manifest.classes == tuple(sorted(names))
    assert sizes(manifest) == (12, 0, 3)
    assert any("read as a class, not as a split" in note for note in manifest.notes)


def test_that_a_folder_around_class_folders_is_passed_through(tmp_path) -> None:
    for name in ("pos", "neg"):
        for number in range(5):
            put(tmp_path / "reviews" / name / f"{number}.txt", f"a {name} review {number}")
    manifest = scanned(tmp_path)
    assert manifest.classes == ("neg", "pos")
    assert "read from reviews/, where the class folders are" in manifest.notes


def test_that_files_without_suffix_are_texts_by_their_bytes(tmp_path) -> None:
    for split, count in (("train", 3), ("test", 2)):
        for name in ("alt.atheism", "sci.space"):
            for number in range(count):
                file = tmp_path / f"20news-bydate-{split}" / name / f"{49960 + number}"
                put(file, f"na\xefve {split} of {name} {number}\n".encode("latin-1"))
    put(tmp_path / "20news-bydate-train" / "sci.space" / "50000", bytes(range(256)))
    manifest = scanned(tmp_path)
    assert manifest.classes == ("alt.atheism", "sci.space")
    assert sizes(manifest) == (6, 0, 4)
    # Said once, not of every file.
    assert len([note for note in manifest.notes if "read as" in note]) == 1


def test_that_most_files_decide_and_the_odd_ones_are_named(tmp_path) -> None:
    for name in ("pos", "neg"):
        for number in range(5):
            put(tmp_path / name / f"{number}.txt", f"a {name} review {number}")
    put(tmp_path / "wordcloud.png", b"\x89PNG")
    manifest = scanned(tmp_path)
    assert (manifest.kind, manifest.classes) == ("text", ("neg", "pos"))
    assert any("wordcloud.png" in note for note in manifest.notes)
    assert manifest.passed_over_why == {"picture": 1}
    settings = [guess.setting for guess in manifest.guesses]
    assert settings == ["data.kind", "data.test_fraction"]


def test_that_texts_named_like_pictures_belong_to_them(tmp_path) -> None:
    for number in range(3):
        put(tmp_path / "images" / f"{number}.jpg", b"\xff\xd8\xff")
        put(tmp_path / "labels" / f"{number}.txt", "0 0.5 0.5 0.1 0.1")
    put(tmp_path / "labels" / "classes.txt", "car")
    put(tmp_path / "captions" / "0.txt", "a car")
    assert modality_of_path(tmp_path).name == "images"


def test_that_one_cell_with_the_name_of_a_picture_makes_no_table_of_pictures(tmp_path) -> None:
    rows = [f"change the parser number {i},{'ab'[i % 2]}" for i in range(9)]
    rows.append("update the picture docs/screenshot.png,a")
    put(tmp_path / "commits.csv", "\n".join(["message,label", *rows]))
    assert modality_of_path(tmp_path).name == "text"
    put(tmp_path / "commits.csv", "\n".join(["file,label", *(f"{i}.png,a" for i in range(9))]))
    assert modality_of_path(tmp_path).name == "images"


def test_that_files_of_unknown_names_are_texts_where_they_are_said_to_be(tmp_path) -> None:
    for name in ("spam", "ham"):
        for number in range(4):
            put(tmp_path / name / f"{number}.html", f"<p>a {name} mail, number {number}</p>")
        put(tmp_path / name / "logo.bin", bytes(40))
    data = data_of(modality_named("text"))
    unlabeled, labeled = data.roles(tmp_path, DataRecipe())
    asked = ScanRequest(unlabeled=unlabeled, labeled=labeled, data=DataRecipe(), seed=0)
    manifest = data.scan(asked)
    assert (manifest.classes, len(manifest.labeled)) == (("ham", "spam"), 8)
    assert ".html files are read as plain text" in manifest.notes
    assert manifest.passed_over_why == {"no text (.bin)": 2}


def test_that_what_is_packed_is_named_with_the_way_out(tmp_path) -> None:
    put(tmp_path / "sampleSubmission.csv", "id,label\n1,0\n2,0\n")
    put(tmp_path / "train.zip", b"PK")
    put(tmp_path / "test.zip", b"PK")
    with pytest.raises(RunError, match=r"2 \.zip; unpack what is packed first"):
        scanned(tmp_path)
    (tmp_path / "sampleSubmission.csv").unlink()
    with pytest.raises(RunError, match=r"2 packed, not opened, among them 2 \.zip; unpack"):
        scanned(tmp_path)
