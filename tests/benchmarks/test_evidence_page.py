"""Rows of evidence as tables and a picture."""

import json
import shutil
from pathlib import Path

from tests.benchmarks.evidence import ROW
from tests.benchmarks.evidence_page import beside, picture, rows_of, tables
from tests.fixtures.make_runs import RUNS


def test_that_rows_that_ended_are_tables_and_one_picture(tmp_path: Path) -> None:
    for name, is_done in (("one", True), ("two", False)):
        shutil.copytree(next(RUNS.iterdir()) / "finished", tmp_path / name)
        row = {"title": name, "command": f"make {name}", "minutes": 2.4, "is_done": is_done}
        (tmp_path / name / ROW).write_text(json.dumps(row), encoding="utf-8")
    rows = rows_of([tmp_path / "one", tmp_path / "two"])
    lines = tables(rows).splitlines()
    assert [row["title"] for row in rows] == ["one"]
    tuned = next(line for line in lines if line.startswith("| one | 33.3 |"))
    assert tuned.endswith("| 2 |")
    assert "    make one" in lines
    assert picture(rows).startswith(b"\x89PNG")
    # Differences of arms that were fine-tuned are those to fine-tuning alone.
    arms = rows[0]["arms"]
    assert arms["base"]["accuracy"]["gain"] is None
    assert arms["distilled"]["accuracy"]["gain"] is not None


def test_that_a_row_that_was_made_again_takes_the_place_of_the_former() -> None:
    kept = [{"title": "b", "minutes": 1.0}, {"title": "a", "minutes": 2.0}]
    found = [{"title": "b", "minutes": 3.0}]
    assert [(row["title"], row["minutes"]) for row in beside(kept, found)] == [
        ("a", 2.0),
        ("b", 3.0),
    ]
