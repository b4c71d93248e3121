"""Public image data sets as they are downloaded: each is read as it is meant, or said not to be."""

from pathlib import Path

import pytest

from tests.core.data.image_layouts import LAYOUTS
from tests.core.data.miniatures import PICTURE, facts, make, shown


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.mark.parametrize(
    ("files", "classes", "unlabeled", "said"),
    [pytest.param(*layout[1:], id=layout[0]) for layout in LAYOUTS],
)
def test_that_a_layout_is_read_as_it_is_meant(tmp_path, files, classes, unlabeled, said) -> None:
    found = facts(make(tmp_path / "set", files))
    assert "error" not in found, found
    assert found["kind"] == "images"
    assert shown(found) == classes
    assert found["unlabeled"] == unlabeled
    notes = "\n".join(found["notes"])
    assert [words for words in said if words not in notes] == [], notes


def test_that_a_copy_beside_its_own_classes_hides_none_of_them(tmp_path) -> None:
    names = "{daisy,rose}/{0..3}.jpg"
    found = facts(
        make(tmp_path / "s", {f"flowers/{names}": PICTURE, f"flowers/flowers/{names}": PICTURE})
    )
    assert list(found["classes"]) == ["daisy", "rose"]
    assert "12" not in shown(found)


def test_that_numbered_folders_are_classes_unless_they_are_parts(tmp_path) -> None:
    found = facts(make(tmp_path / "types", {"Type_{1..3}/{0..3}.jpg": PICTURE}))
    assert list(found["classes"]) == ["Type_1", "Type_2", "Type_3"]
    found = facts(make(tmp_path / "parts", {"images_{001..003}/{0..3}.jpg": PICTURE}))
    assert (found["classes"], found["unlabeled"]) == ({}, 12)


def test_that_pictures_named_for_masks_are_examples_where_they_mark_nothing(tmp_path) -> None:
    files = {
        "mask/{0..3}.jpg": PICTURE,
        "no_mask/{0..3}.jpg": PICTURE,
        "no_mask/a_mask.jpg": PICTURE,
    }
    found = facts(make(tmp_path / "set", files))
    assert shown(found) == "mask 3/0/1, no_mask 4/0/1"


def test_that_labels_are_masks_beside_images_and_a_class_among_others(tmp_path) -> None:
    names = "{0..3}.png"
    found = facts(make(tmp_path / "a", {f"{{images,labels}}/{names}": PICTURE}))
    assert (found["classes"], found["unlabeled"]) == ({}, 4)
    found = facts(make(tmp_path / "b", {f"{{cap,label}}/{names}": PICTURE}))
    assert shown(found) == "cap 3/0/1, label 3/0/1"
    make(tmp_path / "c", {f"{s}/{s}_{{1..4}}.png": PICTURE for s in ("train", "test")})
    make(tmp_path / "c", {f"{s}_labels/{s}_{{1..4}}_L.png": PICTURE for s in ("train", "test")})
    found = facts(tmp_path / "c")
    assert (found["classes"], found["unlabeled"]) == ({}, 8)
    assert found["passed_over"] == {"mask of another image": 8}


def test_that_a_list_that_names_other_images_is_not_used(tmp_path) -> None:
    files = {"images/{a,b}/{0..4}.jpg": PICTURE, "test.txt": "c/0.jpg\n", "train.txt": "a/0\nb/0\n"}
    found = facts(make(tmp_path / "set", files))
    assert shown(found) == "a 4/0/1, b 4/0/1"
    assert not any("list" in note for note in found["notes"])


def test_that_a_folder_of_names_that_may_be_classes_is_refused_with_the_way_out(tmp_path) -> None:
    make(tmp_path / "set", {"{cat,dog}.{0..3}.jpg": PICTURE})
    found = facts(tmp_path / "set", "--set", f"data.labeled={tmp_path / 'set'}")
    assert found["error"] == "labels-not-found"
    assert "Names begin with one of 2 words (cat, dog)" in found["message"]


def test_that_tables_of_splits_are_read_together_without_those_beside_them(tmp_path) -> None:
    files = next(layout[1] for layout in LAYOUTS if layout[0] == "gtsrb")
    found = facts(make(tmp_path / "set", files), "--label-column", "ClassId")
    assert shown(found) == "0 4/0/2, 1 4/0/2"
    assert any(note.startswith("Meta.csv: not used") for note in found["notes"])


def test_that_sets_with_the_same_folders_are_classes_where_they_are_given_as_labeled(
    tmp_path,
) -> None:
    make(tmp_path / "set", {"{amazon,dslr}/images/{bike,mug}/{0..2}.jpg": PICTURE})
    found = facts(tmp_path / "set", "--set", f"data.labeled={tmp_path / 'set'}")
    assert shown(found) == "amazon 5/0/1, dslr 5/0/1"
    assert "folders in the class folders are not told apart (bike, mug)" in found["notes"]
    found = facts(tmp_path / "set" / "dslr")
    assert list(found["classes"]) == ["bike", "mug"]
