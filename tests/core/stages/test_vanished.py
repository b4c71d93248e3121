"""A held-out image that is gone when it is decoded is left out, and nothing takes its place."""

import json
from pathlib import Path

import numpy as np
import pytest

from core.data.manifest_file import write_manifest
from core.data.modality import ScanRequest
from core.data.opened import scan_opened
from core.images.data.modality import DATA
from core.readers.answers import read_answers, read_test_rows
from core.run.events import Noticed
from core.run.folder import RunFolder
from core.stages.tested import aligned
from tests.helpers.trainers import events_of, finished
from tests.helpers.worlds import COLOURS, World, draw_pictures, new_run


@pytest.mark.parametrize("budget_gib", [20.0, 0.0], ids=["stored", "streamed"])
def test_that_a_vanished_test_image_is_left_out_everywhere(
    world: World, tmp_path: Path, budget_gib: float
) -> None:
    labeled = tmp_path / "labeled"
    for number, label in enumerate(COLOURS):
        for part in ("train", "test"):
            # More than one in twenty gone would be refused.
            draw_pictures(labeled / part / label, 9, seed=number + 9 * len(part), label=label)
    data = {"unlabeled": [], "labeled": str(labeled), "disk_budget_gib": budget_gib}
    run = new_run(
        world,
        tmp_path / "run",
        data=data,
        pretrain__steps=0,
        distill__rounds=0,
        finetune__arms=["base"],
        finetune__steps=3,
    )
    # Scanned, and gone before it is decoded.
    gone = labeled / "test" / "green" / "green-04.png"
    _scan_then_lose(run, gone)
    finished(run, world.cache)
    assert any("left out" in event.text for event in events_of(run, Noticed))
    results = json.loads(run.results_file.read_text())
    assert results["data"]["test_images"] == 26
    for row in (*results["arms"].values(), *results["frozen"].values()):
        assert row["num_images"] == 26
    every = read_test_rows(run)
    assert len(every) == 27
    for arm in ("base", "probe-base"):
        answers = read_answers(run, every, arm, 0)
        assert len(answers) == 26
        names = {answers.name(index) for index in range(26)}
        assert gone.name not in names
        assert len(names) == 26


def _scan_then_lose(run: RunFolder, gone: Path) -> None:
    recipe = run.recipe()
    assert recipe.data.labeled is not None
    asked = ScanRequest(
        unlabeled=[], labeled=Path(recipe.data.labeled), data=recipe.data, seed=recipe.seed
    )
    write_manifest(scan_opened(DATA, asked), run.manifest_file)
    gone.unlink()


def test_that_answers_of_different_examples_are_compared_on_those_that_all_have() -> None:
    whole = {"probabilities": np.eye(4), "targets": np.arange(4)}
    part = {
        "probabilities": np.eye(4)[[0, 3]],
        "targets": np.array([0, 3]),
        "rows": np.array([0, 3]),
    }
    rows, (first, second) = aligned([whole, part])
    assert rows.tolist() == [0, 3]
    np.testing.assert_array_equal(first["probabilities"], second["probabilities"])
    assert first["targets"].tolist() == second["targets"].tolist() == [0, 3]
