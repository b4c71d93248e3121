"""A report helps support and tells nothing of the user's files."""

import zipfile
from pathlib import Path

import pytest

from core.doctor.problem_report import without_paths, write_problem_report
from core.errors import RunError
from core.recipe import Recipe
from core.run.folder import RunFolder


def test_that_a_report_holds_recipe_and_log_and_no_names_of_files(tmp_path: Path) -> None:
    secret = tmp_path / "Patientin Müller"
    recipe = Recipe.model_validate({"data": {"unlabeled": [str(secret)]}})
    run = RunFolder.create(tmp_path / "run", recipe)
    run.log_file.write_text(f"reading {secret}/röntgen.png failed\nstep 12 loss 0.5\n")
    target = tmp_path / "report.zip"
    write_problem_report(target, run, [tmp_path / "missing.txt"])
    with zipfile.ZipFile(target) as archive:
        texts = {name: archive.read(name).decode() for name in archive.namelist()}
    assert {"recipe.toml", "log.txt", "state.json", "run.json"} <= set(texts)
    assert "step 12 loss 0.5" in texts["log.txt"]
    everything = "\n".join(texts.values())
    assert "Müller" not in everything
    assert "röntgen" not in everything


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (r'File "C:\Users\Ann Lee\x.png" is bad', "Ann"),
        ("at /home/ann/data/cat one.png: no", "/home/ann"),
        ('"/mnt/archiv/Bilder von Anna/1.png"', "Anna"),
        ("unlabeled = ['/data/Meine Bilder']", "Meine"),
    ],
)
def test_that_paths_are_left_out(text: str, kept: str) -> None:
    assert kept not in without_paths(text)


def test_that_our_own_modules_stay_readable() -> None:
    text = 'File "/opt/redistill/core/training/loop.py", line 7'
    assert "core/training/loop.py" in without_paths(text)


def test_that_a_place_that_can_not_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(RunError) as error:
        write_problem_report(tmp_path / "nowhere" / "deep" / "x.zip", None)
    assert error.value.id == "file-not-writable"
