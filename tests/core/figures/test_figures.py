"""Figures of real runs: their files, their numbers, and the runs of a sweep."""

import csv
import io
import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from PIL import Image
from typer.testing import CliRunner

from core.cli.main import app
from core.errors import RunError
from core.figures.chart import Chart, Series, draw, ticks
from core.figures.figure import over_seeds, write_figures
from core.figures.paper import figures_of
from core.figures.png import to_png
from core.figures.svg import to_svg
from core.figures.sweep import open_swept, plan_sweep, share_stages
from core.run.folder import RunFolder
from tests.helpers.trainers import finished, summary_of, weights_of
from tests.helpers.worlds import World, new_run, tiny_recipe


def table(file: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8"))))


def test_that_each_figure_is_written_as_png_svg_and_csv(
    undisturbed: RunFolder, tmp_path: Path
) -> None:
    out = tmp_path / "figures"
    done = CliRunner().invoke(app, ["figures", str(undisturbed.path), "--out", str(out)])
    assert done.exit_code == 0, done.output
    names = {"train-test-gap", "distance-from-initial"}
    expected = {f"{name}.{end}" for name in names for end in ("png", "svg", "csv")}
    assert {each.name for each in out.iterdir()} == expected | {"captions.txt", "report.html"}
    assert (out / "report.html").read_text(encoding="utf-8").count("<svg") >= len(names)
    for name in names:
        root = ET.fromstring((out / f"{name}.svg").read_text(encoding="utf-8"))
        assert root.tag.endswith("svg")
        with Image.open(out / f"{name}.png") as image:
            assert image.size == (1440, 800)
            assert len(image.convert("RGB").getcolors(1 << 24) or []) > 3


def test_that_the_numbers_are_the_runs(undisturbed: RunFolder, tmp_path: Path) -> None:
    write_figures(figures_of([undisturbed.path]), tmp_path, ["svg"])
    gap = {(row["arm"], row["images"]): row for row in table(tmp_path / "train-test-gap.csv")}
    stage = summary_of(undisturbed, "05-finetune-further-seed-0")
    assert float(gap["further", "training images"]["accuracy"]) == stage["train_accuracy"]
    assert float(gap["further", "test images"]["accuracy"]) == stage["test"]["accuracy"]["value"]
    found = {
        row["stage"]: float(row["distance"])
        for row in table(tmp_path / "distance-from-initial.csv")
        if row["part"] == "total"
    }
    for name, stage_name in (
        ("further pre-training", "01-further-pretrain"),
        ("round 1", "02-self-distill-round-1"),
        ("round 2", "03-self-distill-round-2"),
    ):
        summary = summary_of(undisturbed, stage_name)
        assert found[name] == summary["distance_from_initial"]["total"]
    assert not list(tmp_path.glob("*.png"))


@pytest.mark.slow
def test_that_a_sweep_copies_what_is_the_same_and_ends_as_if_it_had_not(
    world: World, undisturbed: RunFolder, tmp_path: Path
) -> None:
    swept = plan_sweep("rounds=2,0,1", tiny_recipe(world))
    assert [each.name for each in swept] == ["rounds-0", "rounds-1", "rounds-2"]
    done: list[RunFolder] = []
    for each in swept:
        run = open_swept(tmp_path, each)
        copied = [name for earlier in done for name in share_stages(earlier, run)]
        number = each.recipe.distill.rounds
        assert len(copied) == number
        done.append(finished(run, world.cache))
    mine, theirs = weights_of(done[2]), weights_of(undisturbed)
    same = [name for name in mine if "self-distill" in name or "further-pretrain" in name]
    assert len(same) >= 6
    assert all(mine[name] == theirs[name] for name in same)
    write_figures(figures_of([run.path for run in done]), tmp_path / "out", ["png"])
    rows = table(tmp_path / "out" / "accuracy-against-rounds.csv")
    assert [row["rounds T\u2032"] for row in rows] == ["0", "1", "2"]
    for row, run in zip(rows, done, strict=True):
        results = json.loads(run.results_file.read_text(encoding="utf-8"))
        [arm] = results["arms"].values()
        assert float(row["accuracy"]) == arm["accuracy"]


@pytest.mark.slow
def test_that_fewer_labels_are_trained_on_and_the_same_number_of_tests(
    world: World, tmp_path: Path
) -> None:
    recipe = tiny_recipe(world, distill__rounds=0, finetune__arms=["further"])
    few, everything = plan_sweep("labels=all,1", recipe)
    first = finished(open_swept(tmp_path, few), world.cache)
    second = open_swept(tmp_path, everything)
    assert share_stages(first, second) == ["01-further-pretrain"]
    finished(second, world.cache)
    counts = [run.read_json("results.json")["data"] for run in (first, second)]
    assert [each["train_images"] for each in counts] == [3, 24]
    assert [each["test_images"] for each in counts] == [12, 12]
    names = {each.name: each for each in figures_of([first.path, second.path])}
    rows = names["accuracy-against-labels"].rows
    assert [row[1] for row in rows] == [3, 24]


def test_that_further_steps_share_no_pretraining(world: World, tmp_path: Path) -> None:
    none, three, six = plan_sweep("further-steps=6,0,3", tiny_recipe(world))
    assert none.recipe.finetune.arms == ("base",)
    assert (three.recipe.pretrain.steps, three.recipe.distill.rounds) == (3, 0)
    run = open_swept(tmp_path, three)
    stage = run.stage("01-further-pretrain")
    stage.mkdir(parents=True)
    (stage / "summary.json").write_text("{}", encoding="utf-8")
    # The learning rate decays over all steps, so three of six are not three of three.
    assert share_stages(run, open_swept(tmp_path, six)) == []


def test_that_a_sweep_begun_with_another_recipe_is_refused(world: World, tmp_path: Path) -> None:
    [swept] = plan_sweep("rounds=1", tiny_recipe(world))
    open_swept(tmp_path, swept)
    assert open_swept(tmp_path, swept).path == tmp_path / "rounds-1"
    [other] = plan_sweep("rounds=1", tiny_recipe(world, distill__weight=2.0))
    with pytest.raises(RunError) as caught:
        open_swept(tmp_path, other)
    assert caught.value.id == "sweep-changed"


@pytest.mark.parametrize("sweep", ["rounds", "depth=1", "rounds=one", "rounds=all", "labels=-1"])
def test_that_a_sweep_that_makes_no_sense_is_refused(world: World, sweep: str) -> None:
    with pytest.raises(RunError) as caught:
        plan_sweep(sweep, tiny_recipe(world))
    assert caught.value.id == "sweep-unreadable"


def test_that_what_can_not_be_drawn_or_written_is_said(
    world: World, undisturbed: RunFolder, tmp_path: Path
) -> None:
    fresh = new_run(world, tmp_path / "fresh")
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")
    figures = figures_of([undisturbed.path])
    for error_id, act in (
        ("figures-nothing-to-draw", lambda: figures_of([fresh.path])),
        ("run-not-found", lambda: figures_of([tmp_path / "none"])),
        ("figure-format-unknown", lambda: write_figures(figures, tmp_path, ["pdf"])),
        ("figures-not-writable", lambda: write_figures(figures, blocked, ["png"])),
    ):
        with pytest.raises(RunError) as caught:
            act()
        assert caught.value.id == error_id


def test_that_intervals_over_seeds_are_students() -> None:
    # Mean 0.8, sample deviation 0.1, t(0.975, 2) = 4.302653: half-width 0.1 / sqrt(3) * 4.302653.
    assert over_seeds([0.7, 0.8, 0.9]) == pytest.approx((0.8, 0.551586, 1.048414), abs=1e-6)
    assert over_seeds([0.7]) == (0.7, None, None)


def test_that_equal_seeds_of_equal_runs_count_once(undisturbed: RunFolder) -> None:
    once, twice = (figures_of([undisturbed.path] * times) for times in (1, 2))
    assert [each.rows for each in once] == [
        each.rows for each in twice if "against" not in each.name
    ]


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1]), (0.951, 1, [0.96, 0.97, 0.98, 0.99, 1]), (3, 97, None)],
)
def test_that_ticks_are_round_and_inside(
    low: float, high: float, expected: list[float] | None
) -> None:
    found = ticks(low, high)
    assert all(low <= each <= high for each in found)
    assert 2 <= len(found) <= 6
    assert expected is None or found == pytest.approx(expected)


def test_that_any_name_and_no_values_can_be_drawn() -> None:
    odd = "<script>&\"' \x00 \udcff \u6f22"
    for series in ((), (Series(odd, (0.0, 1.0), (0.5, 0.7), (0.4, None), (0.6, None)),)):
        scene = draw(Chart(odd, odd, odd, series, names=(odd, "b"), is_percent=True), odd)
        text = to_svg(scene)
        ET.fromstring(text)
        assert "<script" not in text
        assert to_png(scene).startswith(b"\x89PNG")
