"""Predictions of folders into files: what they say, and that they go on where they ended."""

import csv
import os
import shutil
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from core.errors import RunError
from core.images.model.open_classifier import open_classifier
from core.predict.predict import classifier_folder
from core.predict.wanted import Listeners, Wanted, Written
from core.run.folder import RunFolder
from tests.helpers.faces import predict, predict_files
from tests.helpers.worlds import World

_TOLD = {"report", "tell", "found", "stopped"}


@pytest.fixture
def folder(world: World, tmp_path: Path) -> Path:
    """Twelve readable pictures and one that was cut off."""
    folder = tmp_path / "images"
    shutil.copytree(world.labeled / "test", folder)
    whole = next((folder / "red").iterdir()).read_bytes()
    (folder / "red" / "zz-broken.png").write_bytes(whole[:60])
    return folder


def predicted(run: RunFolder, folder: Path, out: Path, **changes: object) -> Written:
    files = {"table": out / "labels.csv", "embeddings": out / "embeddings.parquet"}
    told: dict = {"report": lambda done, total: None}
    told |= {name: changes.pop(name) for name in _TOLD & changes.keys()}
    wanted, listeners = Wanted(**{**files, **changes}), Listeners(**told)
    return predict_files(run, [folder], wanted, listeners=listeners, piece=4, settle_s=0.2)


def test_that_the_files_say_what_predict_says(
    undisturbed: RunFolder, folder: Path, tmp_path: Path
) -> None:
    assert predicted(undisturbed, folder, tmp_path) == Written(13, 1)
    with (tmp_path / "labels.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    images = [Path(row["path"]) for row in rows]
    for row, found in zip(rows, predict(undisturbed, images), strict=True):
        assert bool(row["problem"]) == bool(found.problem)
        if not found.problem:
            label, probability = found.probabilities[0]
            assert row["label"] == label
            assert float(row["probability"]) == pytest.approx(probability, abs=1e-4)
    assert not list(tmp_path.glob("*.parts"))


def test_that_embeddings_are_what_the_head_reads(
    undisturbed: RunFolder, folder: Path, tmp_path: Path
) -> None:
    predicted(undisturbed, folder, tmp_path)
    table = pq.read_table(tmp_path / "embeddings.parquet").to_pylist()
    (broken,) = [row for row in table if row["problem"]]
    assert broken["embedding"] is None
    head = open_classifier(classifier_folder(undisturbed))[0].head
    whole = [row for row in table if not row["problem"]]
    features = np.array([row["embedding"] for row in whole], dtype=np.float32)
    assert features.shape == (12, 32)
    logits = features @ head.weight.detach().numpy().T + head.bias.detach().numpy()
    best = np.exp(logits).max(axis=1) / np.exp(logits).sum(axis=1)
    np.testing.assert_allclose([row["probability"] for row in whole], best, atol=1e-5)


def test_that_a_prediction_goes_on_where_it_ended(
    undisturbed: RunFolder, folder: Path, tmp_path: Path
) -> None:
    class Killed(BaseException):
        pass

    def die(done: int, total: int) -> None:
        if done == 8:
            raise Killed

    with pytest.raises(Killed):
        predicted(undisturbed, folder, tmp_path, report=die)
    assert not (tmp_path / "labels.csv").exists()
    parts = sorted((tmp_path / "labels.csv.parts").glob("part-*"))
    assert len(parts) == 2
    for part in parts:
        os.utime(part, ns=(1, 1))
    times: list[int] = []

    def look(done: int, total: int) -> None:
        times[:] = [part.stat().st_mtime_ns for part in parts]

    assert predicted(undisturbed, folder, tmp_path, report=look) == Written(13, 1)
    assert times == [1, 1]  # not written again
    resumed = (tmp_path / "labels.csv").read_bytes()
    predicted(undisturbed, folder, tmp_path)
    assert (tmp_path / "labels.csv").read_bytes() == resumed


def test_that_parts_of_other_images_are_not_taken(
    undisturbed: RunFolder, folder: Path, tmp_path: Path
) -> None:
    def die(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        predicted(undisturbed, folder, tmp_path, report=die)
    (folder / "blue" / "aa-new.png").write_bytes(next((folder / "red").iterdir()).read_bytes())
    assert predicted(undisturbed, folder, tmp_path) == Written(14, 1)


def test_that_nothing_is_written_into_the_images_folder(
    undisturbed: RunFolder, folder: Path
) -> None:
    with pytest.raises(RunError) as caught:
        predicted(undisturbed, folder, folder / "red")
    assert caught.value.id == "predict-inside-data"


def test_that_copies_are_sorted_and_names_that_clash_are_kept_apart(
    undisturbed: RunFolder, folder: Path, tmp_path: Path
) -> None:
    twin = folder / "more" / next((folder / "red").iterdir()).name
    twin.parent.mkdir()
    twin.write_bytes((folder / "red" / twin.name).read_bytes())
    copies = tmp_path / "sorted"
    written = predicted(undisturbed, folder, tmp_path, sort_into=copies)
    assert (written.num_copies, written.num_not_copied) == (13, 0)
    with (tmp_path / "labels.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if not row["problem"]]
    for row in rows:
        same = [
            copy
            for copy in (copies / row["label"]).iterdir()
            if copy.read_bytes() == Path(row["path"]).read_bytes()
        ]
        assert same
    assert sum(1 for each in copies.glob("*/*")) == 13
    # The same again finds all of it done.
    assert predicted(undisturbed, folder, tmp_path, sort_into=copies).num_copies == 0
    assert sum(1 for each in copies.glob("*/*")) == 13


def test_that_a_copy_that_was_cut_off_is_made_again_at_its_place(
    undisturbed: RunFolder, folder: Path, tmp_path: Path
) -> None:
    copies = tmp_path / "sorted"
    predicted(undisturbed, folder, tmp_path, sort_into=copies)
    before = {copy: copy.read_bytes() for copy in copies.glob("*/*")}
    first, second, *_ = before
    first.unlink()
    second.write_bytes(b"")
    assert predicted(undisturbed, folder, tmp_path, sort_into=copies).num_copies == 2
    assert {copy: copy.read_bytes() for copy in copies.glob("*/*")} == before


@pytest.mark.parametrize("where", ["images/copies", "images", "."])
def test_that_copies_never_go_near_the_data(
    undisturbed: RunFolder, folder: Path, tmp_path: Path, where: str
) -> None:
    with pytest.raises(RunError) as caught:
        predicted(undisturbed, folder, tmp_path, sort_into=tmp_path / where)
    assert caught.value.id in {"predict-inside-data", "predict-sorts-around-data"}


def test_that_plain_numbers_have_a_row_for_each_of_the_table(
    undisturbed: RunFolder, folder: Path, tmp_path: Path
) -> None:
    predicted(undisturbed, folder, tmp_path, table=None, embeddings=tmp_path / "vectors.npy")
    vectors = np.load(tmp_path / "vectors.npy")
    with (tmp_path / "vectors.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert vectors.shape == (13, 32)
    assert [bool(row["problem"]) for row in rows] == list(np.isnan(vectors).all(axis=1))


def test_that_only_what_has_changed_or_come_is_classified_again(
    undisturbed: RunFolder, folder: Path, tmp_path: Path
) -> None:
    red, blue = (min((folder / name).iterdir()) for name in ("red", "blue"))

    def stop(done: int, total: int) -> None:
        if done == 12:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        predicted(undisturbed, folder, tmp_path, report=stop)
    os.utime(red, ns=(5, 5))
    (folder / "red" / "new.png").write_bytes(blue.read_bytes())
    blue.unlink()
    found: list[dict] = []
    told: list[str] = []
    written = predicted(undisturbed, folder, tmp_path, found=found.extend, tell=told.append)
    assert written.num_images == len({row["path"] for row in found}) == 13
    assert told[0] == "Going on after 11 that were classified before."
    table = pq.read_table(tmp_path / "embeddings.parquet").to_pylist()
    assert len({row["path"] for row in table}) == len(table) == 13
    assert str(blue) not in {row["path"] for row in table}


def test_that_another_classifier_begins_anew_and_says_so(
    undisturbed: RunFolder, folder: Path, tmp_path: Path
) -> None:
    told: list[str] = []
    asked = {"table": tmp_path / "labels.csv", "sort_into": tmp_path / "sorted"}
    for arm in ("base", "base", "distilled"):
        predict_files(
            undisturbed,
            [folder],
            Wanted(**asked),
            arm=arm,
            listeners=Listeners(lambda done, total: None, told.append),
        )
    said = [words for words in told if "can't be read" not in words]
    assert said[0] == "Going on after 13 that were classified before."
    assert "another classifier answered: everything is classified anew" in said[1]
    assert len(said) == 2


def test_that_what_can_t_be_copied_or_is_gone_is_said_and_the_rest_goes_on(
    undisturbed: RunFolder, folder: Path, tmp_path: Path
) -> None:
    copies, gone = tmp_path / "sorted", folder / "blue" / "gone.png"
    copies.mkdir()
    (copies / "red").write_text("a file where a folder has to be")
    told: list[str] = []

    def again() -> Written:
        wanted = Wanted(sort_into=copies)
        listeners = Listeners(lambda done, total: None, told.append)
        return predict_files(undisturbed, [folder, gone], wanted, listeners=listeners)

    first = again()
    assert first.num_unreadable == 2
    assert any(words.startswith(f"{gone} can't be read: ") for words in told)
    num_red = first.num_not_copied
    assert num_red + first.num_copies == 12
    assert any("can't be copied to" in words for words in told) == (num_red > 0)
    (copies / "red").unlink()
    second = again()
    assert (second.num_copies, second.num_not_copied) == (num_red, 0)


def test_that_empty_files_and_broken_links_below_a_folder_are_rows_with_a_reason(
    undisturbed: RunFolder, folder: Path, tmp_path: Path
) -> None:
    (folder / "red" / "empty.png").touch()
    (folder / "red" / "nowhere.png").symlink_to(tmp_path / "gone.png")
    assert predicted(undisturbed, folder, tmp_path) == Written(15, 3)
    with (tmp_path / "labels.csv").open(encoding="utf-8", newline="") as file:
        problems = {Path(row["path"]).name: row["problem"] for row in csv.DictReader(file)}
    assert problems["empty.png"]
    assert problems["nowhere.png"]


def test_that_a_name_that_is_nowhere_is_refused(undisturbed: RunFolder, tmp_path: Path) -> None:
    with pytest.raises(RunError) as refused:
        predicted(undisturbed, tmp_path / "photoz", tmp_path)
    assert refused.value.id == "predict-nothing-there"
    assert "photoz" in refused.value.what
    assert not (tmp_path / "labels.csv").exists()


@pytest.mark.parametrize("name", ["labels.xlsx", "labels.PARQUET", "labels.json"])
def test_that_a_table_is_not_written_under_the_name_of_another_format(
    undisturbed: RunFolder, folder: Path, tmp_path: Path, name: str
) -> None:
    with pytest.raises(RunError) as refused:
        predicted(undisturbed, folder, tmp_path, table=tmp_path / name)
    assert refused.value.id == "table-is-csv"


def test_that_a_place_of_another_kind_is_refused_before_anything_is_classified(
    undisturbed: RunFolder, folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "a-folder.npy").mkdir()
    (tmp_path / "a-folder").mkdir()
    (tmp_path / "a-file").touch()
    wrong = {"table": "a-folder", "embeddings": "a-folder.npy", "sort_into": "a-file"}
    for name, place in wrong.items():
        only = {"table": tmp_path / "labels.csv", "embeddings": None, name: tmp_path / place}
        with pytest.raises(RunError) as refused:
            predicted(undisturbed, folder, tmp_path, **only)
        assert refused.value.id == "file-not-writable"
        assert str(tmp_path / place) in refused.value.what
    assert {path.name for path in tmp_path.iterdir()} == {"images", *wrong.values()}
