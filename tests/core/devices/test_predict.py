"""Predictions on a device that is not the CPU, with and without room on it."""

from pathlib import Path
from typing import Any

import pytest

from core.modalities import predict_of
from core.predict.predict import predict
from core.run.folder import RunFolder
from tests.helpers.worlds import World, in_both_worlds
from tests.later.kind import Later
from tests.later.memory import MEMORY
from tests.later.process import on_later

pytestmark = in_both_worlds
Said = tuple[list[dict[str, float]], str, int]


def said(run: RunFolder, files: list[Path], device: str) -> Said:
    """Probabilities of files, where they were computed, and how often memory was refused."""
    where: list[str] = []
    modality = predict_of(run.recipe().modality)
    found = predict(run, files, modality, device=device, tell=where.append)
    return [dict(each.probabilities) for each in found], where[0], MEMORY.refused


@pytest.fixture
def files(world: World) -> list[Path]:
    """All test examples."""
    found = sorted(file for file in world.unlabeled.rglob("*") if file.is_file())
    assert found
    return found


@pytest.fixture
def expected(undisturbed: RunFolder, files: list[Path]) -> list[Any]:
    on_cpu, where, _ = said(undisturbed, files, "cpu")
    assert where.startswith("CPU")
    # The head is a probe, whose weights are large: it tells what rounding makes of features.
    return [pytest.approx(each, abs=1e-3) for each in on_cpu]


def test_that_answers_are_the_same_on_a_device(
    undisturbed: RunFolder, files: list[Path], expected: list[Any]
) -> None:
    found, where, _ = on_later(said, undisturbed, files, "auto")
    assert where == "Later (an accelerator for tests), float32"
    assert found == expected


def test_that_a_device_without_room_for_the_model_is_left_in_words(
    undisturbed: RunFolder, files: list[Path], expected: list[Any]
) -> None:
    found, where, refused = on_later(said, undisturbed, files, "auto", later=Later(memory=10_000))
    assert "Later (an accelerator for tests) has not enough memory left" in where
    assert where.startswith("CPU, float32")
    assert refused
    assert found == expected


def peak(run: RunFolder, files: list[Path]) -> int:
    """The most memory that the device needs for all of them."""
    said(run, files, "auto")
    return MEMORY.peak


def test_that_batches_become_smaller_where_a_device_has_little_room(
    undisturbed: RunFolder, files: list[Path], expected: list[Any]
) -> None:
    one, all_of_them = (on_later(peak, undisturbed, some) for some in (files[:1], files))
    later = Later(memory=one + (all_of_them - one) // 2)
    found, where, _ = on_later(said, undisturbed, files, "auto", later=later)
    assert where == "Later (an accelerator for tests), float32"
    assert found == expected
