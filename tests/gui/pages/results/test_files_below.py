"""A folder that is dropped where examples are tried."""

from pathlib import Path

from core.recipe.modality import AUTO, modality_named
from gui.pages.results.files_below import files_below


def test_that_the_examples_in_a_folder_are_meant(tmp_path: Path) -> None:
    for name in ("b/2.PNG", "a/1.jpg", "a/notes.txt", ".thumbs/3.png", "a/.hidden.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    images = modality_named(AUTO)
    given = tmp_path / "a" / "notes.txt"
    found = files_below([given, tmp_path], images, 10)
    names = [path.relative_to(tmp_path).as_posix() for path in found]
    assert names == ["a/notes.txt", "a/1.jpg", "b/2.PNG"]
    assert files_below([tmp_path], images, 1) == [tmp_path / "a" / "1.jpg"]


def test_that_files_of_unknown_names_are_tried_where_there_are_no_others(tmp_path: Path) -> None:
    (tmp_path / "scan0001").touch()
    assert files_below([tmp_path], modality_named(AUTO), 10) == [tmp_path / "scan0001"]
