"""A map as a file: nothing that is in the data can leave its place in a page or a table."""

import csv
import json
import re
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from core.atlas.exports import write_map
from core.readers.atlas import Atlas
from core.readers.atlas_facts import Said
from core.readers.colouring import colourings_of

EVIL = "</script><script>alert(1)</script>&<b>"


def atlas(**changes: object) -> Atlas:
    values: dict = {
        "kind": "text",
        "encoders": ("initial", "further"),
        "places": np.array([[[-1, 0], [0, 0.5], [1, 0]], [[-1, 0.2], [0, 0], [1, 1]]], np.float32),
        "classes": (EVIL, "b\udcff"),
        "names": [EVIL, "=1+1", "c"],
        "files": ["/x/" + EVIL, "/x/b", "/x/c\udcfe"],
        "texts": [EVIL, "@SUM(A1)", ""],
        "split": np.array([1, 3, 0], np.int8),
        "label": np.array([0, 1, -1], np.int32),
        "row": np.array([0, 0, -1]),
        "likeness": np.array([2, 0, 0], np.int8),
        "suggested": np.array([1, -1, -1], np.int32),
    }
    return Atlas(**{**values, **changes})


SAID = Said(np.array([-1, 0, -1], np.int32), np.array([np.nan, 0.75, np.nan], np.float32))


def test_that_a_page_escapes_all_texts_and_asks_for_nothing(tmp_path: Path) -> None:
    write_map(tmp_path / "map.html", atlas(), SAID, EVIL)
    page = (tmp_path / "map.html").read_text(encoding="utf-8")
    assert "<script>alert" not in page
    assert "<b>" not in page.replace("#tip b", "")
    assert page.count("</script>") == 2
    found = re.search(r'id="data">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    around = page.replace(found[1], "")
    assert not re.search(r"https?:|url\(|@import|src=|href=|fetch|import\(", around)
    data = json.loads(found[1])
    assert data["titles"][0] == [EVIL, f"{EVIL}, train; probably b\\udcff", EVIL]
    assert data["titles"][1][1] == f"b\\udcff, test; said: {EVIL}, 75%"
    titles = [each["title"] for each in data["colourings"]]
    assert titles == [
        "Class",
        "Split",
        "Prediction",
        "Right or wrong",
        "Copies",
        "Suspected labels",
    ]


def test_that_tables_hold_places_and_facts(tmp_path: Path) -> None:
    write_map(tmp_path / "map.csv", atlas(), SAID, "run")
    write_map(tmp_path / "map.parquet", atlas(), SAID, "run")
    with (tmp_path / "map.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["example"] for row in rows] == [EVIL, "'=1+1", "c"]
    assert rows[1]["text"] == "'@SUM(A1)"
    assert float(rows[2]["y_further"]) == 1
    assert [row["predicted"] for row in rows] == ["", EVIL, ""]
    assert [row["probability"] for row in rows] == ["", "0.75", ""]
    assert [row["copy"] for row in rows] == ["nearly identical", "", ""]
    table = pq.read_table(tmp_path / "map.parquet")
    assert table["probability"].to_pylist() == [None, 0.75, None]
    assert table["x_initial"].to_pylist() == [-1, 0, 1]


def test_that_only_what_is_known_colours_points() -> None:
    names = [each.name for each in colourings_of(atlas(), None)]
    assert names == ["class", "split", "copies", "suspected"]
    nothing = atlas(
        split=np.zeros(3, np.int8),
        label=np.full(3, -1, np.int32),
        likeness=np.zeros(3, np.int8),
        suggested=np.full(3, -1, np.int32),
    )
    (one,) = colourings_of(nothing)
    assert (one.groups, one.counts) == ((), [3])
    by_split = colourings_of(atlas())[1]
    assert by_split.groups == ("training", "test")
    assert list(by_split.of) == [0, 1, -1]
    assert by_split.counts == [1, 1, 1]
