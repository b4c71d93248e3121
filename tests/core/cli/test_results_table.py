"""The arms of a run in a terminal: every metric with the same care, on 80 columns."""

import json
import re
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from core.cli.results_table import results_table
from core.readers.outcome import read_outcome
from core.recipe.tasks import MULTI, REGRESSION, SINGLE, TASKS
from core.run.folder import RunFolder
from tests.helpers.numbers import numbers_run
from tests.helpers.several_labels import several_labels_run

OLD = Path(__file__).parents[2] / "fixtures" / "runs" / "0.1.0" / "finished"


def shown(run: RunFolder) -> str:
    console = Console(file=StringIO(), width=80)
    console.print(results_table(json.loads(run.results_file.read_text())))
    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert max(map(len, text.splitlines())) <= 80
    return str(text)


@pytest.fixture(params=[SINGLE, MULTI, REGRESSION])
def run(request: pytest.FixtureRequest) -> RunFolder:
    made = {MULTI: several_labels_run, REGRESSION: numbers_run}.get(request.param)
    if made is None:
        found: RunFolder = request.getfixturevalue("undisturbed")
        return found
    return made(request.getfixturevalue("image_world"))


def test_that_every_metric_has_its_interval(run: RunFolder) -> None:
    text, outcome = shown(run), read_outcome(run)
    assert "95 % interval" in text
    for row in outcome.rows:
        for metric in TASKS[outcome.task.name].metrics:
            found = row.scores[metric.key]
            # A wide one stands on two lines.
            low, high = (metric.number(end).split()[-1] for end in (found.low, found.high))
            assert {f"{low} to", high} <= set(
                re.findall(r"\S+ to|\S+", text.replace(" to ", " to\n"))
            )
    # Nothing is cut off.
    assert "…" not in text


def test_that_results_of_version_0_1_are_still_shown() -> None:
    assert "fine-tuning alone" in " ".join(shown(RunFolder(OLD)).split())
