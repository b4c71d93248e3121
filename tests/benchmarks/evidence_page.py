"""Rows of evidence as tables and a picture, for the page of the help.

    uv run python -m tests.benchmarks.evidence_page rows/* --out resources/help

Keeps what each row came to in `evidence_rows.json` beside this file, so that rows can be added
one by one, on one machine after the other; prints the tables of all rows that are kept, and draws
`evidence.png`: for each of them the accuracy of the paper's arms, frozen and fine-tuned, with 95 %
intervals. Explained in README.md beside this file.
"""

import argparse
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from core.figures.chart import Chart, Series, draw
from core.figures.png import to_png
from core.readers.points import shown_difference
from core.recipe.arms import ARMS, BASE, FROZEN, FROZEN_LAYERS, METHOD, title_of
from core.run.folder import RunFolder
from tests.benchmarks.evidence import ROW, every_arm

KEPT: Final = Path(__file__).with_name("evidence_rows.json")
# What the rows of a frozen encoder, and of a fine-tuned one, are compared with.
_REFERENCES: Final = {"linear": "probe-base", "knn": "knn-base", "": BASE}
_METRICS: Final = ("accuracy", "macro_f1")
_WIDTH, _HEIGHT = 1520, 620
# For the title of a row below its dots.
_ROW_WIDTH = 205

Row = dict[str, Any]


def rows_of(folders: Iterable[Path]) -> list[Row]:
    """What each row came to; rows that did not end are left out."""
    found = []
    for folder in folders:
        row = json.loads((folder / ROW).read_text("utf-8"))
        if row.pop("is_done"):
            results = RunFolder.open(folder).read_json("results.json")
            arms = every_arm(results)
            recommended = (results.get("recommended") or {}).get("arm")
            kept = {name: _kept(name, arm) for name, arm in arms.items()}
            found.append({**row, "recommended": recommended, "arms": kept})
    return found


def _kept(name: str, arm: dict[str, Any]) -> dict[str, Any]:
    metrics = {metric: _metric(name, arm, metric) for metric in _METRICS}
    return {"num_seeds": arm["num_seeds"], "num_examples": arm["num_images"], **metrics}


def _metric(name: str, arm: dict[str, Any], metric: str) -> dict[str, Any]:
    interval = arm["intervals"][metric]
    against = arm["against"].get(_reference(name))
    if against is not None and metric != _METRICS[0]:
        # The first metric's own numbers are beside those of the others, which older runs lack.
        against = against.get(metric)
    gain = None if against is None else [against[key] for key in ("value", "low", "high")]
    return {
        "value": arm[metric],
        "std": arm["std"][metric],
        "low": interval["low"],
        "high": interval["high"],
        "gain": gain,
    }


def _reference(name: str) -> str:
    return _REFERENCES[FROZEN[name].frozen if name in FROZEN else ""]


def beside(kept: Sequence[Row], found: Sequence[Row]) -> list[Row]:
    """Rows that were kept and new ones, by title; of two with one title the new one."""
    return sorted({row["title"]: row for row in (*kept, *found)}.values(), key=_title)


def _title(row: Row) -> str:
    return str(row["title"])


def tables(rows: Sequence[Row]) -> str:
    """Accuracies of frozen encoders and of fine-tuned ones, and macro-F1 of the latter.

    A line for each row. Every cell has the number in percent and by how many points it is above
    the first arm of its kind, with the interval of the difference; bold where that leaves out 0.
    """
    there = {name for row in rows for name in row["arms"]}
    frozen = [name for name in FROZEN if name in there]
    tuned = [name for name in ARMS if name in there]
    lines = ["Frozen, accuracy", "", *_table(rows, frozen, "accuracy"), ""]
    lines += ["Fine-tuned, accuracy", "", *_table(rows, tuned, "accuracy", "Minutes"), ""]
    lines += ["Fine-tuned, macro-F1", "", *_table(rows, tuned, "macro_f1"), ""]
    return "\n".join([*lines, *(f"    {row['command']}" for row in rows)])


def _table(rows: Sequence[Row], names: Sequence[str], metric: str, minutes: str = "") -> list[str]:
    heads = [*map(title_of, names), *([minutes] if minutes else [])]
    lines = [f"| | {' | '.join(heads)} |", f"|---|{'---|' * len(heads)}"]
    for row in rows:
        arms = row["arms"]
        cells = [_cell(arms, name, metric) if name in arms else "" for name in names]
        cells += [f"{row['minutes']:.0f}"] if minutes else []
        lines.append(f"| {row['title']} | {' | '.join(cells)} |")
    return lines


def _cell(arms: dict[str, Any], name: str, metric: str) -> str:
    found = arms[name][metric]
    share = f"{100 * found['value']:.1f}"
    if found["gain"] is None:
        return share
    exact, low, high = found["gain"]
    # As the difference of the numbers that stand there.
    shown = shown_difference(exact, found["value"], arms[_reference(name)][metric]["value"])
    value, low, high = 100 * shown, 100 * low, 100 * high
    words = f"{share}, {value:+.1f} ({low:+.1f} to {high:+.1f})"
    return f"**{words}**" if low > 0 or high < 0 else words


def picture(rows: Sequence[Row]) -> bytes:
    """A dot with its interval for each row and each arm of the paper's comparison, as PNG."""
    there = {name for row in rows for name in row["arms"]}
    series = []
    for name in (name for name in (*FROZEN_LAYERS, *METHOD) if name in there):
        found = [(index, row["arms"].get(name)) for index, row in enumerate(rows)]
        arms = [(index, arm) for index, arm in found if arm is not None]
        series.append(
            Series(
                name=title_of(name),
                x=tuple(float(index) for index, _ in arms),
                y=tuple(arm["accuracy"]["value"] for _, arm in arms),
                low=tuple(arm["accuracy"]["low"] for _, arm in arms),
                high=tuple(arm["accuracy"]["high"] for _, arm in arms),
            )
        )
    chart = Chart(
        title="Accuracy on test examples, 95 % intervals",
        x_label="",
        y_label="accuracy",
        series=tuple(series),
        names=tuple(_title(row) for row in rows),
        is_percent=True,
    )
    return to_png(
        draw(chart, chart.title, width=max(_WIDTH, _ROW_WIDTH * len(rows)), height=_HEIGHT)
    )


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Make the tables and the picture of evidence.")
    parser.add_argument("rows", type=Path, nargs="*", help="folders that evidence was made in")
    parser.add_argument("--out", type=Path, required=True, help="where the picture goes")
    asked = parser.parse_args()
    kept = json.loads(KEPT.read_text("utf-8")) if KEPT.exists() else []
    rows = beside(kept, rows_of(asked.rows))
    KEPT.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    (asked.out / "evidence.png").write_bytes(picture(rows))
    print(tables(rows))


if __name__ == "__main__":
    main()
