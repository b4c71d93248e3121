"""Tables as tools and people of other languages write them, and the images that they name."""

import pytest

from core.data.tables.columns import Columns
from core.errors import RunError
from core.images.data.scan import scan
from core.predict.outputs import COLUMNS
from tests.core.images.data.pictures import put
from tests.core.images.data.test_row_files import labels, write


def test_that_a_column_with_words_for_splits_says_them_whatever_its_name(tmp_path):
    for n in range(8):
        put(tmp_path / f"bilder/{n}.png", n)
    rows = [(f"{n}.png", "ab"[n % 2], "Training" if n < 4 else "Test") for n in range(8)]
    write(tmp_path / "t.csv", rows, ("Bild", "Klasse", "Aufteilung"))
    _, manifest = labels(tmp_path)
    assert [image.split for image in manifest.labeled] == ["train"] * 4 + ["test"] * 4


def test_that_lists_of_split_address_and_label_are_read_without_a_header(tmp_path):
    # As Vertex AI imports them.
    for n in range(6):
        put(tmp_path / f"img/{n}.png", n)
    split = ("TRAIN", "VALIDATION", "TEST")
    rows = [(split[n % 3], f"gs://bucket/img/{n}.png", "cat" if n < 3 else "dog") for n in range(6)]
    write(tmp_path / "import.csv", rows[1:], rows[0])
    found, manifest = labels(tmp_path)
    assert found == {f"img/{n}.png": "cat" if n < 3 else "dog" for n in range(6)}
    assert [image.split for image in manifest.labeled] == ["train", "val", "test"] * 2


@pytest.mark.parametrize("is_renamed", [True, False])
@pytest.mark.parametrize("start", ["/data/upload/1/", "http://localhost:8080/data/upload/1/"])
def test_that_files_of_label_studio_have_its_name_or_their_own(tmp_path, is_renamed, start):
    names = {n: f"{n:08x}-my image {n}.png" for n in range(4)}
    for n, name in names.items():
        put(tmp_path / (name if is_renamed else name[9:]), n)
    rows = [(start + name.replace(" ", "%20"), "ab"[n % 2]) for n, name in names.items()]
    write(tmp_path / "project.csv", rows, ("image", "choice"))
    found, _ = labels(tmp_path)
    assert sorted(found.values()) == ["a", "a", "b", "b"]


@pytest.mark.parametrize("host", ["", "http://localhost:8080"])
def test_that_local_files_of_label_studio_are_found(tmp_path, host):
    for n in range(4):
        put(tmp_path / f"meine bilder/{n}.png", n)
    rows = [(f"{host}/data/local-files/?d=meine%20bilder%2F{n}.png", "ab"[n % 2]) for n in range(4)]
    write(tmp_path / "project.csv", rows, ("image", "choice"))
    found, _ = labels(tmp_path)
    assert found == {f"meine bilder/{n}.png": "ab"[n % 2] for n in range(4)}


def test_that_a_column_of_patients_is_named_where_a_split_is_drawn(tmp_path):
    for n in range(12):
        put(tmp_path / f"{n}.png", n)
    rows = [(f"{n}.png", "ab"[n % 2], f"p{n // 4}") for n in range(12)]
    write(tmp_path / "t.csv", rows, ("path", "label", "patient_id"))
    assert any("--group-column patient_id" in note for note in labels(tmp_path)[1].notes)
    manifest = scan([], tmp_path, columns=Columns(group="patient_id"))
    assert not any("both sides" in note for note in manifest.notes)


def test_that_a_column_with_another_patient_in_each_row_is_not_named(tmp_path):
    for n in range(12):
        put(tmp_path / f"{n}.png", n)
    rows = [(f"{n}.png", "ab"[n % 2], f"p{n}") for n in range(12)]
    write(tmp_path / "t.csv", rows, ("path", "label", "patient_id"))
    assert not any("patient_id" in note for note in labels(tmp_path)[1].notes)


def test_that_predictions_of_ours_are_no_silent_labels(tmp_path):
    for n in range(6):
        put(tmp_path / f"{n}.png", n)
    rows = [(f"{n}.png", "ab"[n % 2], 0.9, "") for n in range(6)]
    write(tmp_path / "labels.csv", rows, COLUMNS)
    notes = labels(tmp_path)[1].notes
    assert any("labels.csv: its labels are predictions of a model" in note for note in notes)


@pytest.mark.parametrize(
    ("below", "suffix"), [("", ".cls"), ("labels/train/", ".txt"), ("", ".xml")]
)
def test_that_files_called_like_the_images_are_named(tmp_path, below, suffix):
    for n in range(4):
        put(tmp_path / f"images/train/train{n}.png", n)
        beside = tmp_path / (below or "images/train/") / f"train{n}{suffix}"
        beside.parent.mkdir(parents=True, exist_ok=True)
        beside.write_text("1")
    manifest = scan([tmp_path], None)
    assert any(f"4 files called like the images ({suffix}; first:" in n for n in manifest.notes)


def test_that_classes_in_folders_of_patients_are_said(tmp_path):
    for n in range(8):
        put(tmp_path / f"patient{n // 2}/{('benign', 'malignant')[n // 2 % 2]}/{n}.png", n)
    manifest = scan([tmp_path], None)
    assert len(manifest.unlabeled) == 8
    assert any("(benign, malignant) lie in several others" in note for note in manifest.notes)


def test_that_shares_that_leave_nothing_to_learn_from_are_refused_where_both_are_drawn(tmp_path):
    for n in range(20):
        put(tmp_path / f"ab/{'ab'[n % 2]}/{n}.png", n)
        put(tmp_path / f"own/{('train', 'test')[n // 10]}/{'ab'[n % 2]}/{n}.png", n)
    with pytest.raises(RunError, match="leaves nothing to learn from") as refused:
        scan([], tmp_path / "ab", val_fraction=0.5, test_fraction=0.5)
    assert refused.value.id == "recipe-invalid"
    assert scan([], tmp_path / "own", val_fraction=0.5, test_fraction=0.5).labeled_split("train")
