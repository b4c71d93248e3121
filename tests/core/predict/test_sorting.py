"""Copies in class folders, whatever classes and files are called."""

from pathlib import Path

from core.predict.parts import stamp_of
from core.predict.sorting import Copies, Copy, class_folders


def test_that_names_that_are_too_long_for_a_file_system_are_shortened(tmp_path: Path) -> None:
    # 300 bytes, and again with another end.
    names = ["日本語" * 33 + "日", "日本語" * 33 + "本", "long" * 90, "short", "é" * 60]
    folders = class_folders(names)
    assert len(set(folders.values())) == len(names)
    assert folders["short"] == "short"
    assert folders["é" * 60] == "é" * 60
    name = "é" * 125 + ".png"
    wanted = []
    for number, folder in enumerate([*folders.values(), folders["short"]]):
        file = tmp_path / f"source-{number}" / name
        file.parent.mkdir()
        file.write_bytes(bytes([number]))
        wanted.append(Copy(file, stamp_of(file), folder))
    told: list[str] = []
    copies = Copies(tmp_path / "sorted", tmp_path / "copies.jsonl", told.append)
    copies.sort(wanted)
    assert (copies.num_made, copies.num_missing, told) == (len(wanted), 0, [])
    # Two of one name in one folder are two.
    assert len(list((tmp_path / "sorted" / "short").iterdir())) == 2
