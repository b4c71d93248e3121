"""A map of examples with several labels: by one of them, by their number, with all in its files."""

import csv
import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from core.atlas.asking import atlas_of
from core.atlas.exports import write_map
from core.atlas.wanted import Wanted
from core.data.manifest_file import read_manifest
from core.data.tags import split_tags
from core.readers.atlas import SPLITS, in_words, read_atlas, write_atlas
from core.readers.atlas_facts import Said, said_of
from core.readers.colouring import colourings_of
from core.readers.point_tags import Tags
from core.run.classifiers import answers_folder
from core.run.decision import read_decision
from core.run.folder import RunFolder
from tests.core.atlas.test_exports import EVIL, atlas
from tests.helpers.several_labels import (
    drawn_labels,
    several_labels_run,
    write_shapes,
    write_texts,
)
from tests.helpers.worlds import World, in_both_worlds, tiny_recipe

HAS = Tags.of_lists([[0, 1], [], []])
SAYS = Said(
    np.array([0, 1, -1], np.int32),
    np.array([0.9, 0.8, np.nan], np.float32),
    Tags.of_lists([[0], [1], []]),
)


def several(**changes: object):
    return atlas(label=np.full(3, -1, np.int32), tags=HAS, suggested=np.full(3, -1), **changes)


def test_that_points_are_coloured_by_each_label_by_number_and_by_all_of_them() -> None:
    found = {each.name: each for each in colourings_of(several(), SAYS, tag=1)}
    assert list(found)[:4] == ["has-label", "said-label", "right-label", "number"]
    assert "class" not in found
    assert list(found["has-label"].of) == [0, 1, -1]
    assert list(found["said-label"].of) == [1, 0, -1]
    right = found["right-label"]
    assert [right.groups[at] if at >= 0 else "" for at in right.of] == [
        "has it, not said",
        "said, does not have it",
        "",
    ]
    other = {each.name: each for each in colourings_of(several(), SAYS, tag=0)}["right-label"]
    assert list(other.of) == [0, 3, -1]
    number = found["number"]
    assert (number.groups, list(number.of)) == (("0", "2"), [1, 0, -1])
    assert list(found["correctness"].of) == [1, 1, -1]
    right_once = replace(SAYS, tags=Tags.of_lists([[0, 1], [1], []]))
    assert list(colourings_of(several(), right_once)[4].of) == [0, 1, -1]
    alone = [each.name for each in colourings_of(several())]
    assert alone == ["has-label", "number", "split", "copies"]


def test_that_all_labels_are_in_every_file(tmp_path: Path) -> None:
    for form in ("html", "csv", "parquet"):
        write_map(tmp_path / f"map.{form}", several(), SAYS, "run")
    rows = pq.read_table(tmp_path / "map.parquet").to_pylist()
    assert [row["labels"] for row in rows] == [[EVIL, "b\\udcff"], [], None]
    assert [row["said"] for row in rows] == [[EVIL], ["b\\udcff"], None]
    with (tmp_path / "map.csv").open(newline="", encoding="utf-8") as file:
        cells = [row["labels"] for row in csv.DictReader(file)]
    assert [json.loads(cell) if cell else None for cell in cells] == [
        [EVIL, "b\\udcff"],
        [],
        None,
    ]
    page = (tmp_path / "map.html").read_text(encoding="utf-8")
    assert "<script>alert" not in page
    found = re.search(r'id="data">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    data = json.loads(found[1])
    assert data["titles"][0][1] == f"{EVIL}, b\\udcff, train; said: {EVIL}"
    assert data["titles"][1][1] == "none of them, test; said: b\\udcff"
    assert 'id="tag"' in page
    assert data["tags"] is not None
    assert data["said"] is not None
    write_map(tmp_path / "one.html", atlas(), None, "run")
    assert 'id="tag"' not in (tmp_path / "one.html").read_text(encoding="utf-8")


def test_that_labels_are_read_as_they_were_written(tmp_path: Path) -> None:
    write_atlas(tmp_path / "map.parquet", several())
    found = read_atlas(tmp_path / "map.parquet")
    assert found.tags is not None
    assert found.tags.same_as(HAS).all()
    assert [found.labels_of(row) for row in range(3)] == [[EVIL, "b\\udcff"], [], []]
    write_atlas(tmp_path / "map.parquet", atlas())
    assert read_atlas(tmp_path / "map.parquet").tags is None


def test_that_flags_and_lists_are_the_same_labels() -> None:
    flags = np.array([[True, False, True], [False, False, False], [False, True, True]])
    tags = Tags.of_flags(flags)
    assert tags.same_as(Tags.of_lists([[0, 2], [], [1, 2]])).all()
    assert list(tags.same_as(Tags.of_lists([[0, 2], [1], [1]]))) == [True, False, False]
    assert [tags.has(tag).tolist() for tag in range(3)] == flags.T.tolist()
    assert tags.counts.tolist() == [2, 0, 2]


@in_both_worlds
def test_that_data_with_several_labels_have_a_map(world: World, tmp_path: Path) -> None:
    write = write_shapes if world.kind == "images" else write_texts
    labels = drawn_labels(40)
    data = {"labeled": str(write(tmp_path / "data", labels)), "test_fraction": 0.25}
    if world.kind == "text":
        data["kind"] = "text"
    found = atlas_of(Wanted(tiny_recipe(world, data=data)))
    assert found.tags is not None
    assert (found.suggested == -1).all()
    number = [int(re.findall(r"\d+", name)[-1]) for name in found.names]
    if world.kind == "text":
        number = [line - 1 for line in number]
    for row, own in enumerate(number):
        assert found.labels_of(row) == sorted(labels[own])


@pytest.mark.slow
def test_that_a_run_says_which_labels_it_gives(image_world: World) -> None:
    run: RunFolder = several_labels_run(image_world)
    found = atlas_of(Wanted(run))
    said = said_of(found, run, "base", 0)
    assert said.tags is not None
    asked = np.isin(found.split, [SPLITS.index("val"), SPLITS.index("test")])
    assert ((said.predicted >= 0) == asked).all()
    assert not said.tags.counts[~asked].any()
    folder = answers_folder(run, "base", 0)
    assert folder is not None
    assert len(read_decision(folder).thresholds) == 3
    manifest = read_manifest(run.manifest_file)
    test = np.flatnonzero(found.split == SPLITS.index("test"))
    own = [list(split_tags(each.label or "")) for each in manifest.labeled_split("test")]
    assert [found.labels_of(int(row)) for row in test] == own
    assert in_words(found, int(test[0])).endswith(", test")
