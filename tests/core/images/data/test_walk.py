import contextlib
import os
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.data.manifest import displayed
from core.errors import RunError
from core.images.data.walk import list_files
from core.system.stopping import Stopped
from tests.core.images.data.pictures import encoded, picture, put

needs_posix = pytest.mark.skipif(os.name == "nt", reason="POSIX names and links")


def paths(folder: Path) -> list[str]:
    return [file.path for file in list_files(folder).files]


def test_that_files_come_sorted_from_any_depth(tmp_path):
    for name in ["b/2.png", "b/1.png", "a.png", "b/c/d/e.png", "B.png"]:
        put(tmp_path / name)
    assert paths(tmp_path) == ["B.png", "a.png", "b/1.png", "b/2.png", "b/c/d/e.png"]


def test_that_hidden_system_empty_and_other_files_are_passed_over(tmp_path):
    put(tmp_path / "good.png")
    for name in ["._good.png", ".DS_Store", ".hidden/x.png", "Thumbs.db", "desktop.ini"]:
        put(tmp_path / name)
    put(tmp_path / "__MACOSX" / "good.png")
    (tmp_path / "empty.png").touch()
    (tmp_path / "readme.txt").write_text("not an image")
    (tmp_path / "data.json").write_text("{}")
    listing = list_files(tmp_path)
    assert [file.path for file in listing.files] == ["good.png"]
    assert listing.passed_over == {
        "hidden": 3,
        "system file": 3,
        "empty": 1,
        "about the data (README, LICENSE …)": 1,
    }
    # It may be a table; the scan says that it is none.
    assert listing.tables == ["data.json"]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "BMP", "GIF", "TIFF"])
def test_that_content_decides_and_not_the_name(tmp_path, kind):
    (tmp_path / "noname").write_bytes(encoded(picture(), kind))
    (tmp_path / "notes.txt").write_bytes(encoded(picture(), kind))
    assert paths(tmp_path) == ["noname", "notes.txt"]


@needs_posix
def test_that_loops_end_and_linked_folders_are_read_once(tmp_path):
    put(tmp_path / "z" / "one.png")
    put(tmp_path / "elsewhere" / "two.png")
    root = tmp_path / "root"
    (root / "deep").mkdir(parents=True)
    (tmp_path / "z").rename(root / "z")
    (root / "a link to z").symlink_to(root / "z", target_is_directory=True)
    (root / "deep" / "up").symlink_to(root, target_is_directory=True)
    (root / "deep" / "self").symlink_to(root / "deep", target_is_directory=True)
    (root / "out").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    (tmp_path / "elsewhere" / "back").symlink_to(root, target_is_directory=True)
    listing = list_files(root)
    assert [file.path for file in listing.files] == ["out/two.png", "z/one.png"]
    assert listing.passed_over["link to a folder already read"] == 4


@needs_posix
def test_that_broken_and_circular_links_are_named(tmp_path):
    put(tmp_path / "good.png")
    (tmp_path / "broken.png").symlink_to(tmp_path / "nowhere.png")
    (tmp_path / "circle.png").symlink_to(tmp_path / "circle.png")
    listing = list_files(tmp_path)
    assert [file.path for file in listing.files] == ["good.png"]
    assert dict(listing.refused) == {
        "broken.png": "broken link, or vanished while scanning",
        "circle.png": "link that leads to itself",
    }


@needs_posix
def test_that_pipes_and_sockets_are_never_opened(tmp_path, monkeypatch):
    put(tmp_path / "good.png")
    os.mkfifo(tmp_path / "pipe.png")
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket.png")
        listing = list_files(tmp_path)
    assert [file.path for file in listing.files] == ["good.png"]
    assert listing.passed_over == {"not a regular file": 2}


@needs_posix
def test_that_names_that_are_not_utf8_or_very_long_are_found(tmp_path):
    for name in [b"caf\xe9.png", b"\xff\xfe.png", b"x" * 246 + b".png"]:
        (tmp_path / os.fsdecode(name)).write_bytes(encoded(picture(), "PNG"))
    put(tmp_path / "🌸" / "漢字 Å.png")
    found = paths(tmp_path)
    assert {os.fsencode(path) for path in found} == {
        b"caf\xe9.png",
        b"\xff\xfe.png",
        b"x" * 246 + b".png",
        "🌸/漢字 Å.png".encode(),
    }
    assert all(displayed(path).encode() for path in found)


@needs_posix
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.sets(
        st.binary(min_size=1, max_size=40).filter(
            lambda name: not name.startswith(b".") and not set(name) & {0, ord("/")}
        ),
        max_size=6,
    )
)
def test_that_every_name_comes_back_as_it_is(tmp_path_factory, names):
    folder = tmp_path_factory.mktemp("names")
    for name in names:
        Path(os.fsdecode(os.fsencode(folder) + b"/" + name)).write_bytes(b"\x89PNG\r\n\x1a\n1234")
    assert {os.fsencode(file.path) for file in list_files(folder).files} == names


def test_that_a_missing_folder_and_a_file_are_refused(tmp_path):
    with pytest.raises(RunError) as missing:
        list_files(tmp_path / "nowhere")
    assert missing.value.id == "folder-not-found"
    with pytest.raises(RunError) as file:
        list_files(put(tmp_path / "a.png"))
    assert file.value.id == "folder-is-file"


def test_that_a_walk_stops_when_asked(tmp_path):
    for index in range(600):
        (tmp_path / f"{index}.txt").touch()
    with pytest.raises(Stopped):
        list_files(tmp_path, stopped=lambda: True)


@contextlib.contextmanager
def as_nobody() -> Iterator[None]:
    """Root may read everything; do this as somebody else."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@needs_posix
def test_that_folders_without_permission_are_named_and_the_rest_is_read():
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        put(folder / "good.png")
        put(folder / "closed" / "secret.png").parent.chmod(0o000)
        with as_nobody():
            listing = list_files(folder)
            with pytest.raises(RunError) as denied:
                list_files(folder / "closed")
        (folder / "closed").chmod(0o755)
    assert [file.path for file in listing.files] == ["good.png"]
    assert listing.refused == [("closed", "folder can't be read: permission denied")]
    assert denied.value.id == "folder-denied"
    assert "permission denied" in str(denied.value)
