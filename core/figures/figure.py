"""A figure with its words and its numbers, and how it is written."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.errors import RunError
from core.figures.chart import Chart, draw
from core.figures.png import to_png
from core.figures.svg import to_svg
from core.system.atomic import write_bytes, write_text
from core.system.table_cells import plain_cell

FORMATS = ("png", "svg")


@dataclass(frozen=True)
class Figure:
    """A chart, what it shows, and the numbers it was drawn from.

    Attributes:
        name: Of its files.
        chart: What is drawn.
        caption: What it shows, and what the paper's figure showed.
        columns: Of the table of its numbers.
        rows: The table; None is an empty cell.
    """

    name: str
    chart: Chart
    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str | float | None, ...], ...]

    def svg(self, *, is_inline: bool = False) -> str:
        """As SVG text."""
        return to_svg(draw(self.chart, self.caption), is_inline=is_inline)

    def png(self) -> bytes:
        """As a PNG file."""
        return to_png(draw(self.chart, self.caption))

    def csv(self) -> str:
        """Its numbers, in full precision."""
        file = io.StringIO()
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([plain_cell(name) for name in self.columns])
        writer.writerows(
            ["" if cell is None else plain_cell(cell) for cell in row] for row in self.rows
        )
        return file.getvalue()


def write_figures(figures: Sequence[Figure], folder: Path, formats: Sequence[str]) -> list[Path]:
    """Write each figure in each format, its CSV beside it, and all captions; returns the files.

    Raises:
        RunError: A format is unknown, or the folder can't be written.
    """
    for each in formats:
        if each not in FORMATS:
            raise RunError("figure-format-unknown", name=each, formats=", ".join(FORMATS))
    written: list[Path] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for figure in figures:
            files = {folder / f"{figure.name}.csv": figure.csv().encode("utf-8")}
            if "svg" in formats:
                files[folder / f"{figure.name}.svg"] = figure.svg().encode("utf-8")
            if "png" in formats:
                files[folder / f"{figure.name}.png"] = figure.png()
            for file, data in files.items():
                write_bytes(file, data)
                written.append(file)
        words = "\n".join(f"{each.name}: {each.caption}\n" for each in figures)
        write_text(folder / "captions.txt", words)
    except OSError as error:
        reason = error.strerror or str(error)
        raise RunError("figures-not-writable", path=folder, reason=reason) from error
    return [*written, folder / "captions.txt"]


def over_seeds(values: Sequence[float]) -> tuple[float, float | None, float | None]:
    """Mean and 95 % interval (Student's t) of numbers of single seeds; no interval for one."""
    numbers = np.asarray(values, dtype=np.float64)
    mean = float(numbers.mean())
    if len(numbers) < 2:
        return mean, None, None
    # Late: it takes a moment, and only this needs it.
    from scipy.stats import t

    half = float(t.ppf(0.975, len(numbers) - 1) * numbers.std(ddof=1) / np.sqrt(len(numbers)))
    return mean, mean - half, mean + half
