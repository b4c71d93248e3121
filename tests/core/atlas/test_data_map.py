"""A map before any run: the data that a recipe names, as its pretrained model sees them."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from typer import BadParameter
from typer.testing import CliRunner, Result

from core.atlas.asking import atlas_of, known_atlas
from core.atlas.kept import mark_of_data
from core.atlas.wanted import Wanted
from core.cli.main import app
from core.data.manifest import Example, Manifest
from core.errors import RunError
from core.modalities import data_of
from core.readers.atlas import SPLITS
from tests.helpers.worlds import (
    World,
    draw_pictures,
    in_both_worlds,
    tiny_recipe,
    with_text_when_slow,
)

TINY = ["--set", "runtime.threads=1", "--set", "runtime.workers=0", "--set", "runtime.device=cpu"]


def asked(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["map", *map(str, arguments)], catch_exceptions=False)


@in_both_worlds
def test_that_data_have_a_map_before_any_run(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDISTILL_CACHE", str(tmp_path / "cache"))
    told: list[str] = []
    wanted = Wanted(tiny_recipe(world), report=lambda what, *_: told.append(what))
    assert known_atlas(wanted) is None
    atlas = atlas_of(wanted)
    assert atlas.encoders == ("initial",)
    counts = [int((atlas.split == number).sum()) for number in range(len(SPLITS))]
    assert counts == [24 if world.kind == "images" else 12, 24, 0, 12]
    assert ((atlas.label < 0) == (atlas.split == 0)).all()
    assert atlas.classes == ("blue", "green", "red") or world.kind == "text"
    assert len(atlas.texts) == (len(atlas) if world.kind == "text" else 0)
    told.clear()
    again = known_atlas(wanted)
    assert again is not None
    assert np.array_equal(again.places, atlas.places)
    assert np.array_equal(again.suggested, atlas.suggested)
    # Neither a model nor an example was looked at again.
    assert not any("ooking at examples" in what for what in told)


def test_that_labels_to_doubt_are_marked_but_for_those_that_are_kept(
    world: World, tmp_path: Path
) -> None:
    folder = tmp_path / "labeled"
    for number, label in enumerate(("blue", "green", "red")):
        draw_pictures(folder / label, 15, seed=number, label=label)
    for number in (2, 3, 4):
        shutil.move(folder / "blue" / f"blue-{number:02d}.png", folder / "red")
    data = {"labeled": str(folder), "test_fraction": 0.0}
    atlas = atlas_of(Wanted(tiny_recipe(world, data=data)))
    doubted = {Path(atlas.files[row]).name for row in np.flatnonzero(atlas.suggested >= 0)}
    assert {"blue-02.png", "blue-03.png", "blue-04.png"} <= doubted
    at = next(row for row, file in enumerate(atlas.files) if file.endswith("blue-03.png"))
    assert atlas.class_of(atlas.suggested[at]) == "blue"
    table = tmp_path / "decisions.csv"
    lines = ["example,given_label,decision,new_label", f"{atlas.names[at]},red,keep,"]
    table.write_text("\n".join(lines), encoding="utf-8")
    data["corrections"] = str(table)
    decided = atlas_of(Wanted(tiny_recipe(world, data=data)))
    still = {Path(decided.files[row]).name for row in np.flatnonzero(decided.suggested >= 0)}
    assert still == doubted - {"blue-03.png"}


def test_that_what_a_map_of_data_depends_on_marks_it(world: World, tmp_path: Path) -> None:
    (tmp_path / "picture.png").write_bytes(b"one")
    model = tmp_path / "model"
    model.mkdir()
    (model / "model.safetensors").write_bytes(b"one")
    recipe = tiny_recipe(world, model={"name": str(model)})
    part = data_of(recipe.modality)
    one = Example("picture.png", 0, 3, 0, "aa", (1, 1), "", None, None)
    manifest = Manifest((str(tmp_path),), (one,), (), ())
    before = mark_of_data(recipe, manifest, part, 10)
    assert mark_of_data(recipe, manifest, part, 10) == before
    others = [
        mark_of_data(recipe, manifest, part, 11),
        mark_of_data(recipe.model_copy(update={"seed": 8}), manifest, part, 10),
        mark_of_data(tiny_recipe(world, model={"name": "starter"}), manifest, part, 10),
        mark_of_data(recipe, replace(manifest, unlabeled=()), part, 10),
    ]
    (model / "model.safetensors").write_bytes(b"another")
    others.append(mark_of_data(recipe, manifest, part, 10))
    (tmp_path / "picture.png").write_bytes(b"another")
    others.append(mark_of_data(recipe, manifest, part, 10))
    assert len({before, *others}) == 1 + len(others)


@with_text_when_slow
def test_that_the_command_shows_data(world: World, tmp_path: Path) -> None:
    table = tmp_path / "map.parquet"
    options = ["--unlabeled", world.unlabeled, "--labeled", world.labeled, "--model", world.model]
    if world.kind == "text":
        options += ["--kind", "text", "--set", "model.max_length=24"]
    done = asked(*options, "--out", table, *TINY)
    assert done.exit_code == 0, done.output
    assert f"1 encoder, {world.model} as it is." in done.output.replace("\n", "")
    rows = pq.read_table(table).to_pylist()
    assert {row["split"] for row in rows} == {"unlabeled", "train", "test"}
    assert {"x_initial", "y_initial", "label", "suggested_label"} <= rows[0].keys()
    with pytest.raises(RunError, match="lies inside the data folder"):
        asked(*options, "--out", world.labeled / "map.html", *TINY)


def test_that_a_run_and_data_are_not_asked_for_together(world: World, tmp_path: Path) -> None:
    for wrong in ([], [tmp_path, "--unlabeled", world.unlabeled], [tmp_path, "--model", "starter"]):
        done = asked(*wrong)
        assert done.exit_code == BadParameter.exit_code
    done = asked("--unlabeled", world.unlabeled, "--arm", "base")
    assert done.exit_code == BadParameter.exit_code
