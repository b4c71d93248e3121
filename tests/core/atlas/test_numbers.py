"""A map of examples with numbers: by these, by what was predicted, by how far off that is."""

import csv
import json
import re
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from core.atlas.asking import atlas_of
from core.atlas.exports import write_map
from core.atlas.wanted import Wanted
from core.data.manifest_file import read_manifest
from core.readers.atlas import SPLITS, in_words, read_atlas, write_atlas
from core.readers.atlas_facts import Said, said_of
from core.readers.colouring import RANGES, colourings_of
from core.readers.number_answers import read_number_answers
from tests.core.atlas.test_exports import atlas
from tests.helpers.numbers import numbers_run, numbers_text_run, write_shades, write_weights
from tests.helpers.worlds import World, in_both_worlds, tiny_recipe

NONE = np.full(3, -1, np.int32)
NUMBERS = np.array([1.25, -3.0, np.nan])
SAYS = Said(NONE, np.full(3, np.nan, np.float32), number=np.array([np.nan, 40.5, np.nan]))


def numbered(number: np.ndarray = NUMBERS, **changes: object):
    return atlas(classes=("value",), label=NONE, suggested=NONE, number=number, **changes)


def test_that_points_are_coloured_by_ranges_that_are_true() -> None:
    count = 600
    chance = np.random.default_rng(0)
    number = np.where(np.arange(count) % 5 == 0, np.nan, chance.lognormal(3, 1.5, count))
    said = np.where(np.arange(count) % 2 == 0, np.nan, number * 3 - 20)
    many = numbered(
        number,
        split=np.where(np.isnan(number), 0, 1).astype(np.int8),
        likeness=np.zeros(count, np.int8),
    )
    says = Said(np.full(count, -1), np.full(count, np.nan), number=said)
    found = {each.name: each for each in colourings_of(many, says)}
    assert list(found) == ["number", "prediction", "off", "split"]
    for name, values in (("number", number), ("prediction", said), ("off", abs(said - number))):
        each = found[name]
        assert each.is_ordered
        assert (each.of == -1).tolist() == np.isnan(values).tolist()
        for group, words in enumerate(each.groups):
            low, high = (float(end.replace(",", "")) for end in words.split(" to "))
            inside = values[each.of == group]
            # The ends of all are shown in four digits.
            assert (inside >= low - abs(low) / 1000).all()
            assert (inside <= high + abs(high) / 1000).all()
    counts = np.array(found["number"].counts[:-1])
    assert len(counts) == RANGES
    assert counts.min() > 0.8 * counts.max()
    # One range has one colour, whether it is a label or a prediction.
    inner = [words.split(" to ")[0] for words in found["number"].groups[1:]]
    assert [words.split(" to ")[0] for words in found["prediction"].groups[1:]] == inner


@pytest.mark.parametrize(
    ("number", "counts"),
    [([7.0, 7.0, 7.0], [3, 0]), ([7.0, 7.0, 8.0], [2, 1, 0]), ([7.0, np.nan, np.nan], [1, 2])],
)
def test_that_few_different_numbers_have_few_ranges(number: list[float], counts: list[int]) -> None:
    found = colourings_of(numbered(np.array(number)))[0]
    assert [each for each in found.counts[:-1] if each] + found.counts[-1:] == counts


def test_that_files_hold_numbers(tmp_path: Path) -> None:
    for form in ("html", "csv", "parquet"):
        write_map(tmp_path / f"map.{form}", numbered(), SAYS, "run")
    rows = pq.read_table(tmp_path / "map.parquet").to_pylist()
    assert [row["label"] for row in rows] == [1.25, -3.0, None]
    assert [row["predicted"] for row in rows] == [None, 40.5, None]
    assert not {"probability", "suggested_label"} & set(rows[0])
    with (tmp_path / "map.csv").open(newline="", encoding="utf-8") as file:
        cells = [(row["label"], row["predicted"]) for row in csv.DictReader(file)]
    assert cells == [("1.25", ""), ("-3.0", "40.5"), ("", "")]
    page = (tmp_path / "map.html").read_text(encoding="utf-8")
    data = json.loads(re.search(r'id="data">(.*?)</script>', page, re.DOTALL)[1])  # type: ignore[index]
    assert [each[1] for each in data["titles"]] == [
        "1.250, train",
        "-3.000, test; predicted: 40.50",
        "unlabeled",
    ]
    assert {each["title"]: each["ordered"] for each in data["colourings"]} == {
        "Number": True,
        "Prediction": True,
        "Off by": True,
        "Split": False,
        "Copies": False,
    }


def test_that_numbers_are_read_as_they_were_written(tmp_path: Path) -> None:
    write_atlas(tmp_path / "map.parquet", numbered())
    found = read_atlas(tmp_path / "map.parquet")
    assert found.number is not None
    assert np.array_equal(found.number, NUMBERS, equal_nan=True)
    write_atlas(tmp_path / "map.parquet", atlas())
    assert read_atlas(tmp_path / "map.parquet").number is None


@in_both_worlds
def test_that_data_with_numbers_have_a_map(world: World, tmp_path: Path) -> None:
    is_text = world.kind == "text"
    folder = tmp_path / "data"
    (write_weights if is_text else write_shades)(folder, 40)
    data = {"labeled": str(folder), "test_fraction": 0.25, "task": "regression"}
    more = tmp_path / "more"
    if is_text:
        more.mkdir()
        (more / "some.txt").write_text("sand and a stone\nnothing but sand\n", encoding="utf-8")
        data["kind"] = "text"
    else:
        write_shades(more, 45)
        (more / "labels.csv").unlink()
    found = atlas_of(Wanted(tiny_recipe(world, data={**data, "unlabeled": [str(more)]})))
    assert found.number is not None
    assert (np.isnan(found.number) == (found.split == 0)).all()
    assert 0 < np.isnan(found.number).sum() < len(found)
    assert (~np.isnan(found.number)).sum() == 40
    labels = [row for row in range(len(found)) if found.split[row]]
    assert len({round(float(found.number[row]), 3) for row in labels}) > 20
    assert (found.label == -1).all()
    assert (found.suggested == -1).all()
    assert in_words(found, labels[0]).endswith(", train") or found.split[labels[0]] != 1


@pytest.mark.slow
@in_both_worlds
def test_that_a_run_says_which_numbers_it_predicts(world: World) -> None:
    run = numbers_text_run(world) if world.kind == "text" else numbers_run(world)
    found = atlas_of(Wanted(run))
    said = said_of(found, run, "base", 0)
    assert said.number is not None
    asked = np.isin(found.split, [SPLITS.index("val"), SPLITS.index("test")])
    assert (~np.isnan(said.number) == asked).all()
    test = found.split == SPLITS.index("test")
    answers = read_number_answers(run, "base", 0)
    assert found.number is not None
    assert found.number[test] == pytest.approx(answers.true)
    assert said.number[test] == pytest.approx(answers.predicted)
    assert len(found) >= len(read_manifest(run.manifest_file).labeled)
