"""A run from elsewhere shows no picture outside the folders that its manifest says."""

from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from core.data.labeled_rows import read_labeled_rows
from core.data.manifest import Example, Manifest
from core.data.manifest_file import read_manifest, write_manifest
from core.data.places import TRUST_RUNS
from core.readers.glimpse import run_pictures
from core.recipe import Recipe
from core.run.folder import RunFolder


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("REDISTILL_DATA", str(tmp_path / "cache"))
    monkeypatch.delenv(TRUST_RUNS, raising=False)
    for name in ("data/cats/in.png", "secret.png"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (8, 8)).save(tmp_path / name)
    return tmp_path / "data"


def manifest_of(root: Path) -> Manifest:
    names = ("../secret.png", str(root.parent / "secret.png"), "cats/in.png")
    one = Example("", 0, 1, 1, "", (8, 8), "", "cats", "test")
    entries = tuple(replace(one, path=name, sha256=name) for name in names)
    return Manifest((str(root),), (), entries, ("cats",))


def run_of(root: Path, manifest: Manifest) -> RunFolder:
    run = RunFolder.create(root.parent / "run", Recipe())
    write_manifest(manifest, run.manifest_file)
    return run


def shown(run: RunFolder) -> list[set[Path]]:
    """What each reader would open, as far as it is there."""
    manifest = read_manifest(run.manifest_file)
    rows = read_labeled_rows(run.manifest_file, "test")
    ways = (
        [manifest.absolute(example) for example in manifest.labeled],
        [rows.path(index) for index in range(len(rows))],
        list(run_pictures(run)),
    )
    return [{path.resolve() for path in paths if path.is_file()} for paths in ways]


def test_that_a_run_made_elsewhere_shows_nothing_outside_its_folders(root: Path) -> None:
    run = run_of(root, replace(manifest_of(root), is_own=False))
    inside = root / "cats" / "in.png"
    assert shown(run) == [{inside}] * 3
    manifest = read_manifest(run.manifest_file)
    assert len(manifest.foreign()) == 2
    outside = manifest.absolute(manifest.labeled[0])
    # What is shown instead says why, and still what the file is called.
    assert "made elsewhere" in str(outside)
    assert outside.name == "secret.png"


def test_that_a_run_made_here_shows_what_its_table_named(root: Path) -> None:
    run = run_of(root, manifest_of(root))
    assert shown(run) == [{root / "cats" / "in.png", root.parent / "secret.png"}] * 3
    assert read_manifest(run.manifest_file).foreign() == []


def test_that_the_seal_of_other_folders_or_another_machine_opens_nothing(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = run_of(root, manifest_of(root))
    text = run.manifest_file.read_text()
    run.manifest_file.write_text(text.replace(f'"{root}"', f'"{root.parent}"', 1))
    assert read_manifest(run.manifest_file).foreign()
    run.manifest_file.write_text(text)
    monkeypatch.setenv("REDISTILL_CACHE", str(tmp_path / "emptied"))
    assert not read_manifest(run.manifest_file).foreign()
    monkeypatch.setenv("REDISTILL_DATA", str(tmp_path / "other-machine"))
    assert read_manifest(run.manifest_file).foreign()


def test_that_who_trusts_a_run_can_say_so(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = run_of(root, replace(manifest_of(root), is_own=False))
    monkeypatch.setenv(TRUST_RUNS, "1")
    assert root.parent / "secret.png" in shown(run)[0]
