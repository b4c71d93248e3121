"""Names from elsewhere lead to files of their folder or to nothing."""

from pathlib import Path

import pytest

from core.system.inside import file_inside, stays_inside


@pytest.mark.parametrize(
    "name",
    [
        "../x",
        "a/../../x",
        "/etc/passwd",
        "C:\\x",
        "C:x",
        "\\\\host\\x",
        "a\\..\\x",
        "",
        ".",
        "a\0b",
    ],
)
def test_that_names_that_lead_elsewhere_are_refused(name: str) -> None:
    assert not stays_inside(name)


def test_that_files_below_the_folder_are_found_and_links_are_not(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "key").write_text("x")
    folder = tmp_path / "folder"
    (folder / "a").mkdir(parents=True)
    (folder / "a" / "b.txt").write_text("x")
    (folder / "link").symlink_to(secret / "key")
    (folder / "door").symlink_to(secret)
    assert file_inside(folder, "a/b.txt") == folder / "a" / "b.txt"
    assert file_inside(folder, "link") is None
    assert file_inside(folder, "door/key") is None
    assert file_inside(folder, "../secret/key") is None
    assert file_inside(folder, "gone") is None
