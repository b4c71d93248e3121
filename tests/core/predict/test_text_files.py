"""Predictions of folders of texts and tables into files."""

import csv
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from core.predict.predict import classifier_folder
from core.predict.wanted import Listeners, Wanted, Written
from core.run.folder import RunFolder
from core.text.model.open_classifier import open_text_classifier
from tests.helpers.faces import predict, predict_files
from tests.helpers.text_runs import written_text_run


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    return written_text_run(tmp_path_factory.mktemp("texts"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A table of eleven rows, one of them broken, between two plain texts; and an empty table."""
    folder = tmp_path / "new"
    folder.mkdir()
    (folder / "a.txt").write_text("the apple is green")
    rows = [f'{{"text": "the sea is {"very " * number}blue"}}' for number in range(10)]
    (folder / "b.jsonl").write_text("\n".join([*rows[:4], "broken", *rows[4:]]) + "\n")
    (folder / "c.csv").write_text("text\n")
    (folder / "d.txt").write_text("grass")
    return folder


def predicted(run: RunFolder, folder: Path, wanted: Wanted, **told: object) -> Written:
    listeners = Listeners(**{"report": lambda done, total: None, **told})
    return predict_files(run, [folder], wanted, listeners=listeners, piece=3)


def rows_of(table: Path) -> list[dict[str, str]]:
    with table.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_that_each_text_has_a_row(run: RunFolder, folder: Path, tmp_path: Path) -> None:
    table, counts = tmp_path / "labels.csv", list[tuple[int, int]]()
    written = predicted(
        run, folder, Wanted(table), report=lambda done, total: counts.append((done, total))
    )
    assert (written.num_images, written.num_unreadable) == (14, 2)
    assert counts[0] == (0, 14)
    assert counts[-1] == (14, 14)
    rows = rows_of(table)
    lines = [f"{folder / 'b.jsonl'}:{number}" for number in range(1, 12)]
    whole = [str(folder / name) for name in ("a.txt", "c.csv", "d.txt")]
    assert sorted(row["path"] for row in rows) == sorted([*whole, *lines])
    assert {row["path"] for row in rows if row["problem"]} == {lines[4], whole[1]}
    read = [row for row in rows if not row["problem"]]
    assert [row["path"] for row in read] == [whole[0], *lines[:4], *lines[5:], whole[2]]
    assert read[1]["text"] == "the sea is blue"
    found = {each.name: each.probabilities for each in predict(run, [folder])}
    for row in rows:
        if not row["problem"]:
            label, probability = found[row["path"]][0]
            assert row["label"] == label
            assert float(row["probability"]) == pytest.approx(probability, abs=1e-4)


def test_that_a_table_goes_on_in_its_middle(run: RunFolder, folder: Path, tmp_path: Path) -> None:
    whole, stopped = tmp_path / "whole.csv", tmp_path / "stopped.csv"
    predicted(run, folder, Wanted(whole))
    seen: list[dict] = []
    first = predicted(
        run, folder, Wanted(stopped), found=seen.extend, stopped=lambda: len(seen) >= 5
    )
    assert not first.is_whole
    assert 5 <= first.num_images < 14
    assert len(rows_of(stopped)) == first.num_images
    told: list[str] = []
    assert predicted(run, folder, Wanted(stopped), tell=told.append).is_whole
    assert told[0] == f"Going on after {first.num_images} that were classified before."
    assert [row["path"] for row in rows_of(stopped)] == [row["path"] for row in rows_of(whole)]
    assert not list(tmp_path.glob("*.parts"))


def test_that_embeddings_of_texts_are_what_the_output_layer_reads(
    run: RunFolder, folder: Path, tmp_path: Path
) -> None:
    predicted(run, folder, Wanted(embeddings=tmp_path / "vectors.parquet"))
    layer = open_text_classifier(classifier_folder(run))[0].output_layer
    rows = [
        row for row in pq.read_table(tmp_path / "vectors.parquet").to_pylist() if not row["problem"]
    ]
    features = np.array([row["embedding"] for row in rows], dtype=np.float32)
    logits = features @ layer.weight.detach().numpy().T + layer.bias.detach().numpy()
    best = np.exp(logits).max(axis=1) / np.exp(logits).sum(axis=1)
    np.testing.assert_allclose([row["probability"] for row in rows], best, atol=1e-5)


def test_that_files_are_copied_and_rows_of_tables_stand_in_a_table_of_their_class(
    run: RunFolder, folder: Path, tmp_path: Path
) -> None:
    copies, table = tmp_path / "sorted", tmp_path / "labels.csv"
    predicted(run, folder, Wanted(table, sort_into=copies))
    found = {
        (row["text"], path.parent.name)
        for path in copies.glob("*/texts.csv")
        for row in rows_of(path)
    }
    found |= {(path.read_text(), path.parent.name) for path in copies.glob("*/*.txt")}
    rows = [row for row in rows_of(table) if not row["problem"]]
    assert found == {(row["text"], row["label"]) for row in rows}
    assert len(found) == len(rows) == 12
    # What comes later is added; what is there is not taken for somebody else's.
    (folder / "e.csv").write_text("text\nthe sky is grey\n")
    predicted(run, folder, Wanted(table, sort_into=copies))
    assert sum(len(rows_of(path)) for path in copies.glob("*/texts.csv")) == 11
    assert not list(copies.glob("*/texts-2.csv"))


def test_that_an_empty_text_has_no_class(run: RunFolder, tmp_path: Path) -> None:
    found = list(predict(run, [], texts=["", " \n", "the sea is blue"]))
    assert [bool(each.problem) for each in found] == [True, True, False]
    assert not found[0].probabilities
    table = tmp_path / "new.csv"
    table.write_text('text,id\nthe sea is blue,1\n"  ",2\nthe apple is green,3\n')
    rows = list(predict(run, [table]))
    assert [bool(each.problem) for each in rows] == [False, True, False]
