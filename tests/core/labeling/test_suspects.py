"""Labels to doubt: found before training, decided in a table, applied by the next run."""

import csv
import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from core.cli.main import app
from core.data.corrections import read_corrections
from core.data.decision import Correction
from core.errors import RunError
from core.run.folder import RunFolder
from core.system.cache_folder import cache_folder
from tests.helpers.worlds import World, draw_pictures

TINY = ["--set", "runtime.threads=1", "--set", "runtime.workers=0", "--set", "runtime.device=cpu"]


def labels(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["labels", *map(str, arguments)])


def rows_of(table: Path) -> list[dict[str, str]]:
    with table.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def mislabeled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pictures in a folder of each class, two of them in the wrong one."""
    folder = tmp_path_factory.mktemp("mislabeled") / "train"
    for number, label in enumerate(("blue", "green", "red")):
        draw_pictures(folder / label, 15, seed=number, label=label)
    shutil.move(folder / "blue" / "blue-03.png", folder / "red" / "blue-03.png")
    shutil.move(folder / "green" / "green-07.png", folder / "blue" / "green-07.png")
    return folder


def test_that_wrong_labels_of_pictures_are_found_and_decisions_kept(
    mislabeled: Path, world: World, tmp_path: Path
) -> None:
    table = tmp_path / "suspects.csv"
    asked = ["--labeled", mislabeled, "--model", world.model, "--out", table, *TINY]
    done = labels(*asked, "--set", "data.test_fraction=0.1")
    assert done.exit_code == 0, done.output
    found = rows_of(table)
    wrong = {"red/blue-03.png": "blue", "blue/green-07.png": "green"}
    looked_at = {each["example"] for each in found}
    assert looked_at & wrong.keys()
    for each in found:
        if each["example"] in wrong:
            assert each["suggested_label"] == wrong[each["example"]]
            assert each["given_label"] == each["example"].split("/")[0]
            assert float(each["probability"]) > float(each["given_probability"])
            assert Path(each["file"]).is_file()
    assert {each["split"] for each in found} == {"train"}
    assert "labels of 4" in done.output.replace("label of 4", "labels of 4")
    # Decided in a spreadsheet, and asked again: the decision stays, and is applied.
    first = found[0]
    first["decision"] = "correct"
    with table.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(first))
        writer.writeheader()
        writer.writerows(found)
    done = labels(*asked, "--set", "data.test_fraction=0.1")
    assert done.exit_code == 0, done.output
    decided = [each for each in read_corrections(table) if each.decision]
    assert decided == [
        Correction(first["example"], first["given_label"], "correct", first["suggested_label"])
    ]
    seen = CliRunner().invoke(app, ["scan", str(mislabeled), "--corrections", str(table)])
    assert "1 label corrected by" in seen.output.replace("\n", " ")


def test_that_labels_of_which_nothing_can_be_said_are_not_counted_as_judged(
    world: World, tmp_path: Path
) -> None:
    several, single = ("blue", "red"), ("green", "cyan", "pink")
    for number, label in enumerate((*several, *single)):
        colour = label if label in {"blue", "red", "green"} else "green"
        size = 8 if label in several else 1
        draw_pictures(tmp_path / "some" / label, size, seed=number, label=colour)
        draw_pictures(tmp_path / "one" / label, 1, seed=number, label=colour)
    table = tmp_path / "suspects.csv"
    asked = ["--model", world.model, "--out", table, *TINY, "--set", "data.test_fraction=0"]
    asked += ["--set", "data.leave_out_copies=none"]
    said = labels("--labeled", tmp_path / "some", *asked)
    assert said.exit_code == 0, said.output
    assert "of 16 images to doubt" in said.output
    assert "3 other images could not be judged" in " ".join(said.output.split())
    nothing = labels("--labeled", tmp_path / "one", *asked)
    assert isinstance(nothing.exception, RunError)
    assert nothing.exception.id == "labels-too-few"


def test_that_features_are_computed_once(
    mislabeled: Path, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ["--labeled", mislabeled, "--model", world.model, "--out", tmp_path / "a.csv", *TINY]
    assert labels(*asked).exit_code == 0
    (kept,) = (cache_folder() / "features").glob("*/*.safetensors")
    when = kept.stat().st_mtime_ns
    assert "Looking at examples" not in labels(*asked).stderr
    assert [kept] == list((cache_folder() / "features").glob("*/*.safetensors"))
    assert kept.stat().st_mtime_ns == when
    # A damaged piece is computed anew.
    kept.write_bytes(b"broken")
    done = labels(*asked)
    assert done.exit_code == 0, done.output
    assert kept.stat().st_size > 1000
    assert not list(cache_folder().glob("looking-*"))


def test_that_a_run_tells_its_texts_and_is_left_as_it_is(text_world: World, tmp_path: Path) -> None:
    folder = tmp_path / "labeled"
    shutil.copytree(text_world.labeled, folder)
    rows = [json.loads(line) for line in (folder / "train.jsonl").read_text().splitlines()]
    assert rows[0]["label"] == "fruit"
    rows[0]["label"] = "water"
    (folder / "train.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    table = tmp_path / "suspects.csv"
    done = labels("--labeled", folder, "--model", text_world.model, "--out", table, *TINY)
    assert done.exit_code == 0, done.output
    (first, *_) = rows_of(table)
    assert first["example"] == "train.jsonl:1"
    assert first["given_label"] == "water"
    assert first["text"].startswith("the apple is")


def test_that_a_finished_run_is_looked_at_without_its_data_being_decoded_into_it(
    undisturbed: RunFolder, tmp_path: Path
) -> None:
    before = sorted(undisturbed.path.rglob("*"))
    done = labels(undisturbed.path, "--out", tmp_path / "suspects.csv")
    assert done.exit_code == 0, done.output
    assert "of 24 images to doubt" in done.output.replace("\n", " ")
    assert sorted(undisturbed.path.rglob("*")) == before


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "Name a run, or labeled data"),
        (["run", "--labeled", "there"], "Name a run, or labeled data"),
        (["run", "--model", "there"], "A run has its own model"),
    ],
)
def test_that_what_can_not_be_meant_is_refused(arguments: list[str], words: str) -> None:
    done = labels(*arguments)
    assert done.exit_code == 2
    assert words in done.output


def test_that_nothing_is_written_into_the_data(mislabeled: Path, world: World) -> None:
    inside = mislabeled / "suspects.csv"
    done = labels("--labeled", mislabeled, "--model", world.model, "--out", inside, *TINY)
    assert "lies inside" in str(done.exception)
    assert not inside.exists()
