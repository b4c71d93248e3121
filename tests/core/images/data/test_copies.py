"""Copies of test images that are other files: the same pixels, resized, compressed again."""

import io
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from core.data.manifest import Manifest
from core.data.manifest_file import read_manifest, write_manifest
from core.data.manifest_words import describe
from core.images.data.looks import look_of
from core.images.data.near_images import CopySearch
from core.images.data.scan import COMPARING, scan
from core.recipe.examples import LeaveOutCopies
from core.system.stopping import Stopped
from tests.core.images.data.pictures import encoded, picture

SIDE = 96


def photo(seed: int) -> Image.Image:
    """Something with shapes and noise, another one per seed."""
    noise = np.random.default_rng(seed)
    image = picture(seed, (SIDE, SIDE))
    draw = ImageDraw.Draw(image)
    for _ in range(12):
        x, y, size = (int(value) for value in noise.integers(0, SIDE, 3))
        colour = tuple(int(value) for value in noise.integers(0, 256, 3))
        draw.ellipse((x, y, x + size // 2, y + size // 3), fill=colour)
    pixels = np.asarray(image, dtype=np.int16) + noise.integers(-8, 9, (SIDE, SIDE, 3))
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8))


def put(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


@pytest.fixture
def leaking(tmp_path: Path) -> Path:
    """Test image 0 is BMP of train image 0 in PNG, 1 is 1 resized as JPEG; 2 and 3 are new."""
    root = tmp_path / "set"
    for number in range(8):
        for label, more in (("cat", 0), ("dog", 100)):
            image = photo(number + more)
            put(root / "train" / label / f"{number}.png", encoded(image, "PNG"))
    for label, more in (("cat", 0), ("dog", 100)):
        put(root / "test" / label / "0.bmp", encoded(photo(more), "BMP"))
        small = photo(1 + more).resize((70, 70), Image.Resampling.BICUBIC)
        put(root / "test" / label / "1.jpg", encoded(small, "JPEG", quality=70))
        for number in (20, 21):
            put(root / "test" / label / f"{number}.png", encoded(photo(number + more), "PNG"))
    put(root / "more" / "copy.webp", encoded(photo(20), "WEBP", quality=60))
    put(root / "more" / "same.tif", encoded(photo(21), "TIFF"))
    put(root / "more" / "new.png", encoded(photo(999), "PNG"))
    return root


def scanned(root: Path, tmp_path: Path, rule: LeaveOutCopies = "near") -> Manifest:
    return scan(
        [root / "more"],
        root,
        cache=tmp_path / "cache",
        workers=0,
        leave_out_copies=rule,
    )


def trained_on(manifest: Manifest) -> set[str]:
    return {image.path.removeprefix("train/") for image in manifest.used_split("train")}


def pretrained_on(manifest: Manifest) -> set[str]:
    return {image.path for image in manifest.pretraining_examples()}


def test_that_copies_of_test_images_are_left_out_and_counted(leaking, tmp_path) -> None:
    manifest = scanned(leaking, tmp_path)
    copies = {f"{label}/{number}.png" for label in ("cat", "dog") for number in (0, 1)}
    assert trained_on(manifest) == {
        f"{label}/{number}.png" for label in ("cat", "dog") for number in range(2, 8)
    }
    seen = pretrained_on(manifest)
    assert "new.png" in seen
    assert not seen & {"copy.webp", "same.tif", *(f"train/{copy}" for copy in copies)}
    pairs = {(pair.kind, pair.of.path, pair.copy.path) for pair in manifest.pairs}
    assert pairs == {
        ("exact", "test/cat/0.bmp", "train/cat/0.png"),
        ("exact", "test/dog/0.bmp", "train/dog/0.png"),
        ("near", "test/cat/1.jpg", "train/cat/1.png"),
        ("near", "test/dog/1.jpg", "train/dog/1.png"),
        ("near", "test/cat/20.png", "copy.webp"),
        ("exact", "test/cat/21.png", "same.tif"),
    }
    assert manifest.num_pairs == 6
    words = describe(manifest)
    assert "1 unlabeled image identical to test images: kept out of pre-training" in words
    assert any(line.startswith("2 training images nearly identical to test") for line in words)
    # What is in the folders is told as it is.
    assert manifest.class_counts()["cat"] == {"train": 8, "val": 0, "test": 4}


@pytest.mark.parametrize(
    ("rule", "num_trained_on", "unlabeled"),
    [
        ("near", 12, {"new.png"}),
        ("exact", 14, {"new.png", "copy.webp"}),
        # Never an exact copy of a test image in pre-training.
        ("none", 16, {"new.png", "copy.webp"}),
    ],
)
def test_that_the_recipe_says_which_copies_are_left_out(
    leaking, tmp_path, rule, num_trained_on, unlabeled
) -> None:
    manifest = scanned(leaking, tmp_path, rule)
    assert len(manifest.used_split("train")) == num_trained_on
    names = {"new.png", "copy.webp", "same.tif"}
    assert pretrained_on(manifest) & names == unlabeled
    assert len(manifest.pairs) == 6
    assert len(manifest.left_out) == sum(pair.is_left_out for pair in manifest.pairs)


def test_that_copies_within_training_are_left_out_if_asked_for(tmp_path) -> None:
    for number in range(4):
        put(tmp_path / "set" / "a" / f"{number}.png", encoded(photo(number), "PNG"))
        put(tmp_path / "set" / "b" / f"{number}.png", encoded(photo(number + 50), "PNG"))
    for quality in (40, 60, 80):
        copy = encoded(photo(2), "JPEG", quality=quality)
        put(tmp_path / "set" / "a" / f"again{quality}.jpg", copy)
    asked = {"cache": tmp_path / "cache", "workers": 0, "test_fraction": 0.0}
    kept = scan([], tmp_path / "set", **asked)
    assert (len(kept.used_split("train")), kept.num_pairs) == (11, 0)
    manifest = scan([], tmp_path / "set", leave_out_copies="all", **asked)
    assert len(manifest.used_split("train")) == 8
    assert {pair.of.path for pair in manifest.pairs} == {"a/2.png"}
    assert any("nearly identical to another image" in line for line in manifest.notes)


def test_that_a_manifest_with_copies_comes_back(leaking, tmp_path) -> None:
    manifest = scanned(leaking, tmp_path)
    write_manifest(manifest, tmp_path / "manifest.jsonl")
    assert read_manifest(tmp_path / "manifest.jsonl") == manifest


@pytest.mark.parametrize("is_upright", [False, True])
def test_that_copies_of_stripes_are_found(is_upright) -> None:
    looks = []
    for seed in range(12):
        levels = np.random.default_rng(seed).integers(40, 250, (8, 1, 3)).repeat(12, axis=0)
        pixels = levels.repeat(SIDE, axis=1).astype(np.uint8)
        image = Image.fromarray(pixels.swapaxes(0, 1) if is_upright else pixels)
        small = encoded(image.resize((70, 70)), "WEBP", quality=60)
        looks += [look_of(image), look_of(Image.open(io.BytesIO(small)).convert("RGB"))]
    found = CopySearch(looks, [0, 2] * 12, 2).find()
    assert {(each.copy, each.of) for each in found} == {(n + 1, n) for n in range(0, 24, 2)}


def test_that_looks_come_from_the_cache(leaking, tmp_path) -> None:
    first = scanned(leaking, tmp_path)
    for file in leaking.rglob("*.*"):
        status = file.stat()
        # No picture any more: whoever decoded it again would find out.
        file.write_bytes(bytes(status.st_size))
        os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert scanned(leaking, tmp_path).pairs == first.pairs


def test_that_the_search_tells_how_far_it_is_and_can_be_ended(leaking, tmp_path) -> None:
    told: list[tuple[str, int, int]] = []
    asked = {"cache": tmp_path / "cache", "workers": 0}
    scan([], leaking, report=lambda *facts: told.append(facts), **asked)
    assert any(what == COMPARING and done == total for what, done, total in told)
    with pytest.raises(Stopped):
        scan([], leaking, stopped=lambda: _is_comparing(told), report=_into(told), **asked)


def _into(told):
    told.clear()
    return lambda *facts: told.append(facts)


def _is_comparing(told) -> bool:
    # Checking has come to its end: what is asked from now on is asked by the search.
    return any(what == "Checking images" and done == total for what, done, total in told)


def found_among(images: list[Image.Image]) -> int:
    looks = [look_of(image) for image in images]
    return len(CopySearch(looks, [2] * len(looks), 2, among_others=True).find())


def digits() -> list[Image.Image]:
    from sklearn.datasets import load_digits

    pixels = (load_digits().images[:500] * 15.9).astype(np.uint8)
    return [Image.fromarray(each).convert("RGB") for each in pixels]


def noise() -> list[Image.Image]:
    draw = np.random.default_rng(0)
    low = np.array((180, 20, 20))
    return [
        Image.fromarray((draw.integers(0, 60, (48, 48, 3)) + low).astype(np.uint8))
        for _ in range(300)
    ]


def flat() -> list[Image.Image]:
    return [Image.new("RGB", (32, 32), (number % 256, number // 2, 7)) for number in range(500)]


def x_rays() -> list[Image.Image]:
    """Two dark lungs in grey, each pair of another size and place."""
    draw = np.random.default_rng(0)
    rows, columns = np.mgrid[-1:1:96j, -1:1:96j]
    images = []
    for _ in range(200):
        pixels = 90 + 60 * np.exp(-(rows**2) - columns**2)
        for side in (-1, 1):
            x, wide, y, high = draw.normal((0.45, 0.25, 0, 0.6), (0.04, 0.04, 0.08, 0.06))
            pixels -= 75 * np.exp(-(((columns - side * x) / wide) ** 2) - ((rows - y) / high) ** 2)
        pixels += draw.normal(0, 3, pixels.shape)
        images.append(Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).convert("RGB"))
    return images


@pytest.mark.parametrize(("kind", "most"), [(digits, 1), (noise, 0), (flat, 0), (x_rays, 2)])
def test_that_images_that_only_look_alike_are_no_copies(kind, most) -> None:
    assert found_among(kind()) <= most


def test_that_the_same_drawing_in_another_colour_is_no_copy() -> None:
    grey = photo(3).convert("L").point(lambda value: value // 2 + 50)
    red = Image.merge("RGB", (grey.point(lambda value: value + 60), grey, grey))
    blue = Image.merge("RGB", (grey, grey, grey.point(lambda value: value + 60)))
    assert found_among([red, blue]) == 0


@pytest.mark.parametrize(
    "change",
    [
        lambda image: image.resize((200, 150), Image.Resampling.LANCZOS),
        lambda image: image.resize((48, 48), Image.Resampling.BILINEAR),
        lambda image: Image.open(io.BytesIO(encoded(image, "JPEG", quality=30))).convert("RGB"),
        lambda image: image.point(lambda value: min(255, value * 9 // 10 + 20)),
    ],
)
def test_that_changed_copies_are_found(change) -> None:
    originals = [photo(seed) for seed in range(40)]
    looks = [look_of(image) for image in (*originals, *map(change, originals))]
    found = CopySearch(looks, [0] * 40 + [2] * 40, 2).find()
    assert sum(each.copy == each.of + 40 for each in found) >= 39
    assert len(found) <= 40


def test_that_many_blocks_find_what_one_finds(monkeypatch) -> None:
    looks = [look_of(photo(seed % 60)) for seed in range(90)]
    ranks = [seed % 4 for seed in range(90)]
    whole = CopySearch(looks, ranks, 2, among_others=True).find()
    monkeypatch.setattr("core.images.data.near_images._AT_ONCE", 64)
    monkeypatch.setattr("core.images.data.near_images._PAIRS", 3)
    assert CopySearch(looks, ranks, 2, among_others=True).find() == whole
    assert whole
