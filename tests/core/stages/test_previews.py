"""Previews show masked images as the model sees them, and change nothing that is learned."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from core.images.previews import GAP, contact_sheet
from core.run.event_json import from_json, to_json
from core.run.events import PreviewSaved, StageDone
from core.run.folder import RunFolder
from core.stages.previews import Previews
from tests.helpers.trainers import events_of, finished, weights_of
from tests.helpers.worlds import UNTUNED, World, new_run

PATCH, SIDE, FACTOR, ROWS = 8, 32, 2, 6
CELL = SIDE * FACTOR
MASKED_STAGES = ("further-pretrain", "self-distill")


def previews_of(run: RunFolder, last: str) -> list[Path]:
    return sorted((run.path / "previews").glob(f"*-{last}.png"))


def cells(file: Path) -> np.ndarray:
    """(rows, 3, H, W, 3) pixels of a preview, as large as the images were."""
    with Image.open(file) as picture:
        assert picture.mode == "RGB"
        sheet = np.asarray(picture)
    assert sheet.shape == (ROWS * (CELL + GAP) - GAP, 3 * (CELL + GAP) - GAP, 3)
    starts = [
        [(row * (CELL + GAP), column * (CELL + GAP)) for column in range(3)] for row in range(ROWS)
    ]
    found = [[sheet[y : y + CELL, x : x + CELL] for y, x in row] for row in starts]
    for y, x in (place for row in starts for place in row):
        assert (sheet[y + CELL : y + CELL + GAP, x : x + CELL] == 255).all()
    whole = np.asarray(found)
    small = whole[:, :, ::FACTOR, ::FACTOR]
    assert (small.repeat(FACTOR, axis=2).repeat(FACTOR, axis=3) == whole).all()
    return small


def hidden_patches(images: np.ndarray) -> np.ndarray:
    """(rows, L) whether a patch of the masked column is all grey."""
    side = SIDE // PATCH
    patches = images[:, 1].reshape(ROWS, side, PATCH, side, PATCH, 3)
    return (patches == 128).all(axis=(2, 4, 5)).reshape(ROWS, -1)


def test_that_every_masked_stage_leaves_its_first_and_latest_preview(
    undisturbed: RunFolder,
) -> None:
    stages = [
        event.stage
        for event in events_of(undisturbed, StageDone)
        if any(kind in event.stage for kind in MASKED_STAGES)
    ]
    assert len(stages) == 3
    for last in ("first", "latest"):
        names = [file.name for file in previews_of(undisturbed, last)]
        assert names == [f"{stage}-{last}.png" for stage in stages]
    assert not list((undisturbed.path / "previews").glob(".*"))


def test_that_rows_show_original_masked_and_reconstructed(undisturbed: RunFolder) -> None:
    for file in previews_of(undisturbed, "latest"):
        images = cells(file)
        hidden = hidden_patches(images)
        assert (hidden.sum(axis=1) == 12).all()  # three quarters of 16
        mask = hidden.reshape(ROWS, 4, 4).repeat(PATCH, axis=1).repeat(PATCH, axis=2)
        original, masked, made = images[:, 0], images[:, 1], images[:, 2]
        assert (masked[~mask] == original[~mask]).all()
        assert (made[~mask] == original[~mask]).all()
        assert (made[mask] != original[mask]).any()


def test_that_originals_are_images_of_the_run(undisturbed: RunFolder, world: World) -> None:
    files = [*world.unlabeled.glob("*.png"), *world.labeled.glob("train/*/*.png")]
    known = {np.asarray(Image.open(file).convert("RGB")).tobytes() for file in files}
    shown = cells(previews_of(undisturbed, "first")[0])[:, 0]
    originals = {image.tobytes() for image in shown}
    assert len(originals) == ROWS
    assert originals <= known


def test_that_all_stages_show_the_same_images_behind_the_same_masks(undisturbed: RunFolder) -> None:
    files = previews_of(undisturbed, "first") + previews_of(undisturbed, "latest")
    every = [cells(file)[:, :2] for file in files]
    assert all((images == every[0]).all() for images in every)


def test_that_hidden_patches_change_as_the_model_learns(undisturbed: RunFolder) -> None:
    first, latest = (previews_of(undisturbed, last)[0] for last in ("first", "latest"))
    assert (cells(first)[:, 2] != cells(latest)[:, 2]).any()


def test_that_previews_are_told_before_the_first_step_and_at_probes(undisturbed: RunFolder) -> None:
    told = events_of(undisturbed, PreviewSaved)
    for stage in {event.stage for event in told}:
        steps = [event.step for event in told if event.stage == stage]
        # Probes are due every 3 of 6 steps; the clock may add more on a slow machine.
        assert {0, 3, 6} <= set(steps)
        assert steps == sorted(set(steps))
    for event in told:
        assert event.file == f"previews/{event.stage}-latest.png"
        assert (undisturbed.path / event.file).is_file()
        assert from_json(to_json(event)) == event


@pytest.mark.slow
def test_that_a_run_without_room_for_previews_learns_the_same(
    untuned: RunFolder, world: World, tmp_path: Path
) -> None:
    run = new_run(world, tmp_path / "run", **UNTUNED)
    (run.path / "previews").write_text("in the way")
    finished(run, world.cache)
    assert events_of(run, PreviewSaved) == []
    assert "no preview of" in run.log_file.read_text(encoding="utf-8")
    assert weights_of(run) == weights_of(untuned)


def test_that_the_decoder_warm_up_has_previews(world: World, tmp_path: Path) -> None:
    changes: dict[str, object] = {**UNTUNED, "distill__rounds": 0, "pretrain__steps": 1}
    run = new_run(world, tmp_path / "run", model__name=str(world.timm_model), **changes)
    finished(run, world.cache)
    warm_up = [event for event in events_of(run, PreviewSaved) if "warmup" in event.stage]
    assert [event.step for event in warm_up][:1] == [0]
    assert warm_up[-1].step == 4
    assert hidden_patches(cells(run.path / warm_up[-1].file)).any()


class Broken:
    """A run in which looking at the model runs out of memory."""

    looks = 0

    @property
    def run(self) -> RunFolder:
        self.looks += 1
        raise torch.OutOfMemoryError("CUDA out of memory")

    @property
    def context(self) -> "Broken":
        return self

    is_main = True


def test_that_after_running_out_of_memory_nothing_more_is_tried() -> None:
    broken = Broken()
    preview = Previews(broken, "01-further-pretrain", None)  # type: ignore[arg-type]
    for step in range(1, 4):
        preview(step, wanted=True)
    assert broken.looks == 1


def test_that_only_the_main_process_looks() -> None:
    broken = Broken()
    broken.is_main = False
    Previews(broken, "01-further-pretrain", None)(1, wanted=True)  # type: ignore[arg-type]
    assert broken.looks == 0


@pytest.mark.parametrize(("side", "cell"), [(16, 64), (48, 96), (64, 64), (100, 100)])
def test_that_cells_have_64_pixels_at_least(side: int, cell: int) -> None:
    image = np.zeros((2, side, side, 3), dtype=np.uint8)
    assert contact_sheet(image, image, image).shape == (2 * cell + 2, 3 * cell + 4, 3)


def test_that_a_stage_that_learns_from_views_shows_two_of_each_image(
    world: World, tmp_path: Path
) -> None:
    run = new_run(
        world,
        tmp_path / "run",
        pretrain__objective="instance",
        pretrain__steps=2,
        distill__rounds=0,
        probe__every=0,
        finetune__steps=0,
        finetune__warmup_steps=0,
        objectives={"view_flips": False},
    )
    finished(run, world.cache)
    (file,) = previews_of(run, "latest")
    with Image.open(file) as picture:
        assert picture.info["columns"] == "original|a view|another view"
    images = cells(file)
    known = {
        np.asarray(Image.open(each).convert("RGB")).tobytes()
        for each in [*world.unlabeled.glob("*.png"), *world.labeled.glob("train/*/*.png")]
    }
    assert {image.tobytes() for image in images[:, 0]} <= known
    for one, other in ((0, 1), (0, 2), (1, 2)):
        assert all((row[one] != row[other]).any() for row in images)
