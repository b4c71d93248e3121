"""New files of a watched folder: those that nobody writes any more."""

import time
from pathlib import Path

from core.errors import RunError
from core.predict.arriving import Arriving
from core.predict.sorting import class_folders, unknown_folder


def test_that_a_file_waits_until_it_stays_the_same(tmp_path: Path) -> None:
    def files() -> list[Path]:
        return sorted(tmp_path.iterdir())

    done: set[Path] = set()
    arriving = Arriving(files, lambda file, _: file in done, lambda words: None, 0.3)
    still, growing, empty = (tmp_path / name for name in ("still", "growing", "empty"))
    still.write_bytes(b"whole")
    empty.touch()
    found: list[Path] = []
    until = time.monotonic() + 0.8
    with growing.open("wb") as file:
        while time.monotonic() < until:
            file.write(b"more")
            file.flush()
            found += arriving.look()
            done.update(found)
            time.sleep(0.05)
    assert found == [still]
    assert arriving.wait(lambda: False, lambda: None) == [growing]


def test_that_a_folder_that_is_gone_is_waited_for(tmp_path: Path) -> None:
    told: list[str] = []
    watched = tmp_path / "in"

    def files() -> list[Path]:
        if not watched.is_dir():
            raise RunError("folder-not-found", path=watched)
        return sorted(watched.iterdir())

    arriving = Arriving(files, lambda *_: False, told.append, 0.0)
    assert arriving.look() == arriving.look() == []
    watched.mkdir()
    (watched / "a").write_bytes(b"a")
    assert arriving.look() == [watched / "a"]
    assert len(told) == 2
    assert told[-1] == "The folder is there again."


def test_that_classes_have_folders_of_their_own_on_every_file_system() -> None:
    names = ["cat", "Cat", "a/b", "a:b", "..", "con", "x" * 300, "unknown", "ends."]
    folders = class_folders(names)
    values = [*folders.values(), unknown_folder(folders.values())]
    assert len({name.casefold() for name in values}) == len(names) + 1
    assert folders["cat"].casefold() == "cat" or folders["Cat"] == "Cat"
    for name in values:
        assert "/" not in name
        assert ":" not in name
        assert name.strip(". ") == name
        # Letters may take several bytes, and file systems take 255.
        assert len(name.encode()) < 200
