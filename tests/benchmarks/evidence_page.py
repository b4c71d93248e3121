"""Rows of evidence as one table and one picture, for the page of the help.

    uv run python -m tests.benchmarks.evidence_page rows/* --out resources/help

Prints the table; the picture is `evidence.svg`: for each row the accuracy of every arm with its
95 % interval. Explained in README.md beside this file.
"""

import argparse
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from core.figures.chart import Chart, Series, draw
from core.figures.svg import to_svg
from core.recipe.arms import title_of
from core.run.folder import RunFolder
from tests.benchmarks.evidence import ROW, against_base, every_arm

Row = tuple[dict[str, Any], dict[str, Any]]


def rows_of(folders: Iterable[Path]) -> list[Row]:
    """What each row says, and the results it is about; rows that did not end are left out."""
    found = []
    for folder in folders:
        row = json.loads((folder / ROW).read_text("utf-8"))
        if row["is_done"]:
            found.append((row, RunFolder.open(folder).read_json("results.json")))
    return found


def table(rows: Iterable[Row]) -> str:
    """One line for each row, one column for each arm: accuracy, and points over the base model."""
    rows = list(rows)
    names = list(dict.fromkeys(name for _, results in rows for name in every_arm(results)))
    titles = [title_of(name) for name in names]
    lines = [
        f"| | {' | '.join(titles)} | Minutes |",
        f"|---|{'---|' * (len(names) + 1)}",
    ]
    for row, results in rows:
        arms = every_arm(results)
        cells = [_cell(arms.get(name)) for name in names]
        lines.append(f"| {row['title']} | {' | '.join(cells)} | {row['minutes']:.0f} |")
    commands = [f"    {row['command']}" for row, _ in rows]
    return "\n".join([*lines, "", *commands])


def picture(rows: Iterable[Row]) -> str:
    """A dot with its interval for each row and arm, as SVG."""
    rows = list(rows)
    names = list(dict.fromkeys(name for _, results in rows for name in every_arm(results)))
    series = []
    for place, name in enumerate(names):
        found = [(index, every_arm(results).get(name)) for index, (_, results) in enumerate(rows)]
        there = [(index, arm) for index, arm in found if arm is not None]
        # Beside each other, not upon each other.
        shift = (place - (len(names) - 1) / 2) * 0.8 / max(1, len(names))
        intervals = [arm["intervals"]["accuracy"] for _, arm in there]
        series.append(
            Series(
                name=title_of(name),
                x=tuple(index + shift for index, _ in there),
                y=tuple(arm["accuracy"] for _, arm in there),
                low=tuple(each["low"] for each in intervals),
                high=tuple(each["high"] for each in intervals),
            )
        )
    chart = Chart(
        title="Accuracy on test examples, 95 % intervals",
        x_label="",
        y_label="accuracy",
        series=tuple(series),
        names=tuple(row["title"] for row, _ in rows),
        is_percent=True,
    )
    return to_svg(draw(chart, chart.title, width=960, height=480))


def _cell(arm: dict[str, Any] | None) -> str:
    if arm is None:
        return ""
    gain = against_base(arm)
    return f"{100 * arm['accuracy']:.1f}" + (f", {gain}" if gain else "")


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Make the table and the picture of evidence.")
    parser.add_argument("rows", type=Path, nargs="+", help="folders that evidence was made in")
    parser.add_argument("--out", type=Path, required=True, help="where the picture goes")
    asked = parser.parse_args()
    rows = rows_of(asked.rows)
    (asked.out / "evidence.svg").write_text(picture(rows), encoding="utf-8")
    print(table(rows))


if __name__ == "__main__":
    main()
