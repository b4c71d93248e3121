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
from core.predict.files import Written
from core.predict.predict import classifier_folder
from core.run.folder import RunFolder
from tests.helpers.faces import predict, predict_files
from tests.helpers.worlds import World


@pytest.fixture
def folder(world: World, tmp_path: Path) -> Path:
    """Twelve readable pictures and one that was cut off."""
    folder = tmp_path / "images"
    shutil.copytree(world.labeled / "test", folder)
    whole = next((folder / "red").iterdir()).read_bytes()
    (folder / "red" / "zz-broken.png").write_bytes(whole[:60])
    return folder


def predicted(run: RunFolder, folder: Path, out: Path, **changes: object) -> Written:
    options: dict = {
        "arm": None,
        "table": out / "labels.csv",
        "embeddings": out / "embeddings.parquet",
        "report": lambda done, total: None,
        "piece": 4,
        **changes,
    }
    return predict_files(run, [folder], **options)


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
