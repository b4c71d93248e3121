"""What to label next: chosen without any label, labeled in a table, read by the next run."""

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from core.cli.main import app
from core.data.label_table import Row, read_table, write_table
from core.data.modality import ScanRequest
from core.data.ways import WAYS, Way
from core.evaluate.worth_labeling import Pool, worth_labeling
from core.modalities import data_of
from core.recipe import DataRecipe, modality_named
from core.run.folder import RunFolder
from tests.helpers.worlds import World, in_both_worlds

TINY = ["--set", "runtime.threads=1", "--set", "runtime.workers=0", "--set", "runtime.device=cpu"]


def asked(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["next", *map(str, arguments)])


@in_both_worlds
def test_that_one_begins_without_labels_and_goes_on_with_some(world: World, tmp_path: Path) -> None:
    table = tmp_path / "to-label.csv"
    options = ["--unlabeled", world.unlabeled, "--model", world.model, "--out", table, *TINY]
    if world.kind == "text":
        options += ["--kind", "text"]
    done = asked(*options, "--count", 4)
    assert done.exit_code == 0, done.output
    assert "chosen as typical, with 0 labels known" in done.output.replace("\n", " ")
    # What libraries say of files that they load is nothing to whoever labels.
    assert "Loading weights" not in done.output
    rows = read_table(table)
    assert len(rows) == 4
    assert all(not row.label and not row.is_skipped for row in rows)
    assert all(bool(row.text) == (world.kind == "text") for row in rows)
    # A person labels two, passes one over, and leaves one.
    first, second, third, fourth = rows
    labeled = [replace(row, label=label) for row, label in ((first, "a"), (second, "=b"))]
    write_table(
        table,
        [
            *labeled,
            replace(third, is_skipped=True),
            fourth,
        ],
        are_texts=world.kind == "text",
    )
    done = asked(*options, "--count", 3)
    assert done.exit_code == 0, done.output
    assert "with 2 labels known" in done.output.replace("\n", " ")
    again = read_table(table)
    assert [row.label for row in again] == ["a", "=b", "", "", "", ""]
    assert [row.place for row in again[:4]] == [row.place for row in rows]
    assert again[2].is_skipped
    assert len({row.place for row in again}) == 6
    # It is the labeled data of the next run, beside the folder that it was chosen from.
    request = ScanRequest(
        unlabeled=[world.unlabeled],
        labeled=table,
        data=DataRecipe(kind=world.kind, test_fraction=0.0, leave_out_copies="none"),
        seed=0,
    )
    manifest = data_of(modality_named(world.kind)).scan(request)
    assert manifest.classes == ("=b", "a")
    assert len(manifest.labeled) == 2


def test_that_a_runs_labels_are_in_the_table_and_its_folder_is_left_alone(
    undisturbed: RunFolder, tmp_path: Path
) -> None:
    table = tmp_path / "to-label.csv"
    before = sorted(undisturbed.path.rglob("*"))
    done = asked(undisturbed.path, "--count", 5, "--out", table)
    assert done.exit_code == 0, done.output
    assert "5 images of 24 to label next, chosen as" in done.output
    rows = read_table(table)
    assert [row.label for row in rows[:5]] == [""] * 5
    splits = [row.split for row in rows[5:]]
    assert (splits.count("train"), splits.count("test")) == (24, 12)
    assert {row.label for row in rows[5:]} == {"blue", "green", "red"}
    assert sorted(undisturbed.path.rglob("*")) == before


def test_that_another_table_is_not_written_over(world: World, tmp_path: Path) -> None:
    table = tmp_path / "mine.csv"
    table.write_text("name,score\na,1\n")
    done = asked("--unlabeled", world.unlabeled, "--model", world.model, "--out", table, *TINY)
    assert "is no table to label in: its columns are name, score" in str(done.exception)
    assert table.read_text() == "name,score\na,1\n"


@pytest.mark.parametrize("way", WAYS)
def test_that_each_way_chooses_that_many_and_each_once(way: Way) -> None:
    random = np.random.default_rng(0)
    features = random.normal(size=(60, 8)).astype(np.float32)
    targets = np.array([0, 1, 2, 0, 1, 2])
    pool = Pool(features[6:], features[:6], targets)
    for count in (1, 7, 54, 100):
        rows = worth_labeling(pool, count, way, seed=1)
        assert len(rows) == len(set(rows.tolist())) == min(count, 54)
        assert np.array_equal(rows, worth_labeling(pool, count, way, seed=1))


def test_that_typical_ones_are_of_every_cluster_that_has_no_label() -> None:
    random = np.random.default_rng(0)
    centres = np.eye(4, 8, dtype=np.float32) * 5
    features = np.concatenate([centre + random.normal(0, 0.1, (20, 8)) for centre in centres])
    pool = Pool(features[1:].astype(np.float32), features[:1].astype(np.float32), np.array([0]))
    rows = worth_labeling(pool, 3, "typical", seed=0)
    assert sorted((rows + 1) // 20) == [1, 2, 3]


def test_that_unsure_ones_lie_between_the_classes() -> None:
    at = np.linspace(-1, 1, 41, dtype=np.float32)
    features = np.column_stack([at, np.ones_like(at)])
    ends = np.array([[-1, 1], [-0.9, 1], [0.9, 1], [1, 1]], dtype=np.float32)
    pool = Pool(features, ends, np.array([0, 0, 1, 1]))
    rows = worth_labeling(pool, 2, "uncertain", seed=0)
    assert np.abs(at[rows]).max() < 0.6


def test_that_the_table_can_be_read_by_anybody(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    rows = [Row("/a/b.txt:3", "x", "train", 'He said "no",\n- twice'), Row("/a/c.txt", text="=1+1")]
    write_table(table, rows, are_texts=True)
    assert read_table(table) == rows
    with table.open(newline="", encoding="utf-8") as file:
        assert [row["text"] for row in csv.DictReader(file)] == [row.text for row in rows]
