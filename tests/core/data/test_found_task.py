"""What the task is, found in tables of pictures and of texts, said, and changed."""

import json
from pathlib import Path

import pytest

from core.data.found_task import task_in_words
from core.data.manifest import Manifest
from core.data.number_labels import NumberLabels
from core.data.tables.columns import Columns
from core.errors import RunError
from core.images.data.scan import scan
from core.recipe.tasks import REGRESSION
from core.text.data.documents import documents_of
from core.text.data.scan import scan_texts
from tests.helpers.several_labels import LABELS, drawn_labels, write_shapes, write_texts

DRAWN = drawn_labels(40)
NUM_NONE = sum(not own for own in DRAWN)
TEXTS = [f"words of the text number {n}" for n in range(40)]


def of_texts(folder: Path, **columns: str) -> Manifest:
    return scan_texts(
        [], folder, columns=Columns(**columns), val_fraction=0, test_fraction=0.2, seed=0
    )


def test_that_columns_of_0_and_1_are_labels_of_pictures(tmp_path: Path) -> None:
    manifest = scan([], write_shapes(tmp_path / "shapes", DRAWN))
    assert manifest.task.is_multi
    assert manifest.classes == LABELS
    # A picture to which none applies is labeled all the same.
    assert len(manifest.labeled) == 40
    assert f"{NUM_NONE} images with none of the labels ([] or only 0)" in manifest.notes
    (guess,) = [each for each in manifest.guesses if each.setting == "data.task"]
    assert guess.value.startswith("multi-label classification (")
    held = {name: each["test"] for name, each in manifest.class_counts().items()}
    assert all(held.values())


def test_that_joined_labels_of_pictures_come_apart_and_an_empty_cell_is_unlabeled(
    tmp_path: Path,
) -> None:
    manifest = scan([], write_shapes(tmp_path / "shapes", DRAWN, flags=False))
    assert manifest.task.is_multi
    assert manifest.classes == LABELS
    assert len(manifest.unlabeled) == NUM_NONE


@pytest.mark.parametrize("name", ["tags", "Genres"])
def test_that_columns_that_are_called_after_several_labels_hold_them(
    tmp_path: Path, name: str
) -> None:
    folder = write_shapes(tmp_path / "shapes", DRAWN, flags=False)
    table = folder / "labels.csv"
    joined = table.read_text().replace("path,label", f"path,{name}")
    table.write_text(joined)
    assert scan([], folder).classes == LABELS
    # A column for the label wins.
    head, *rows = joined.splitlines()
    table.write_text("\n".join([f"{head},label", *(f"{row},one" for row in rows)]))
    assert scan([], folder).classes == ("one",)


def test_that_single_labels_leave_out_what_has_several(tmp_path: Path) -> None:
    folder = write_shapes(tmp_path / "shapes", DRAWN)
    manifest = scan([], folder, columns=Columns(task="single-label"))
    assert not manifest.task.is_multi
    assert len(manifest.labeled) == sum(len(own) == 1 for own in DRAWN)
    assert not any(each.setting == "data.task" for each in manifest.guesses)


def test_that_class_folders_are_a_label_each_where_several_were_asked_for(tmp_path: Path) -> None:
    folder = write_shapes(tmp_path / "shapes", DRAWN[:6])
    for number, name in enumerate(("a|b", "c")):
        (tmp_path / "folders" / name).mkdir(parents=True)
        for picture in range(3):
            source = folder / "img" / f"{3 * number + picture}.png"
            (tmp_path / "folders" / name / source.name).write_bytes(source.read_bytes())
    manifest = scan([], tmp_path / "folders", columns=Columns(task="multi-label"))
    assert manifest.task.is_multi
    assert manifest.classes == ("a|b", "c")


def test_that_lists_are_labels_of_texts_and_an_empty_list_is_none_of_them(tmp_path: Path) -> None:
    manifest = of_texts(write_texts(tmp_path / "texts", DRAWN))
    assert manifest.task.is_multi
    assert manifest.classes == LABELS
    assert len(manifest.labeled) == 40
    assert f"{NUM_NONE} texts with none of the labels ([] or only 0)" in manifest.notes
    # They are read again as they were scanned.
    assert sum(1 for _ in documents_of(manifest, Columns(), include_test=False)) == 40


def test_that_columns_of_0_and_1_are_labels_of_texts(tmp_path: Path) -> None:
    lines = [
        json.dumps({"id": n, "comment": f"some words {n}", **{k: int(k in own) for k in LABELS}})
        for n, own in enumerate(DRAWN)
    ]
    (tmp_path / "all.jsonl").write_text("\n".join(lines))
    assert of_texts(tmp_path).classes == LABELS
    some = of_texts(tmp_path, label="blue, red", task="multi-label")
    assert some.classes == ("blue", "red")


def test_that_columns_that_are_not_0_and_1_are_no_labels(tmp_path: Path) -> None:
    (tmp_path / "all.csv").write_text("text,cat,dog\nsome words,1,0\nother words,2,1\n")
    assert not of_texts(tmp_path).labeled
    with pytest.raises(RunError, match="do not all hold 0 and 1"):
        of_texts(tmp_path, label="cat,dog")


@pytest.mark.parametrize(
    ("words", "is_said"),
    [
        (("yes", "no"), False),
        (("TRUE", "FALSE"), False),
        (("x", ""), True),
        (("1", ""), True),
        (("1.0", "nan"), True),
    ],
)
@pytest.mark.parametrize("kind", ["texts", "pictures"])
def test_that_columns_of_crosses_and_of_yes_and_no_are_labels(
    tmp_path: Path, kind: str, words: tuple[str, str], is_said: bool
) -> None:
    manifest = _of_flags(tmp_path, kind, words)
    assert manifest.classes == LABELS
    assert len(manifest.labeled) == 40
    assert any("an empty cell says" in note for note in manifest.notes) == is_said


@pytest.mark.parametrize("kind", ["texts", "pictures"])
def test_that_a_gap_among_0_and_1_leaves_that_row_out_and_is_named(
    tmp_path: Path, kind: str
) -> None:
    manifest = _of_flags(tmp_path, kind, ("1", "0"), gap_in=7)
    assert manifest.classes == LABELS
    assert len(manifest.labeled) == 39
    (bad,) = manifest.quarantined
    assert f"its {LABELS[0]} is empty" in bad.reason


def _of_flags(tmp_path: Path, kind: str, words: tuple[str, str], gap_in: int = -1) -> Manifest:
    folder = write_shapes(tmp_path / "shapes", DRAWN)
    table = folder / "labels.csv"
    _, *places = [line.partition(",")[0] for line in table.read_text().splitlines()]
    first, head = ("path", places) if kind == "pictures" else ("text", TEXTS)
    rows = [
        [cell, *(words[name not in own] for name in LABELS)]
        for cell, own in zip(head, DRAWN, strict=True)
    ]
    if gap_in >= 0:
        rows[gap_in][1] = ""
    lines = [",".join((first, *LABELS)), *map(",".join, rows)]
    if kind == "pictures":
        table.write_text("\n".join(lines))
        return scan([], folder)
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "all.csv").write_text("\n".join(lines))
    return of_texts(tmp_path / "texts")


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        ([*map(float, range(118)), 1e9, 1e9], "that of 2 of 120 (1000000000)"),
        ([7.25] * 40 + [7.5], "that of 1 of 41 (7.5)"),
        ([*map(float, range(40)), -1e200], "that of 1 of 41 (-1e+200)"),
        ([100.0**each for each in range(40)], "take logarithms"),
        ([float(each) for each in range(120)], ""),
        ([3.5] * 30, ""),
        ([1.0, 2.0, 1e9], ""),
        ([float(each**2) for each in range(100)], ""),
    ],
)
def test_that_a_few_numbers_that_outweigh_all_others_are_named(
    numbers: list[float], words: str
) -> None:
    said, *more = task_in_words(REGRESSION, 0, 0, "image", numbers)
    assert said.startswith("regression: each image has a number")
    assert bool(more) is bool(words)
    assert words in " ".join(more)


@pytest.mark.parametrize(
    ("numbers", "is_said"),
    [
        ([1e6 + each * 1e-3 for each in range(10)], True),
        ([1.7e9 + 60.0 * each for each in range(1000)], True),
        ([each * 1e-46 for each in range(10)], True),
        ([2459000.5 + 10 * each for each in range(1000)], False),
        ([float(each) for each in range(1950, 2025)], False),
        ([each * 1e30 for each in range(10)], False),
        ([3.5] * 10, False),
    ],
)
def test_that_numbers_that_32_bits_hardly_tell_apart_are_named(
    numbers: list[float], is_said: bool
) -> None:
    said = task_in_words(REGRESSION, 0, 0, "image", numbers)
    assert any("subtract what they have in common" in words for words in said) is is_said


def test_that_a_number_beyond_32_bits_is_no_label_and_the_reason_is_told() -> None:
    labels = NumberLabels(["1e39", "3"])
    assert labels.of("3e37") == ("3e+37",)
    with pytest.raises(ValueError, match="too large"):
        labels.of("1e39")
