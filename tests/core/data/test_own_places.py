"""Nothing is written among the user's data, nor over a file of theirs, by no command."""

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from core.cli.main import app
from core.data.manifest import Example, Manifest
from core.data.manifest_file import write_manifest
from core.data.own_places import data_at
from core.errors import RunError
from core.recipe import Recipe, dump_recipe
from core.run.folder import RunFolder
from tests.helpers.worlds import World


def example(path: str, num_bytes: int, root: int = 0) -> Example:
    return Example(path, root, num_bytes, 0, path, (8, 8), "", "a", "train")


def file(path: Path, num_bytes: int) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(bytes(num_bytes))
    return path


def run_on(folder: Path, labeled: Path, root: Path, *examples: Example) -> RunFolder:
    run = RunFolder.create(folder, Recipe.model_validate({"data": {"labeled": str(labeled)}}))
    write_manifest(Manifest((str(root),), (), examples, ("a",)), run.manifest_file)
    return run


def test_that_pictures_of_a_table_are_data_and_what_lies_elsewhere_is_not(tmp_path: Path) -> None:
    table = file(tmp_path / "labels.csv", 9)
    file(tmp_path / "pictures/1.png", 77)
    run = run_on(tmp_path / "run", table, tmp_path, example("pictures/1.png", 77))
    assert data_at(run, table) == table
    assert data_at(run, tmp_path / "pictures/report.html") == tmp_path / "pictures"
    assert data_at(run, tmp_path / "pictures/figures") == tmp_path / "pictures"
    assert data_at(run, tmp_path / "pictures") == tmp_path / "pictures"
    assert data_at(run, tmp_path / "report.html") is None
    assert data_at(run, tmp_path / "other/labels.csv") is None


def test_that_a_run_beside_its_pictures_may_be_written_into(tmp_path: Path) -> None:
    table = file(tmp_path / "labels.csv", 9)
    file(tmp_path / "1.png", 77)
    run = run_on(tmp_path / "run", table, tmp_path, example("1.png", 77))
    assert data_at(run, run.path / "exports" / "onnx") is None
    assert data_at(run, tmp_path / "report.html") == tmp_path


def test_that_the_data_of_a_run_from_elsewhere_are_known_by_their_files(tmp_path: Path) -> None:
    there = tmp_path / "there"
    run = run_on(
        tmp_path / "run", there, there, *(example(f"{name}/1.png", 77) for name in ("cat", "dog"))
    )
    here = file(tmp_path / "here/dog/1.png", 77).parents[1]
    file(tmp_path / "alike/dog/1.png", 78)
    assert data_at(run, here / "report.html") == here
    assert data_at(run, here / "deep/down/report.html") == here
    assert data_at(run, tmp_path / "alike/report.html") is None


def test_that_what_names_no_file_of_its_own_is_no_folder_of_data(tmp_path: Path) -> None:
    rows = file(tmp_path / "train.jsonl", 77)
    run = run_on(tmp_path / "run", rows, tmp_path, example("train.jsonl:1", 77))
    assert data_at(run, tmp_path / "report.html") is None
    assert data_at(run, rows) == rows


@pytest.mark.parametrize(
    "command",
    [
        ("report", "{run}", "--out", "{place}"),
        ("figures", "{run}", "--out", "{place}"),
        ("map", "{run}", "--out", "{place}.html"),
        ("labels", "{run}", "--out", "{place}.csv"),
        ("next", "{run}", "--out", "{place}.csv"),
        ("export", "{run}", "--format", "timm", "--out", "{place}"),
        ("predict", "{run}", "{other}", "--out", "{place}"),
        ("predict", "{run}", "{other}", "--sort-into", "{place}"),
        ("run", "--labeled", "{data}", "--out", "{place}"),
    ],
    ids=lambda command: " ".join(command[::3]),
)
def test_that_every_command_keeps_out_of_the_data(
    undisturbed: RunFolder, world: World, tmp_path: Path, command: tuple[str, ...]
) -> None:
    data = tmp_path / "moved"
    shutil.copytree(world.labeled, data)
    other = tmp_path / "other"
    shutil.copytree(world.unlabeled, other)
    before = sorted(data.rglob("*"))
    words = {"run": undisturbed.path, "data": data, "other": other, "place": data / "mine"}
    with pytest.raises(RunError) as caught:
        CliRunner().invoke(app, [each.format(**words) for each in command], catch_exceptions=False)
    assert caught.value.id.endswith("-inside-data")
    assert sorted(data.rglob("*")) == before


@pytest.mark.parametrize(
    "command",
    [
        ("report", "{run}", "--out", "{table}"),
        ("map", "{run}", "--out", "{table}"),
        ("labels", "--labeled", "{table}", "--out", "{table}"),
        ("next", "{run}", "--out", "{table}"),
        ("predict", "{run}", "{other}", "--out", "{table}"),
        ("predict", "{run}", "{picture}", "--out", "{picture}"),
        ("scan", "{table}", "--out", "{table}"),
    ],
    ids=lambda command: " ".join(command[::3]),
)
def test_that_no_command_writes_over_a_file_of_the_user(
    undisturbed: RunFolder, world: World, tmp_path: Path, command: tuple[str, ...]
) -> None:
    run = RunFolder(tmp_path / "run")
    shutil.copytree(undisturbed.path, run.path)
    table, picture = tmp_path / "labels.csv", tmp_path / "one.png"
    pictures = sorted(world.labeled.rglob("*.png"))
    rows = [f"{each},{each.parent.name},{number}" for number, each in enumerate(pictures)]
    table.write_text("\n".join(["path,label,patient", *rows]), encoding="utf-8")
    shutil.copy(pictures[0], picture)
    recipe = run.recipe()
    changed = recipe.model_copy(
        update={"data": recipe.data.model_copy(update={"labeled": str(table)})}
    )
    run.recipe_file.write_text(dump_recipe(changed), encoding="utf-8")
    before = table.read_bytes(), picture.read_bytes()
    words = {"run": run.path, "table": table, "other": world.unlabeled, "picture": picture}
    with pytest.raises(RunError) as caught:
        CliRunner().invoke(app, [each.format(**words) for each in command], catch_exceptions=False)
    assert caught.value.id in {"out-is-data", "corrections-columns", "to-label-columns"}
    assert (table.read_bytes(), picture.read_bytes()) == before
