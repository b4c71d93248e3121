import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from core.errors import RunError
from core.images.data import build_store as building
from core.images.data.check_file import check_file
from core.images.data.decode import load_rgb, resized
from core.images.data.light_pool import LightPool, WorkerDied
from core.images.data.pixels import PixelStore, StreamedPixels, build_store, pixels_for
from core.images.data.scan import scan
from core.system.stopping import Stopped
from tests.core.images.data.pictures import put
from tests.core.images.data.worker_tasks import die_if_asked, modules_here

SIZE = (8, 12)


@pytest.fixture
def manifest(tmp_path):
    for index in range(40):
        put(tmp_path / "set" / f"{index % 2}" / f"{index:02}.png", index)
    put(tmp_path / "set" / "0" / "copy of 00.png", 0)
    return scan([], tmp_path / "set", test_fraction=0)


def expected(manifest, images):
    return np.stack(
        [resized(load_rgb(manifest.absolute(image))[0], SIZE, "bicubic") for image in images]
    )


def get(manifest, folder, budget=2**30, **options):
    images = options.pop("images", manifest.labeled)
    return pixels_for(
        images,
        manifest,
        folder=folder,
        size=SIZE,
        interpolation="bicubic",
        disk_budget_bytes=budget,
        workers=0,
        **options,
    )


@pytest.mark.parametrize("budget", [2**30, 0])
def test_that_pixels_are_those_of_the_files_either_way(tmp_path, manifest, budget):
    pixels = get(manifest, tmp_path / "store", budget)
    assert isinstance(pixels, PixelStore if budget else StreamedPixels)
    assert pixels.num_images == 40  # the copy shares the row of its original
    order = np.random.default_rng(0).permutation(len(manifest.labeled))
    images = [manifest.labeled[index] for index in order]
    rows = pixels.rows(pixels.indices_of(images))
    assert np.array_equal(rows, expected(manifest, images))
    assert rows.flags.writeable
    assert (tmp_path / "store").exists() == bool(budget)
    pixels.close()


def test_that_a_complete_store_is_opened_without_its_images(tmp_path, manifest):
    first = get(manifest, tmp_path / "store")
    rows = first.rows(np.arange(40))
    shutil.rmtree(tmp_path / "set")
    again = get(manifest, tmp_path / "store")
    assert np.array_equal(again.rows(np.arange(40)), rows)
    assert np.array_equal(PixelStore.open(tmp_path / "store").rows(np.arange(40)), rows)
    assert again.num_bytes == (tmp_path / "store" / "pixels.u8").stat().st_size == 40 * 8 * 12 * 3


def test_that_an_interrupted_store_is_continued(tmp_path, manifest, monkeypatch):
    calls = iter(range(1000))
    with pytest.raises(Stopped):
        get(manifest, tmp_path / "store", stopped=lambda: next(calls) >= 15)
    with pytest.raises(FileNotFoundError):
        PixelStore.open(tmp_path / "store")
    made = []
    monkeypatch.setattr(building, "make_row", lambda task: made.append(task) or make_row(task))
    pixels = get(manifest, tmp_path / "store")
    assert len(made) == 25
    assert np.array_equal(pixels.rows(np.arange(40)), expected(manifest, manifest_order(manifest)))


make_row = building.make_row


def manifest_order(manifest):
    unique = {}
    for image in manifest.labeled:
        unique.setdefault(image.sha256, image)
    return list(unique.values())


def test_that_a_store_of_other_images_is_made_anew(tmp_path, manifest):
    get(manifest, tmp_path / "store", images=manifest.labeled[:7]).close()
    pixels = get(manifest, tmp_path / "store")
    assert np.array_equal(pixels.rows(np.arange(40)), expected(manifest, manifest_order(manifest)))
    (tmp_path / "store" / "pixels.json").write_text("{damaged", encoding="utf-8")
    again = get(manifest, tmp_path / "store")
    assert np.array_equal(again.rows(np.arange(40)), pixels.rows(np.arange(40)))


@pytest.mark.parametrize("budget", [2**30, 0])
def test_that_a_vanished_or_changed_image_is_replaced_by_one_of_its_label(
    tmp_path, manifest, budget
):
    images = manifest_order(manifest)
    gone, changed = images[19], images[5]
    manifest.absolute(gone).unlink()
    put(manifest.absolute(changed), 1000)
    said = []
    pixels = get(manifest, tmp_path / "s", budget, on_unreadable=lambda *what: said.append(what))
    rows = pixels.rows(np.arange(40))
    # Images 0 … 19 are of class 0; after the last of them the next of class 0 is the first.
    assert pixels.replaced == {19: 0, 5: 6}
    assert np.array_equal(rows[[19, 5]], rows[[0, 6]])
    assert sorted(said) == sorted(
        [
            (str(manifest.absolute(gone)), "not there"),
            (str(manifest.absolute(changed)), "changed since the scan"),
        ]
    )
    pixels.close()


@pytest.mark.parametrize("budget", [2**30, 0])
def test_that_it_ends_when_too_many_images_are_gone(tmp_path, manifest, budget):
    for image in manifest.labeled[3:6]:
        manifest.absolute(image).unlink()
    with pytest.raises(RunError) as error:
        get(manifest, tmp_path / "store", budget).rows(np.arange(40))
    assert error.value.id == "images-vanished"
    assert "not there" in error.value.what


def test_that_a_full_disk_is_said_and_nothing_is_left(tmp_path, manifest, monkeypatch):
    usage = shutil.disk_usage(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=100))
        with pytest.raises(RunError) as error:
            get(manifest, tmp_path / "store")
    assert error.value.id == "disk-full-data"
    assert list((tmp_path / "store").iterdir()) == []
    assert get(manifest, tmp_path / "store").num_images == 40


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_that_a_write_without_room_is_said(tmp_path, manifest):
    (tmp_path / "store").mkdir()
    get(manifest, tmp_path / "store").close()
    task = building.Pictures(manifest.labeled, manifest).task(0, SIZE, "bicubic")
    result = make_row(building.replace(task, store="/dev/full"))
    assert result.write_errno == 28


def test_that_worker_processes_write_the_same_store(tmp_path, sign_digits):
    manifest = scan([], sign_digits / "test", test_fraction=0, workers=0)
    images = manifest.labeled[:80]
    seen = []
    pixels = build_store(
        tmp_path / "store", images, manifest, SIZE, "bicubic", lambda *p: seen.append(p), workers=2
    )
    assert seen[-1] == ("Decoding images", 80, 80)
    streamed = StreamedPixels(images, manifest, size=SIZE, interpolation="bicubic", workers=1)
    wanted = np.array([5, 5, 79, 0])
    assert np.array_equal(pixels.rows(np.arange(80)), expected(manifest, images))
    assert np.array_equal(streamed.rows(wanted), pixels.rows(wanted))
    streamed.close()


def test_that_a_worker_that_dies_costs_only_its_own_item():
    pool = LightPool(2)
    try:
        items = ["fine"] * 30 + ["die"] + ["fine"] * 30
        results = dict(pool.each(die_if_asked, items, chunk=4))
        assert [at for at, r in results.items() if isinstance(r, WorkerDied)] == [30]
        assert len(results) == 61
        (loaded,) = dict(pool.each(modules_here, [0], chunk=1)).values()
        assert not {"torch", "timm", "transformers", "pyarrow", "sklearn"} & set(loaded)
    finally:
        pool.close()


_PARENT = """
import time
from core.images.data.light_pool import LightPool
from tests.core.images.data.worker_tasks import say_pid
if __name__ == "__main__":
    pool = LightPool(1)
    print(next(pool.each(say_pid, [0], chunk=1))[1], flush=True)
    time.sleep(60)
"""


@pytest.mark.skipif(os.name == "nt", reason="asks for processes the POSIX way")
def test_that_workers_end_when_their_parent_is_killed(tmp_path):
    root = Path(__file__).resolve().parents[4]
    script = tmp_path / "parent.py"
    script.write_text(_PARENT)
    parent = subprocess.Popen(
        [sys.executable, str(script)],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout is not None
    worker = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    parent.stdout.close()
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and Path(f"/proc/{worker}").exists() and is_alive(worker):
        time.sleep(0.05)
    assert not is_alive(worker)


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text().rsplit(")", 1)[1].split()[0] != "Z"


def test_that_a_file_still_being_written_is_not_taken(tmp_path):
    path = put(tmp_path / "a.png")
    assert check_file(str(path)).reason is None
    assert check_file(str(tmp_path / "gone.png")).reason == "vanished while scanning"
