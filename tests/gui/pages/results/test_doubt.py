"""The answer “unknown” in the window: only when asked for, and where it can be kept."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot
from safetensors.numpy import save_file

from core.run.files import VALIDATION
from core.run.folder import RunFolder
from gui.pages.results.try_it import TryIt
from tests.helpers.worlds import World

NAME = "probe-base"


@pytest.fixture
def unsure(undisturbed: RunFolder, tmp_path: Path) -> RunFolder:
    """A run whose classifier was unsure of all its validation images."""
    shutil.copytree(undisturbed.path, tmp_path / "run")
    run = RunFolder(tmp_path / "run")
    said = {"probabilities": np.full((20, 3), 1e-6, np.float32), "targets": np.zeros(20, np.int64)}
    save_file(said, run.frozen / NAME / VALIDATION)
    return run


def test_that_without_examples_that_were_held_out_it_is_not_offered(
    qtbot: QtBot, undisturbed: RunFolder
) -> None:
    try_it = TryIt()
    qtbot.addWidget(try_it)
    # No search of its learning rate held any out.
    (tuned,) = undisturbed.stages.glob("*-finetune-base-seed-0")
    try_it.show_classifier(undisturbed.path, tuned.name)
    assert not try_it.doubt.wanted.isEnabled()
    assert "validation part" in try_it.doubt.toolTip()
    assert try_it.doubt.value is None


def test_that_without_a_validation_part_it_is_about_so_often_and_that_is_said(
    qtbot: QtBot, undisturbed: RunFolder
) -> None:
    try_it = TryIt()
    qtbot.addWidget(try_it)
    try_it.show_classifier(undisturbed.path, NAME)
    assert try_it.doubt.wanted.isEnabled()
    # Off until it is asked for, and then nine of ten.
    assert try_it.doubt.value is None
    try_it.doubt.wanted.setChecked(True)
    assert try_it.doubt.value == 0.9
    assert "about as often as this says: there is no validation part" in try_it.doubt.toolTip()


@pytest.mark.usefixtures("warm")
def test_that_what_is_tried_is_asked_again_and_its_candidates_are_named(
    qtbot: QtBot, unsure: RunFolder, world: World
) -> None:
    try_it = TryIt()
    qtbot.addWidget(try_it)
    try_it.show_classifier(unsure.path, NAME)
    assert try_it.doubt.wanted.isEnabled()
    image = next((world.labeled / "test").rglob("*.png"))
    try_it.take([image])
    qtbot.waitUntil(lambda: try_it.tried[0].is_answered, timeout=60_000)
    assert try_it.tried[0].candidates is None
    assert not try_it.doubt.candidates.text()
    try_it.doubt.wanted.setChecked(True)
    qtbot.waitUntil(lambda: try_it.tried[0].candidates is not None, timeout=60_000)
    assert try_it.tried[0].words == f"{image.name}: unknown"
    assert try_it.doubt.candidates.text().startswith("Unknown: ")
    candidates = try_it.doubt.candidates.text()
    assert (candidates.count(", "), candidates.count(" or ")) == (1, 1)
    try_it.doubt.wanted.setChecked(False)
    qtbot.waitUntil(lambda: try_it.tried[0].is_answered, timeout=60_000)
    assert not try_it.doubt.candidates.text()
    try_it.shut_down()
