"""The map of a run: every example a point, once for each encoder, made once."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from core.atlas.asking import atlas_of
from core.atlas.encoders import Encoder
from core.atlas.kept import mark_of
from core.atlas.points import pointed
from core.atlas.wanted import Wanted
from core.cli.main import app
from core.data.manifest import Manifest
from core.data.manifest_file import read_manifest
from core.errors import RunError
from core.modalities import data_of
from core.readers.answers import read_answers, read_test_rows
from core.readers.atlas import SPLITS, read_atlas, write_atlas
from core.readers.atlas_facts import said_of, with_suspects
from core.run.files import SUSPECTS
from core.run.folder import RunFolder
from core.system.stopping import Stopped
from tests.helpers.worlds import World, tiny_recipe, with_text_when_slow


@with_text_when_slow
def test_that_every_example_is_a_point_for_each_encoder(untuned: RunFolder, world: World) -> None:
    told: list[str] = []
    atlas = atlas_of(Wanted(untuned, report=lambda what, *_: told.append(what)))
    assert atlas.encoders == ("initial", "further", "distilled")
    assert atlas.places.shape == (3, len(atlas), 2)
    assert np.isfinite(atlas.places).all()
    counts = {name: int((atlas.split == number).sum()) for number, name in enumerate(SPLITS)}
    assert counts == {
        "unlabeled": 24 if world.kind == "images" else 12,
        "train": 24,
        "val": 0,
        "test": 12,
    }
    assert len(set(atlas.files)) == len(atlas)
    assert ((atlas.label < 0) == (atlas.split == 0)).all()
    manifest = read_manifest(untuned.manifest_file)
    test = atlas.split == SPLITS.index("test")
    expected = [each.label for each in manifest.labeled_split("test")]
    assert [atlas.classes[at] for at in atlas.label[test]] == expected
    assert len(atlas.texts) == (len(atlas) if world.kind == "text" else 0)
    assert all(atlas.texts)
    # Trained encoders see the examples otherwise.
    assert np.abs(atlas.places[1] - atlas.places[0]).max() > 1e-3
    told.clear()
    again = atlas_of(Wanted(untuned, report=lambda what, *_: told.append(what)))
    assert set(told) == {"Looking at the run"}
    assert np.array_equal(again.places, atlas.places)


def test_that_a_changed_file_makes_another_map(untuned: RunFolder, tmp_path: Path) -> None:
    part = data_of(untuned.recipe().modality)
    manifest = read_manifest(untuned.manifest_file)
    (tmp_path / "picture.png").write_bytes(b"one")
    moved = replace(
        manifest,
        roots=(str(tmp_path),),
        unlabeled=(replace(manifest.unlabeled[0], path="picture.png", root=0),),
        labeled=(),
    )
    encoders = [Encoder("initial")]
    before = mark_of(untuned, moved, encoders, part, 10)
    assert mark_of(untuned, moved, encoders, part, 10) == before
    assert mark_of(untuned, moved, encoders, part, 11) != before
    (tmp_path / "picture.png").write_bytes(b"another")
    assert mark_of(untuned, moved, encoders, part, 10) != before


def test_that_of_too_many_examples_some_are_drawn(untuned: RunFolder) -> None:
    manifest = read_manifest(untuned.manifest_file)
    part, data = data_of(untuned.recipe().modality), untuned.recipe().data
    found = pointed(manifest, part, data, most=20, seed=0)
    kept: Manifest = found.manifest
    assert len(kept.labeled) == 20
    assert sum(each.label == "" for each in kept.labeled) == 10
    assert found.num_left_out == 24 + 36 - 20
    assert pointed(manifest, part, data, most=20, seed=0).manifest.labeled == kept.labeled


def test_that_a_run_that_has_read_nothing_has_no_map(world: World, tmp_path: Path) -> None:
    run = RunFolder.create(tmp_path / "run", tiny_recipe(world))
    with pytest.raises(RunError) as caught:
        atlas_of(Wanted(run))
    assert caught.value.id == "run-not-read-yet"


def test_that_a_map_can_be_stopped(untuned: RunFolder) -> None:
    with pytest.raises(Stopped):
        atlas_of(Wanted(untuned, most=30, stopped=lambda: True))


@with_text_when_slow
def test_that_the_command_writes_page_and_table(
    undisturbed: RunFolder, world: World, tmp_path: Path
) -> None:
    page, table = tmp_path / "map.html", tmp_path / "map.parquet"
    for out in (page, table):
        done = CliRunner().invoke(app, ["map", str(undisturbed.path), "--out", str(out)])
        assert done.exit_code == 0, done.output
    assert "3 encoders, with the answers of" in done.output
    rows = pq.read_table(table).to_pylist()
    said = [row for row in rows if row["predicted"]]
    assert {row["split"] for row in said} == {"test"}
    assert len(said) == 12
    assert {"x_initial", "y_initial", "x_further", "x_distilled"} <= rows[0].keys()
    assert "</html>" in page.read_text(encoding="utf-8")
    told = [("map.png", "map-form"), ("map.html", "report-inside-data")]
    for name, error_id in told:
        out = (world.labeled if error_id == "report-inside-data" else tmp_path) / name
        with pytest.raises(RunError) as caught:
            CliRunner().invoke(
                app, ["map", str(undisturbed.path), "--out", str(out)], catch_exceptions=False
            )
        assert caught.value.id == error_id


def test_that_facts_are_those_of_the_run(undisturbed: RunFolder, tmp_path: Path) -> None:
    atlas = atlas_of(Wanted(undisturbed))
    said = said_of(atlas, undisturbed, "base", 0)
    asked = said.predicted >= 0
    assert (asked == (atlas.split == SPLITS.index("test"))).all()
    answers = read_answers(undisturbed, read_test_rows(undisturbed), "base", 0)
    assert list(said.predicted[asked]) == list(answers.predicted)
    assert list(said.confidence[asked]) == list(answers.confidence)
    assert (atlas.suggested == -1).all()
    train = np.flatnonzero(atlas.split == SPLITS.index("train"))
    run = RunFolder(tmp_path)
    (tmp_path / SUSPECTS).write_text(
        "example,given_label,decision,new_label,suggested_label\n"
        f"{atlas.names[train[0]]},blue,,,red\n{atlas.names[train[1]]},blue,keep,,red\n",
        encoding="utf-8",
    )
    doubted = with_suspects(atlas, run).suggested
    assert list(np.flatnonzero(doubted >= 0)) == [train[0]]
    assert atlas.classes[doubted[train[0]]] == "red"


def test_that_a_map_is_read_as_it_was_written(untuned: RunFolder, tmp_path: Path) -> None:
    atlas = atlas_of(Wanted(untuned))
    odd = replace(
        atlas, classes=("a\udcff", *atlas.classes[1:]), files=["\udcfe.png", *atlas.files[1:]]
    )
    write_atlas(tmp_path / "map.parquet", odd)
    found = read_atlas(tmp_path / "map.parquet")
    assert (found.classes, list(found.files)) == (odd.classes, list(odd.files))
    assert np.array_equal(found.places, odd.places)
    assert np.allclose(found.between(0.5), (odd.places[0] + odd.places[1]) / 2)
    (tmp_path / "map.parquet").write_bytes(b"nothing")
    with pytest.raises(RunError) as caught:
        read_atlas(tmp_path / "map.parquet")
    assert caught.value.id == "map-damaged"
