"""Rows of evidence as a table and a picture."""

import json
import shutil
from pathlib import Path

from tests.benchmarks.evidence import ROW
from tests.benchmarks.evidence_page import picture, rows_of, table
from tests.fixtures.make_runs import RUNS


def test_that_rows_that_ended_are_one_table_and_one_picture(tmp_path: Path) -> None:
    for name, is_done in (("one", True), ("two", False)):
        shutil.copytree(next(RUNS.iterdir()) / "finished", tmp_path / name)
        row = {"title": name, "command": f"make {name}", "minutes": 2.4, "is_done": is_done}
        (tmp_path / name / ROW).write_text(json.dumps(row), encoding="utf-8")
    rows = rows_of([tmp_path / "one", tmp_path / "two"])
    lines = table(rows).splitlines()
    assert [row["title"] for row, _ in rows] == ["one"]
    assert lines[2].startswith("| one | 33.3 |")
    assert lines[2].endswith("| 2 |")
    assert "    make one" in lines
    assert "two" not in picture(rows)
    assert picture(rows).startswith("<svg")
