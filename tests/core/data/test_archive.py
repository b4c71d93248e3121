"""Zip files instead of folders: unpacked once, never outside, never half."""

import io
import random
import shutil
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest

from core.data.archive import is_archive, unpack
from core.errors import RunError
from core.system.stopping import Stopped
from tests.core.images.data.pictures import encoded, picture


def archive(path: Path, names: list[str]) -> Path:
    """A zip file with one picture per name."""
    with zipfile.ZipFile(path, "w") as file:
        for index, name in enumerate(names):
            file.writestr(name, encoded(picture(index), "PNG"))
    return path


def test_that_an_archive_is_unpacked_once_and_found_again(tmp_path: Path) -> None:
    file = archive(tmp_path / "bilder.zip", ["katze/1.png", "hund/ä.png"])
    said: list[tuple[str, int, int]] = []
    folder = unpack(file, into=tmp_path / "cache", report=lambda *news: said.append(news))
    assert sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*.png")) == [
        "hund/ä.png",
        "katze/1.png",
    ]
    assert said[-1] == ("Unpacking", 2, 2)
    before = folder.stat().st_mtime_ns
    assert unpack(file, into=tmp_path / "cache") == folder
    assert folder.stat().st_mtime_ns == before
    assert sorted(tmp_path.iterdir()) == [file, tmp_path / "cache"]


@pytest.mark.parametrize("name", ["../outside.png", "/etc/outside.png", "a/../../outside.png"])
def test_that_nothing_is_written_outside(tmp_path: Path, name: str) -> None:
    file = archive(tmp_path / "evil.zip", ["fine.png", name])
    with pytest.raises(RunError) as error:
        unpack(file, into=tmp_path / "cache")
    assert error.value.id == "archive-unsafe"
    assert list((tmp_path / "cache").iterdir()) == []


def test_that_a_bomb_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "bomb.zip"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr("zeros.png", bytes(300 << 20))
    with pytest.raises(RunError) as error:
        unpack(file, into=tmp_path / "cache")
    assert error.value.id == "archive-unsafe"


def test_that_the_room_that_is_asked_for_is_said_with_what_has_to_stay_free(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = archive(tmp_path / "a.zip", ["1.png"])
    disk = shutil.disk_usage(tmp_path)._replace(free=100 << 20)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: disk)
    with pytest.raises(RunError) as error:
        unpack(file, into=tmp_path / "cache")
    assert error.value.id == "archive-no-room"
    assert "0.25 GiB are needed" in error.value.what
    assert f"at {tmp_path / 'cache'}," in error.value.what
    assert not any((tmp_path / "cache").iterdir())


def test_that_a_damaged_archive_leaves_nothing(tmp_path: Path) -> None:
    file = archive(tmp_path / "cut.zip", ["1.png", "2.png"])
    data = bytearray(file.read_bytes())
    data[60:90] = bytes(30)
    file.write_bytes(data)
    assert is_archive(file)
    with pytest.raises(RunError) as error:
        unpack(file, into=tmp_path / "cache")
    assert error.value.id == "archive-unreadable"
    assert list((tmp_path / "cache").iterdir()) == []
    assert not is_archive(tmp_path / "nowhere.zip")


@pytest.mark.parametrize(
    ("name", "mode"), [("a.tar", "w"), ("a.tar.gz", "w:gz"), ("a.txz", "w:xz")]
)
def test_that_a_tar_file_is_unpacked_too(tmp_path: Path, name: str, mode: Any) -> None:
    (tmp_path / "1.png").write_bytes(encoded(picture(1), "PNG"))
    with tarfile.open(tmp_path / name, mode) as file:
        file.add(tmp_path / "1.png", "katze/ä.png")
        link = tarfile.TarInfo("katze/link.png")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        file.addfile(link)
    assert is_archive(tmp_path / name)
    folder = unpack(tmp_path / name, into=tmp_path / "cache")
    assert [p.relative_to(folder).as_posix() for p in folder.rglob("*.png")] == ["katze/ä.png"]
    assert (folder / "katze/ä.png").read_bytes() == (tmp_path / "1.png").read_bytes()


def test_that_a_tar_file_writes_nothing_outside_and_is_no_bomb(tmp_path: Path) -> None:
    for name, entry, size in (("evil.tar", "../outside.png", 3), ("bomb.tgz", "zeros", 300 << 20)):
        with tarfile.open(tmp_path / name, "w:gz") as file:
            member = tarfile.TarInfo(entry)
            member.size = size
            file.addfile(member, io.BytesIO(bytes(size)))
        with pytest.raises(RunError) as error:
            unpack(tmp_path / name, into=tmp_path / "cache")
        assert error.value.id == "archive-unsafe"
        assert list((tmp_path / "cache").iterdir()) == []


def test_that_a_cut_tar_file_leaves_nothing(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "cut.tgz", "w:gz") as file:
        member = tarfile.TarInfo("noise.png")
        member.size = 1 << 20
        file.addfile(member, io.BytesIO(random.Random(0).randbytes(1 << 20)))
    data = (tmp_path / "cut.tgz").read_bytes()
    (tmp_path / "cut.tgz").write_bytes(data[: len(data) // 2])
    with pytest.raises(RunError) as error:
        unpack(tmp_path / "cut.tgz", into=tmp_path / "cache")
    assert error.value.id == "archive-unreadable"
    assert list((tmp_path / "cache").iterdir()) == []


def test_that_documents_are_no_archives(tmp_path: Path) -> None:
    for name in ("table.xlsx", "arrays.npz", "paper.docx"):
        assert not is_archive(archive(tmp_path / name, ["1.png"]))


def test_that_stopping_leaves_nothing(tmp_path: Path) -> None:
    file = archive(tmp_path / "some.zip", ["1.png"])
    with pytest.raises(Stopped):
        unpack(file, into=tmp_path / "cache", stopped=lambda: True)
    assert list((tmp_path / "cache").iterdir()) == []


@pytest.mark.parametrize(
    ("encoding", "names"),
    [
        ("utf-8", ["caf\u00e9/1.png", "Ka\u0308se/2.png"]),
        ("cp936", ["猫/1.png", "狗的照片/2.png"]),
        ("cp932", ["ねこ/1.png", "写真データ/表示.png"]),
        ("cp437", ["Möwe/1.png", "Bär/2.png", "Öl/3.png"]),
    ],
)
def test_that_names_are_read_as_they_were_written(tmp_path: Path, encoding, names) -> None:
    # Written under names of the same length that need no mark.
    raw = [name.encode(encoding) for name in names]
    stand_ins = ["".join(chr(b) if b < 128 else "~" for b in each) for each in raw]
    data = archive(tmp_path / "some.zip", stand_ins).read_bytes()
    for stand_in, each in zip(stand_ins, raw, strict=True):
        data = data.replace(stand_in.encode(), each)
    (tmp_path / "some.zip").write_bytes(data)
    folder = unpack(tmp_path / "some.zip", into=tmp_path / "cache")
    found = {file.relative_to(folder).as_posix() for file in folder.rglob("*.png")}
    assert found == set(names)
