"""A report helps support and tells nothing of the user's files."""

import json
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from core.data.manifest import Example, Manifest
from core.data.manifest_file import write_manifest
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


MADE_UP = ("Zwetschge", "Onkel Ottokar", "kümmel-befund", "Quarkstrudel", "Nierenlade", "Xaverl")


def test_that_no_name_of_files_classes_folders_or_the_run_is_told(tmp_path: Path) -> None:
    fruit, uncle, finding, run_name, column, picture = MADE_UP
    data = tmp_path / uncle
    recipe = Recipe.model_validate(
        {"data": {"unlabeled": [str(data)], "labeled": str(data / fruit), "label_column": column}}
    )
    run = RunFolder.create(tmp_path / run_name, recipe)
    one = Example("", 0, 1, 1, "", (8, 8), "", fruit, "train")
    names = (f"{uncle}/{finding}.png", f"{fruit}/{picture}.dat", f"{fruit}/{picture} 2.png")
    labeled = tuple(replace(one, path=name, sha256=name) for name in names)
    write_manifest(Manifest((str(data),), (), labeled, (fruit,)), run.manifest_file)
    lines = [
        json.dumps({"kind": "noticed", "id": "data", "text": f"1 class ({fruit}), {finding}.png"}),
        f"{fruit}/{picture}.dat can't be read any more (cut short); another image takes its place.",
        f"KeyError: '{column}'",
        f"the file {finding}.PNG of {uncle} is bad: {picture}.dat, {picture} 2.png",
        f"what was never scanned: {finding}-vorher.jpeg",
        f"Training {run_name} (see /home/{picture}/x)",
        json.dumps({"text": f"{uncle} {finding}", "step": 12}),
        'File "/opt/redistill/core/training/loop.py", line 7',
        "step 12 loss 0.5",
    ]
    run.log_file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    own = tmp_path / "window.txt"
    own.write_text(f"opening the run {run_name}\n", encoding="utf-8")
    target = tmp_path / "report.zip"
    write_problem_report(target, run, [own])
    with zipfile.ZipFile(target) as archive:
        texts = {name: archive.read(name).decode() for name in archive.namelist()}
    everything = "\n".join(texts.values()).lower()
    ascii_too = [json.dumps(name)[1:-1] for name in MADE_UP]
    told = [name for name in (*MADE_UP, *ascii_too) if name.lower() in everything]
    assert told == []
    assert "step 12 loss 0.5" in texts["log.txt"]
    assert "core/training/loop.py" in texts["log.txt"]
    assert "[pretrain]" in texts["recipe.toml"]
