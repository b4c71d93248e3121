"""What is given packed: Parquet with pictures inside, as hubs have it, archives, spreadsheets."""

import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner, Result

from core.cli.main import app
from core.data.opened import opened
from core.system.cache_folder import cache_folder
from core.system.stopping import Stopped
from tests.core.images.data.pictures import encoded, picture, put

# As `datasets` writes its features into the schema of a table.
FEATURES = {"info": {"features": {"image": {"_type": "Image"}, "label": {"_type": "ClassLabel"}}}}


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def scan(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["scan", *arguments])


def facts(*arguments: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(scan(*arguments, "--json").stdout)
    return found


def hub_table(file: Path, labels: list[int], seed: int, *, names: tuple[str, ...] = ()) -> None:
    """A table with pictures inside, and the names of its classes in its schema."""
    cells = [
        {"bytes": encoded(picture(seed + number), "PNG"), "path": names[number] if names else None}
        for number in range(len(labels))
    ]
    features: Any = json.loads(json.dumps(FEATURES))
    features["info"]["features"]["label"]["names"] = ["cat", "dog"]
    table = pa.table({"image": cells, "label": labels})
    file.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table.replace_schema_metadata({"huggingface": json.dumps(features)}), file)


def splits_of(found: dict[str, Any]) -> dict[str, list[int]]:
    return {name: list(counts.values()) for name, counts in found["classes"].items()}


@pytest.mark.parametrize(
    "names",
    [
        (
            "data/train-00000-of-00002.parquet",
            "data/train-00001-of-00002.parquet",
            "data/test-00000-of-00001.parquet",
        ),
        ("default/train/0000.parquet", "default/train/0001.parquet", "default/test/0000.parquet"),
    ],
)
def test_that_a_data_set_of_a_hub_is_read(tmp_path: Path, names: tuple[str, ...]) -> None:
    folder = tmp_path / "hub"
    for number, (name, labels) in enumerate(zip(names, ([0, 0, 1], [1, 1], [0, 1]), strict=True)):
        hub_table(folder / name, labels, 10 * number)
    (folder / "README.md").write_text("# A data set")
    (folder / ".cache").mkdir()
    before = sorted(folder.rglob("*"))
    found = facts(str(folder))
    assert found["kind"] == "images"
    assert splits_of(found) == {"cat": [2, 0, 1], "dog": [3, 0, 1]}
    guess = {"what": "the column of the pictures", "value": "image", "setting": "data.path_column"}
    assert guess in found["guesses"]
    assert any("3 tables were written out" in note for note in found["notes"])
    assert sorted(folder.rglob("*")) == before
    assert facts(str(folder)) == found


def test_that_names_inside_are_kept_and_stay_inside(tmp_path: Path) -> None:
    hub_table(tmp_path / "a.parquet", [0, 1, 0], 0, names=("../../x.png", "p1_3.png", "p1_3.png"))
    folder = opened(tmp_path / "a.parquet").path
    written = sorted(p.name for p in folder.rglob("*.png"))
    assert written == ["00000-0000002-p1_3.png", "p1_3.png", "x.png"]
    dated = {(folder / "pictures" / name).stat().st_mtime_ns for name in written}
    shutil.rmtree(folder)
    assert opened(tmp_path / "a.parquet").path == folder
    assert {(folder / "pictures" / name).stat().st_mtime_ns for name in written} == dated


def test_that_bare_bytes_count_and_other_bytes_do_not(tmp_path: Path) -> None:
    pictures = [encoded(picture(n), "JPEG") for n in range(4)]
    table = pa.table({"sound": [b"RIFF"] * 4, "photo": pictures, "diagnosis": list("abab")})
    pq.write_table(table, tmp_path / "x.parquet")
    found = facts(str(tmp_path / "x.parquet"))
    assert set(found["classes"]) == {"a", "b"}
    pq.write_table(table.select(["sound", "diagnosis"]), tmp_path / "y.parquet")
    assert opened(tmp_path / "y.parquet").path == tmp_path / "y.parquet"


def test_that_the_column_of_the_pictures_can_be_chosen(tmp_path: Path) -> None:
    masks = [encoded(picture(n), "PNG") for n in range(4)]
    photos = [encoded(picture(50 + n), "PNG") for n in range(4)]
    table = pa.table({"mask": masks, "photo": photos, "label": list("abab")})
    pq.write_table(table, tmp_path / "x.parquet")
    for column, cells in (("photo", photos), ("mask", masks)):
        folder = opened(tmp_path / "x.parquet", column).path
        assert [p.read_bytes() for p in sorted(folder.rglob("*.png"))] == cells


def test_that_stopping_and_damage_leave_nothing(tmp_path: Path) -> None:
    hub_table(tmp_path / "a.parquet", [0, 1], 0)
    with pytest.raises(Stopped):
        opened(tmp_path / "a.parquet", stopped=lambda: True)
    data = (tmp_path / "a.parquet").read_bytes()
    (tmp_path / "b.parquet").write_bytes(data[:4] + bytes(30) + data[34:])
    result = scan(str(tmp_path / "b.parquet"), "--json")
    assert result.exit_code == 2
    assert "b.parquet" in json.loads(result.stdout)["message"]
    assert list((cache_folder() / "unpacked").iterdir()) == []


def test_that_a_tar_of_texts_is_read_as_texts(tmp_path: Path) -> None:
    for label in ("pos", "neg"):
        for number in range(3):
            file = tmp_path / "reviews" / label / f"{number}.txt"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(f"a {label} review, number {number}")
    packed = shutil.make_archive(str(tmp_path / "reviews"), "gztar", tmp_path / "reviews")
    found = facts(packed)
    assert found["kind"] == "text"
    assert set(found["classes"]) == {"neg", "pos"}


def workbook(file: Path, rows: list[list[Any]], *, empty_first: bool = False) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    if empty_first:
        sheet = book.create_sheet("Befunde")
    for row in rows:
        sheet.append(row)
    book.create_sheet("legend").append(["nothing"])
    book.save(file)


def test_that_a_spreadsheet_beside_images_is_their_table(tmp_path: Path) -> None:
    rows: list[list[Any]] = [["File name", "Diagnosis", "seen"]]
    for number in range(6):
        put(tmp_path / "scans" / f"{number}.png", seed=number)
        rows.append([f"{number}.png", float(number % 2), date(2024, 1, 2)])
    workbook(tmp_path / "scans" / "grades.xlsx", rows, empty_first=True)
    found = facts(str(tmp_path / "scans"))
    assert set(found["classes"]) == {"0", "1"}
    asked = facts(str(tmp_path / "scans"), "--label-column", "seen")
    assert set(asked["classes"]) == {"2024-01-02"}


def test_that_a_spreadsheet_of_texts_is_read(tmp_path: Path) -> None:
    rows: list[list[Any]] = [["Befund", "label"]]
    rows += [[f"Kein Nachweis von Nummer {n}, Größe unauffällig", f"k{n % 2}"] for n in range(6)]
    rows = [["Export, 12.03.2024", None], *rows]
    workbook(tmp_path / "befunde.xlsx", [*rows[:3], [None, None], *rows[3:]])
    found = facts(str(tmp_path / "befunde.xlsx"))
    assert found["kind"] == "text"
    assert sum(sum(counts.values()) for counts in found["classes"].values()) == 6
    assert any("sheet Sheet is read, 1 other sheet not" in note for note in found["notes"])


def test_that_a_sheet_about_the_others_is_passed_over_and_the_way_to_them_is_said(
    tmp_path: Path,
) -> None:
    book = openpyxl.Workbook()
    book.active.title = "README"
    book.active.append(["What this is"])
    for name in ("train", "test"):
        sheet = book.create_sheet(name)
        for row in [
            ("text", "label"),
            *((f"{name} words number {n}", f"k{n % 2}") for n in range(6)),
        ]:
            sheet.append(row)
    book.save(tmp_path / "x.xlsx")
    found = facts(str(tmp_path / "x.xlsx"))
    assert set(found["classes"]) == {"k0", "k1"}
    assert any(
        "sheet train is read, 2 other sheets not (README, test): save one" in note
        for note in found["notes"]
    )


def test_that_a_damaged_spreadsheet_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "x.xlsx").write_bytes(b"PK\x03\x04 no")
    result = scan(str(tmp_path / "x.xlsx"), "--kind", "text", "--json")
    assert result.exit_code == 2
    assert "can't be read as a spreadsheet" in result.stdout
