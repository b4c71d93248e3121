import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from core.data.manifest_file import read_manifest, write_manifest
from core.data.manifest_words import describe
from core.errors import RunError
from core.images.data import validate as validation
from core.images.data.scan import recognise, scan
from core.system.stopping import Stopped
from tests.core.images.data.pictures import bomb, encoded, picture, put


def refused(*arguments: object, **options: object) -> RunError:
    with pytest.raises(RunError) as error:
        scan(*arguments, **options)
    return error.value


def test_that_a_flat_folder_is_unlabeled(tmp_path):
    for index in range(3):
        put(tmp_path / f"{index}.jpg", index, "JPEG")
    manifest = scan([tmp_path], None)
    assert [image.path for image in manifest.unlabeled] == ["0.jpg", "1.jpg", "2.jpg"]
    assert describe(manifest) == ["3 unlabeled images"]
    assert manifest.absolute(manifest.unlabeled[1]) == tmp_path / "1.jpg"
    assert manifest.unlabeled[0].size == (24, 16)


def test_that_class_folders_are_split_and_said_in_words(class_folders):
    manifest = scan([], class_folders, test_fraction=0.3, val_fraction=0.2)
    assert manifest.classes == ("class 0", "class 1")
    (words,) = describe(manifest)
    assert words == (
        "20 images in 2 class folders; no test folder: 30 % held out, stratified; "
        "no val folder: 20 % held out, stratified"
    )
    for split, per_class in (("train", 5), ("val", 2), ("test", 3)):
        found = [image.label for image in manifest.labeled_split(split)]
        assert sorted(found) == ["class 0"] * per_class + ["class 1"] * per_class


def test_that_the_real_set_is_read_and_said(sign_digits):
    folder = sign_digits / "train"
    assert recognise(folder).words == "1,651 images in 10 class folders"
    manifest = scan([folder], folder)
    assert manifest.notes[0] == (
        "1,651 images in 10 class folders; no test folder: 20 % held out, stratified"
    )
    assert len(manifest.labeled_split("train")) + len(manifest.labeled_split("test")) == 1651
    assert abs(len(manifest.labeled_split("test")) - 330) <= 5
    assert manifest.unlabeled == ()
    whole = scan([sign_digits], sign_digits, workers=0)
    assert whole.notes[0] == "2,062 images in 10 classes: 1,651 train, 411 test"
    assert len(whole.pretraining_examples()) == 1651


@pytest.mark.parametrize(
    ("train", "val", "test"),
    [("train", "val", "test"), ("Training", "validation", "Testing"), ("train", "dev", "test")],
)
def test_that_split_folders_of_many_names_are_read(tmp_path, train, val, test):
    for seed, folder in enumerate((train, val, test)):
        for label in ("cat", "dog"):
            put(tmp_path / folder / label / "1.png", seed * 2 + (label == "dog"))
    put(tmp_path / "unlabeled" / "u.png", 99)
    manifest = scan([], tmp_path)
    assert {(image.path.split("/")[0], image.split) for image in manifest.labeled} == {
        (train, "train"),
        (val, "val"),
        (test, "test"),
    }
    assert manifest.notes[0] == "6 images in 2 classes: 2 train, 2 val, 2 test"
    assert [image.path for image in manifest.unlabeled] == ["unlabeled/u.png"]


def test_that_test_images_never_enter_pretraining_unless_asked(tmp_path):
    for label in ("cat", "dog"):
        for index in range(2):
            put(tmp_path / "set" / "train" / label / f"{index}.png", 10 * index + (label == "dog"))
        put(tmp_path / "set" / "test" / label / "t.png", 50 + (label == "dog"))
    put(tmp_path / "more" / "copy of a test image.png", 50)
    put(tmp_path / "more" / "new.png", 70)
    manifest = scan([tmp_path / "more", tmp_path / "set"], tmp_path / "set")
    test = {image.sha256 for image in manifest.labeled_split("test")}
    used = manifest.pretraining_examples()
    assert len(used) == 5
    assert not test & {image.sha256 for image in used}
    assert len(manifest.pretraining_examples(include_test=True)) == 7
    assert "1 unlabeled image identical to test images: kept out of pre-training" in manifest.notes
    alone = scan([tmp_path / "set"], None)
    assert len(alone.pretraining_examples()) == 4
    assert "2 unlabeled images in a test folder: kept out of pre-training" in alone.notes


def test_that_a_held_out_part_depends_on_content_and_seed_alone(tmp_path):
    for index in range(20):
        put(tmp_path / "a" / f"{index % 2}" / f"{index}.png", index)
        put(tmp_path / "b" / f"{index % 2}" / f"other name {99 - index}.png", index)
    held = [
        {image.sha256 for image in scan([], tmp_path / name, seed=seed).labeled_split("test")}
        for name, seed in (("a", 0), ("b", 0), ("a", 1))
    ]
    assert held[0] == held[1]
    assert held[0] != held[2]
    assert len(held[0]) == 4


def test_that_identical_images_stay_on_one_side_and_are_named(tmp_path):
    for index in range(12):
        for copy in range(3):
            put(tmp_path / f"{index % 2}" / f"{index}-{copy}.png", index)
    manifest = scan([], tmp_path, test_fraction=0.4)
    assert len(manifest.duplicates) == 12
    assert manifest.duplicates[0] == ("0/0-0.png", "0/0-1.png", "0/0-2.png")
    assert manifest.leaks == ()
    assert len(manifest.pretraining_examples(include_test=True)) == 12
    assert describe(manifest)[1] == (
        "24 files are copies of another (first: 0/0-0.png = 0/0-1.png = 0/0-2.png)"
    )


def test_that_copies_across_splits_and_labels_are_named(tmp_path):
    for split in ("train", "test"):
        for index, label in enumerate(("cat", "dog")):
            put(tmp_path / split / label / "own.png", 10 * index + (split == "test"))
    put(tmp_path / "train" / "cat" / "shared.png", 77)
    put(tmp_path / "test" / "cat" / "shared.png", 77)
    put(tmp_path / "train" / "dog" / "shared.png", 77)
    manifest = scan([], tmp_path)
    splits, labels = manifest.leaks
    assert (splits.kind, splits.where) == ("splits", ("test", "train", "train"))
    assert (labels.kind, labels.where) == ("labels", ("cat", "cat", "dog"))
    words = "\n".join(describe(manifest))
    assert "1 image in more than one split (first: test/cat/shared.png (test)" in words
    assert 77 not in [image.split for image in manifest.pretraining_examples()]


def test_that_bad_files_are_quarantined_one_by_one_with_the_reason(tmp_path):
    jpeg = encoded(picture(1, (256, 256)), "JPEG", quality=95)
    put(tmp_path / "good.png")
    (tmp_path / "truncated.jpg").write_bytes(jpeg[: len(jpeg) // 2])
    (tmp_path / "damaged.png").write_bytes(encoded(picture(), "PNG")[:30] + b"garbage" * 20)
    (tmp_path / "text.jpg").write_text("this is no picture")
    (tmp_path / "bomb.png").write_bytes(bomb())
    (tmp_path / "phone.heic").write_bytes(b"\x00\x00\x00\x18ftypheic" + bytes(50))
    (tmp_path / "new.jxl").write_bytes(b"\xff\x0a" + bytes(50))
    (tmp_path / "as scanned").write_bytes(bytes(128) + b"DICM" + bytes(50))
    (tmp_path / "gone.png").symlink_to(tmp_path / "nowhere")
    manifest = scan([tmp_path], None)
    assert [image.path for image in manifest.unlabeled] == ["good.png"]
    assert {bad.path: bad.reason for bad in manifest.quarantined} == {
        "bomb.png": "declares 60,000 by 60,000 pixels, more than can be trusted",
        "damaged.png": manifest.quarantined[2].reason,
        "gone.png": "broken link, or vanished while scanning",
        "as scanned": "a DICOM file without a picture, or cut short",
        "new.jxl": "JXL files are not read; convert it to PNG or JPEG",
        "phone.heic": "damaged: this HEIC file can't be read",
        "text.jpg": "not a JPEG, PNG, WebP, BMP, GIF, TIFF, HEIC, AVIF or DICOM image",
        "truncated.jpg": "cut short: the end of the JPEG is missing",
    }
    assert {bad.path: bad.reason for bad in manifest.quarantined}["damaged.png"].startswith(
        "damaged"
    )


def test_that_nothing_is_written_into_the_folders(class_folders):
    before = sorted((p, p.stat().st_mtime_ns) for p in class_folders.rglob("*"))
    folder_time = class_folders.stat().st_mtime_ns
    scan([class_folders], class_folders)
    assert sorted((p, p.stat().st_mtime_ns) for p in class_folders.rglob("*")) == before
    assert class_folders.stat().st_mtime_ns == folder_time


def test_that_notes_on_what_was_done_are_counted(tmp_path):
    for index in range(2):
        (tmp_path / f"{index}.png").write_bytes(encoded(picture(index).convert("L"), "PNG"))
    (tmp_path / "c.jpg").write_bytes(encoded(picture().convert("CMYK"), "JPEG"))
    assert describe(scan([tmp_path], None)) == [
        "3 unlabeled images",
        "2 images: grey",
        "1 image: CMYK",
    ]


def test_that_a_folder_level_too_many_is_read_through(tmp_path, class_folders):
    (tmp_path / "outer" / "inner").mkdir(parents=True)
    class_folders.rename(tmp_path / "outer" / "inner" / "set")
    manifest = scan([], tmp_path / "outer")
    assert manifest.classes == ("class 0", "class 1")
    assert "read from inner/set/, where the class folders are" in manifest.notes
    assert recognise(tmp_path / "outer").kind == "classes"


def test_that_a_single_class_is_taken_if_the_user_says_it_is_one(tmp_path):
    put(tmp_path / "lone" / "cat" / "1.png")
    put(tmp_path / "lone" / "cat" / "2.png", 2)
    assert recognise(tmp_path / "lone").kind == "unlabeled"
    manifest = scan([], tmp_path / "lone")
    assert manifest.classes == ("cat",)
    assert {image.split for image in manifest.labeled} == {"train"}
    assert manifest.notes == (
        "2 images in 1 class folder; one class (cat): there is nothing to tell apart",
    )


def test_that_wrong_folders_are_refused_in_words(tmp_path, class_folders):
    assert refused([], None).id == "nothing-to-scan"
    assert refused([tmp_path / "nowhere"], None).id == "folder-not-found"
    assert refused([put(tmp_path / "single.png")], None).id == "folder-is-file"
    (tmp_path / "empty").mkdir()
    assert "it is empty" in refused([tmp_path / "empty"], None).what
    (tmp_path / "empty" / "notes.txt").write_text("x")
    error = refused([], tmp_path / "empty")
    assert (error.id, "1 not an image" in error.what) == ("folder-no-images", True)
    error = refused([], class_folders / "class 0")
    assert error.id == "labels-not-found"
    assert "10 images directly in it" in error.what
    assert f"{class_folders}, has 20 images in 2 class folders" in error.action
    put(tmp_path / "rated" / "1.png")
    (tmp_path / "rated" / "ratings.csv").write_text("file,stars\n1.png,4.5\n")
    error = refused([], tmp_path / "rated")
    assert error.id == "labels-not-found"
    assert "ratings.csv: not used: no column for the label among file, stars" in error.action
    put(tmp_path / "only" / "test" / "cat" / "1.png")
    put(tmp_path / "only" / "val" / "dog" / "1.png", 2)
    assert refused([], tmp_path / "only").id == "labels-no-train"
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "1.jpg").write_text("no picture")
    assert "not a JPEG" in refused([tmp_path / "bad"], None).what


@pytest.mark.skipif(os.name == "nt" or sys.platform == "darwin", reason="needs names of bytes")
def test_that_odd_names_survive_scan_and_file(tmp_path):
    for name in (b"caf\xe9.png", "🌸 漢字.png".encode(), b"n" * 246 + b".png"):
        (tmp_path / os.fsdecode(name)).write_bytes(encoded(picture(len(name)), "PNG"))
    manifest = scan([tmp_path], None)
    write_manifest(manifest, tmp_path.with_name("manifest.jsonl"))
    again = read_manifest(tmp_path.with_name("manifest.jsonl"))
    assert again == manifest
    assert all(again.absolute(image).read_bytes() for image in again.unlabeled)
    "\n".join(describe(again)).encode("utf-8")


def test_that_unchanged_files_are_never_decoded_again(tmp_path, monkeypatch):
    data = encoded(picture(), "PNG")
    for index in range(1000):
        folder = tmp_path / f"{index % 10}"
        folder.mkdir(exist_ok=True)
        (folder / f"{index}.png").write_bytes(data)
    seen: list[tuple[str, int, int]] = []
    first = scan([tmp_path], None, report=lambda *progress: seen.append(progress), workers=1)
    assert seen[-1] == ("Checking images", 1000, 1000)
    assert ("Checking images", 0, 1000) in seen

    def forbidden(path: str) -> None:
        raise AssertionError(f"{path} was checked again")

    with monkeypatch.context() as patch:
        patch.setattr(validation, "check_file", forbidden)
        patch.setattr(validation, "num_workers", lambda asked: 0)
        assert scan([tmp_path], None) == first
    put(tmp_path / "3" / "3.png", seed=5)
    checked = []
    monkeypatch.setattr(
        validation, "check_file", lambda path: checked.append(path) or _check_file(path)
    )
    assert scan([tmp_path], None) != first
    assert checked == [str(tmp_path / "3" / "3.png")]


_check_file = validation.check_file


@pytest.mark.slow
def test_that_10000_unchanged_files_are_scanned_again_in_two_seconds(tmp_path):
    data = encoded(picture(), "PNG")
    for index in range(10_000):
        folder = tmp_path / f"{index % 20}"
        folder.mkdir(exist_ok=True)
        (folder / f"{index}.png").write_bytes(data)
    scan([], tmp_path)
    start = time.perf_counter()
    manifest = scan([], tmp_path)
    assert time.perf_counter() - start < 2
    assert len(manifest.labeled) == 10_000
    shutil.rmtree(tmp_path)  # pytest would keep three of these


def test_that_a_damaged_or_useless_cache_does_not_matter(tmp_path, class_folders, cache):
    first = scan([], class_folders)
    (file,) = cache.glob("*.sqlite")
    file.write_bytes(b"not a database" * 1000)
    assert scan([], class_folders) == first
    assert list(cache.glob("*.damaged"))
    blocked = tmp_path / "a file"
    blocked.touch()
    assert scan([], class_folders, cache=blocked / "below") == first


def test_that_stopping_keeps_what_was_checked(class_folders, monkeypatch):
    calls = iter(range(100))
    with pytest.raises(Stopped):
        scan([], class_folders, stopped=lambda: next(calls) >= 8)
    checked: list[str] = []
    monkeypatch.setattr(
        validation, "check_file", lambda path: checked.append(path) or _check_file(path)
    )
    scan([], class_folders)
    assert len(checked) == 12


def test_that_a_file_that_vanishes_while_scanning_is_named(class_folders, monkeypatch):
    def vanish(path: str) -> object:
        if path.endswith("5.png"):
            Path(path).unlink()
        return _check_file(path)

    monkeypatch.setattr(validation, "check_file", vanish)
    manifest = scan([], class_folders)
    assert [(bad.path, bad.reason) for bad in manifest.quarantined] == [
        ("class 0/5.png", "vanished while scanning"),
        ("class 1/5.png", "vanished while scanning"),
    ]
    assert len(manifest.labeled) == 18


def test_that_scanning_needs_no_torch(class_folders):
    code = (
        "import sys, json; from pathlib import Path; from core.images.data.scan import scan; "
        "import core.images.data.pixels; scan([], Path(sys.argv[1])); "
        "heavy = {'torch', 'pyarrow', 'sklearn', 'timm', 'pydicom', 'pi_heif'} & set(sys.modules); "
        "print(json.dumps(sorted(heavy)))"
    )
    root = Path(__file__).resolve().parents[4]
    command = [sys.executable, "-c", code, str(class_folders)]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == []


def test_that_two_scans_at_once_agree(tmp_path, class_folders):
    root = Path(__file__).resolve().parents[4]
    code = (
        "import sys; from pathlib import Path; from core.images.data.scan import scan; "
        "from core.data.manifest_file import write_manifest; "
        "write_manifest(scan([], Path(sys.argv[1])), Path(sys.argv[2]))"
    )
    outs = [tmp_path / "one.jsonl", tmp_path / "two.jsonl"]
    running = [
        subprocess.Popen([sys.executable, "-c", code, str(class_folders), str(out)], cwd=root)
        for out in outs
    ]
    assert [process.wait(60) for process in running] == [0, 0]
    assert outs[0].read_bytes() == outs[1].read_bytes()
    shutil.rmtree(tmp_path)
