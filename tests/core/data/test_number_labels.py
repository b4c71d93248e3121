"""Labels that are numbers: how they are read, found, refused, held out and counted."""

import csv
from pathlib import Path

import pytest

from core.data.hold_out import hold_out
from core.data.manifest import Example, Manifest
from core.data.manifest_file import read_manifest, write_manifest
from core.data.number_labels import NumberLabels, look_like_numbers, units_in
from core.data.number_ranges import NumberRanges, holds
from core.data.tables.columns import Columns
from core.errors import RunError
from core.images.data.scan import scan
from core.recipe.tasks import REGRESSION, TARGET, TASKS
from core.text.data.scan import scan_texts
from tests.helpers.numbers import write_shades, write_weights


def of_texts(folder: Path, **columns: str) -> Manifest:
    return scan_texts(
        [], folder, columns=Columns(**columns), val_fraction=0.2, test_fraction=0.2, seed=0
    )


def put(folder: Path, labels: list[object], name: str = "label") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "all.csv").open("w", newline="") as file:
        rows = [(f"some words number {n}", label) for n, label in enumerate(labels)]
        csv.writer(file).writerows([("text", name), *rows])
    return folder


@pytest.mark.parametrize(
    ("cell", "label"),
    [
        ("3.50", "3.5"),
        (3.5, "3.5"),
        ("-1", "-1"),
        ("-0.0", "0"),
        (" 12.0 ", "12"),
        ("1e3", "1000"),
        ("2,25", "2.25"),
        (7, "7"),
    ],
)
def test_that_a_number_has_one_spelling(cell: object, label: str) -> None:
    assert NumberLabels(["0,5"]).of(cell) == (label,)


@pytest.mark.parametrize(
    ("sample", "cell", "label"),
    [
        # What can mean nothing else says what the others mean.
        (["7,443.59", "950"], "7,443", "7443"),
        (["7.443,59", "950"], "7.443", "7443"),
        (["1,234,567"], "74,461", "74461"),
        (["1 234,5"], "12 000", "12000"),
        (["1'234.50"], "1'234.50", "1234.5"),
        (["1.234,5", "3,5"], "3,5", "3.5"),
        # Points stand before fractions here.
        (["6.03", "7,08"], "1.234", "1.234"),
        (["\u22123,5"], "\u22123,5", "-3.5"),
        (["6,032", "0,015"], "6,032", "6.032"),
    ],
)
def test_that_thousands_are_told_from_fractions(sample: list[str], cell: str, label: str) -> None:
    assert NumberLabels(sample).of(cell) == (label,)


def test_that_a_point_that_may_be_either_is_refused() -> None:
    with pytest.raises(ValueError, match=r"may be 1234 or 1\.234"):
        NumberLabels(["3,5", "950,5"]).of("1.234")


@pytest.mark.parametrize("unit", ["{} mm", "{}%", "${}", "US$ {}", "EUR {}", "\u20ac{}"])
def test_that_units_and_currencies_are_found(unit: str) -> None:
    labels = [unit.format(f"{n / 7:.2f}") for n in range(30)]
    assert units_in(labels) == labels[0]
    assert not units_in([f"shot {n}" for n in range(30)])


def test_that_a_column_whose_numbers_may_be_either_is_refused_before_training(
    tmp_path: Path,
) -> None:
    with pytest.raises(RunError) as refused:
        of_texts(put(tmp_path / "thousands", [f"{n},{n}" for n in range(100, 140)]))
    assert refused.value.id == "labels-no-numbers"
    assert "may be 100100 or 100.100" in refused.value.what


@pytest.mark.parametrize("cell", ["", None, float("nan"), "NaN", "n/a", "NA", "null", "?", "#N/A"])
def test_that_words_for_nothing_are_no_label(cell: object) -> None:
    assert NumberLabels(["1.5"]).of(cell) == ()


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("3.5 mm", "has a unit: write the number alone (3.5)"),
        ("12kg", "has a unit"),
        ("inf", "is not finite"),
        (float("-inf"), "is not finite"),
        ("1e999", "is not finite"),
        ("1,234", "may be 1234 or 1.234"),
        ("tall", "is no number"),
        ("3.5.1", "is no number"),
        ([1.5, 2.5], "2 labels where one number"),
    ],
)
def test_that_what_is_no_number_is_refused_in_words(cell: object, why: str) -> None:
    with pytest.raises(ValueError, match=r".") as refused:
        NumberLabels(["1.5", "2.5"]).of(cell)
    assert why in str(refused.value)


@pytest.mark.parametrize(
    ("labels", "are_numbers"),
    [
        ([f"{n / 7:.3f}" for n in range(40)], True),
        ([f"{n % 30 / 10}" for n in range(200)], True),
        ([f"{n}.5" for n in range(12)], True),
        ([str(1000 * n * n) for n in range(40)], True),
        # Ratings in half stars, codes of classes, ids that count up, names.
        ([f"{n / 2}" for n in range(10)] * 20, False),
        ([str(n) for n in range(100)] * 2, False),
        ([str(n) for n in range(40)], False),
        ([f"{n}.5" for n in range(9)], False),
        (["cat", "dog"] * 20, False),
        (["1.5"] * 30 + ["cat"] * 10, False),
        # Case numbers: long, in no order, none twice. Prices of which some recur.
        ([str(20_000_003 + 700_001 * (7 * k % 101)) for k in range(60)], False),
        ([str(100_000 + 5_000 * (k * k % 37)) for k in range(30)], True),
    ],
)
def test_that_scores_are_told_from_codes_of_classes(labels: list[str], are_numbers: bool) -> None:
    assert look_like_numbers(labels) is are_numbers


def test_that_numbers_of_pictures_are_found_said_and_changed(tmp_path: Path) -> None:
    folder = write_shades(tmp_path / "shades", 40)
    manifest = scan([], folder)
    assert manifest.task.is_number
    assert manifest.classes == (TARGET,)
    (guess,) = [each for each in manifest.guesses if each.setting == "data.task"]
    assert guess.value.startswith("regression (")
    assert any("regression: each image has a number, from 1" in note for note in manifest.notes)
    with pytest.raises(RunError) as refused:
        scan([], folder, columns=Columns(task="single-label"))
    assert "set data.task to regression" in refused.value.action


def test_that_numbers_of_texts_are_found_and_few_values_made_numbers(tmp_path: Path) -> None:
    assert of_texts(write_weights(tmp_path / "weights", 40)).task.is_number
    stars = put(tmp_path / "stars", [1, 2, 3, 4, 5] * 8)
    assert of_texts(stars).classes == ("1", "2", "3", "4", "5")
    manifest = of_texts(stars, task="regression")
    assert manifest.task.is_number
    assert {example.label for example in manifest.labeled} == {"1", "2", "3", "4", "5"}


def test_that_bad_cells_are_named_with_their_line_and_missing_ones_are_unlabeled(
    tmp_path: Path,
) -> None:
    labels = [n / 7 for n in range(60)]
    manifest = of_texts(put(tmp_path / "a", [*labels, "", "n/a", -1, "inf", "2.5 kg"]))
    assert manifest.task.is_number
    assert len(manifest.labeled) == 61
    assert "-1" in {example.label for example in manifest.labeled}
    reasons = {bad.path.rpartition(":")[2]: bad.reason for bad in manifest.quarantined}
    assert reasons["65"] == "its label inf is not finite"
    assert "has a unit" in reasons["66"]
    assert manifest.num_unlabeled == 2


def test_that_decimal_commas_are_read(tmp_path: Path) -> None:
    manifest = of_texts(put(tmp_path / "a", [f"{n},{n % 10}" for n in range(30)]))
    assert manifest.task.is_number
    assert "29.9" in {example.label for example in manifest.labeled}


def test_that_units_and_several_columns_are_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(RunError) as refused:
        of_texts(put(tmp_path / "units", [f"{n / 7:.2f} mm" for n in range(30)]))
    assert refused.value.id == "labels-have-units"
    assert "0.00 mm" in refused.value.what
    folder = write_shades(tmp_path / "flags", 6)
    rows = [("path", "a", "b"), *((f"img/{n}.png", n % 2, 1 - n % 2) for n in range(6))]
    with (folder / "labels.csv").open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    with pytest.raises(RunError) as several:
        scan([], folder, columns=Columns(task="regression"))
    assert several.value.id == "numbers-one-column"
    assert "a, b" in several.value.what


def test_that_class_folders_named_by_numbers_stay_classes_unless_asked(tmp_path: Path) -> None:
    made = write_shades(tmp_path / "made", 12) / "img"
    for number in range(12):
        folder = tmp_path / "ages" / f"{20 + number % 3}.5"
        folder.mkdir(parents=True, exist_ok=True)
        (made / f"{number}.png").rename(folder / f"{number}.png")
    assert scan([], tmp_path / "ages").classes == ("20.5", "21.5", "22.5")
    asked = Columns(task="regression")
    assert scan([], tmp_path / "ages", columns=asked).task.is_number
    (tmp_path / "ages" / "20.5").rename(tmp_path / "ages" / "young")
    with pytest.raises(RunError) as refused:
        scan([], tmp_path / "ages", columns=asked)
    assert refused.value.id == "labels-no-numbers"
    assert "the folder young" in refused.value.what


def examples(number: int) -> list[Example]:
    return [
        Example(f"{n}.png", 0, 1, 1, f"{n:064d}", (8, 8), "", str(n * n / 10), "train")
        for n in range(number)
    ]


def test_that_what_is_held_out_reaches_from_the_smallest_to_the_largest_number() -> None:
    held = hold_out(examples(200), 0.2, 0, "test", task=TASKS[REGRESSION])
    places = [at for at, example in enumerate(held) if example.split == "test"]
    assert len(places) == 40
    # Of each tenth of the numbers a fifth.
    assert [sum(at // 20 == tenth for at in places) for tenth in range(10)] == [4] * 10


def test_that_a_manifest_of_numbers_comes_back_and_older_versions_refuse_it(tmp_path: Path) -> None:
    manifest = Manifest(("/d",), (), tuple(examples(4)), (TARGET,), task_name=REGRESSION)
    write_manifest(manifest, tmp_path / "manifest.jsonl")
    assert '"format":4' in (tmp_path / "manifest.jsonl").read_text().partition("\n")[0]
    assert read_manifest(tmp_path / "manifest.jsonl").task.is_number


@pytest.mark.parametrize(
    ("numbers", "first"),
    [
        ([10.1, 30], "10 to 12"),
        ([0.001, 0.0123], "0 to 0.002"),
        ([1900.0, 2024.0], "1,900 to 1,920"),
        ([1000.5, 1003.0], "1,000.5 to 1,000.75"),
        ([5.0, 5.0], "5 to 10"),
        ([-3.0, 3.0], "-3 to -2"),
        ([1e-15, 9e-15], "1e-15 to 2e-15"),
        ([1e9 + 0.001, 1e9 + 0.009], "1,000,000,000.001 to 1,000,000,000.002"),
        ([-1e-9, 1e-9], "-0.000000001 to -8e-10"),
        ([1.7e308, -1.7e308], "-2e+308 to -1.5e+308"),
        ([2.0**53, 2.0**53 + 18], "9.007199254740992e+15 to 9.007199254740994e+15"),
        ([1.0, 2.0, 1e9], "0 to 100,000,000"),
    ],
)
def test_that_ranges_are_round_and_hold_every_number(numbers: list[float], first: str) -> None:
    ranges = NumberRanges.over(numbers)
    assert ranges.names[0] == first
    assert len(ranges.names) <= 11
    for number in numbers:
        (name,) = ranges.tags_of(str(number))
        assert holds(name, str(number))
        assert sum(holds(each, str(number)) for each in ranges.names) == 1
